/// A small trainable module that maps hidden states to hidden states.
public protocol AdapterModule: AnyObject {
  /// `[batch, tokens, hidden]` to the same shape.
  func forward(_ x: Tensor, _ tape: Tape) throws -> Tensor
}

/// A module in its place beside or in line with a sub-layer, see `Placement`.
final class SubLayerAdapter: SubLayerHook {
  let placement: Placement
  let residual: Bool
  let module: any AdapterModule

  init(_ module: any AdapterModule, _ placement: Placement, residual: Bool = false) {
    (self.module, self.placement, self.residual) = (module, placement, residual)
  }

  func before(_ call: inout SubLayerCall, _ tape: Tape) throws {
    switch placement {
    case .sequentialBefore:
      let inner = try module.forward(call.input, tape)
      call.input = residual ? try tape.add(inner, call.input) : inner
    case .parallelBefore:
      call.extras.append(try module.forward(call.normalised, tape))
      if residual { call.extras.append(call.normalised) }
    case .parallelAfter, .sequentialAfter: break
    }
  }

  func after(_ call: inout SubLayerCall, _ tape: Tape) throws {
    switch placement {
    case .parallelAfter:
      call.extras.append(try module.forward(call.result, tape))
    case .sequentialAfter:
      let after = try module.forward(call.output, tape)
      call.output = residual ? try tape.add(after, call.output) : after
    case .parallelBefore, .sequentialBefore: break
    }
  }

  var readsResult: Bool { placement == .parallelAfter || placement == .sequentialAfter }
}
