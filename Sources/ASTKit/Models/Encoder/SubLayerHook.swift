/// Acts around a sub-layer.
public protocol SubLayerHook: Hook {
  /// Before the sub-layer runs.
  func before(_ call: inout SubLayerCall, _ tape: Tape) throws
  /// After it has run.
  func after(_ call: inout SubLayerCall, _ tape: Tape) throws
  /// Whether it computes with the sub-layer's result: where nobody does, a pass that is repeated
  /// for its gradients leaves the result out.
  var readsResult: Bool { get }
}

extension SubLayerHook {
  public func before(_ call: inout SubLayerCall, _ tape: Tape) throws {}
  public func after(_ call: inout SubLayerCall, _ tape: Tape) throws {}
  public var readsResult: Bool { true }
}

/// A sub-layer S at work: `output + extras + residual`, where output is S(input).
/// All tensors are `[batch, tokens, hidden]`.
public struct SubLayerCall {
  public let subLayer: SubLayer
  /// What the norm before it gives, or the hidden states where the norm comes after.
  public let normalised: Tensor
  /// What S is given.
  public var input: Tensor
  /// What is added beside the residual, in this order.
  public var extras: [Tensor] = []
  /// What is added last: the hidden states.
  public var residual: Tensor
  /// S(input) as it was computed; at first the input.
  public internal(set) var result: Tensor
  /// What stands for S(input) in the sum.
  public var output: Tensor
  /// What a hook leaves for a later sub-layer of the same layer.
  public var carried: Carried

  init(_ subLayer: SubLayer, normalised: Tensor, residual: Tensor, carried: Carried) {
    self.subLayer = subLayer
    (self.normalised, input, result, output) = (normalised, normalised, normalised, normalised)
    self.residual = residual
    self.carried = carried
  }
}

/// Tensors that hooks pass on from sub-layer to sub-layer, by whom they are from.
public typealias Carried = [(from: ObjectIdentifier, value: Tensor)]
