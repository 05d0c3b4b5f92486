/// The one way through a backbone with what hangs on it: embeddings, sub-layers, finish. It can
/// begin and end before any stage.
package struct EncoderWalk {
  private let backbone: any Backbone
  private let hooks: Hooks
  /// Tokens of each clip that are no padding [batch]; `nil` where padding counts like sound.
  private let validTokens: [Int]?
  /// The stage from which on sub-layers keep nothing but their input and are computed again in
  /// the backward pass.
  private let recomputed: Stage?

  package init(
    _ backbone: any Backbone, hooks: Hooks = Hooks(), validTokens: [Int]? = nil,
    recomputingFrom recomputed: Stage? = nil
  ) {
    (self.backbone, self.hooks) = (backbone, hooks)
    (self.validTokens, self.recomputed) = (validTokens, recomputed)
  }

  /// Inputs to the hidden states before the first layer, `[batch, tokens, hidden]`.
  /// - Throws: `EngineError.shape`, `.memory`
  package func embed(_ input: Tensor, _ tape: Tape) throws -> Tensor {
    let h = try backbone.embed(input, hooks: hooks, validTokens: validTokens, tape)
    return try putPrompts(h, beforeLayer: 0, tape)
  }

  /// Runs sub-layers.
  ///
  /// - Parameters:
  ///   - h: hidden states `[batch, tokens, hidden]` before the stage `first`.
  ///   - first: default: the first layer.
  ///   - end: the stage before which it stops; default: the finish.
  ///   - watch: shown the hidden states before each stage.
  /// - Throws: `EngineError.interrupted`, `.memory`
  package func run(
    _ h: Tensor, from first: Stage = .embeddings, to end: Stage = .finish, _ tape: Tape,
    watch: (Stage, Tensor) throws -> Void = { _, _ in }
  ) throws -> Tensor {
    var state = WalkState(h: h)
    for stage in backbone.stages where stage >= first && stage < end {
      guard case .subLayer(let layer, let subLayer) = stage else { continue }
      if subLayer == .mhsa { try tape.interrupt?.check() }
      try watch(stage, state.h)
      if let recomputed, stage >= recomputed {
        let before = state.carried.map(\.from)
        var after: [ObjectIdentifier] = []
        let tensors = try tape.recomputed(state.tensors) { tensors, tape in
          let next = try run(subLayer, of: layer, WalkState(tensors, from: before), tape)
          after = next.carried.map(\.from)
          return next.tensors
        }
        state = WalkState(tensors, from: after)
      } else {
        state = try run(subLayer, of: layer, state, tape)
      }
    }
    return state.h
  }

  /// The last norm: `[batch, tokens, hidden]` to the same shape.
  package func finish(_ h: Tensor, _ tape: Tape) throws -> Tensor {
    try backbone.finalNorm.map { try $0(h, tape) } ?? h
  }

  private func run(
    _ subLayer: SubLayer, of layer: Int, _ state: WalkState, _ tape: Tape
  ) throws -> WalkState {
    var state = state
    if subLayer == .mhsa, layer > 0 {
      state.h = try putPrompts(state.h, beforeLayer: layer, tape)
    }
    state.h = try backbone.layers[layer].run(
      subLayer, state.h, &state.carried, layer: layer, hooks: hooks, validTokens: validTokens,
      tape)
    return state
  }

  private func putPrompts(_ h: Tensor, beforeLayer layer: Int, _ tape: Tape) throws -> Tensor {
    try hooks.at(.tokens(beforeLayer: layer), as: PromptTokens.self).reduce(h) {
      try $1.put(into: $0, tape)
    }
  }
}

/// What flows from stage to stage.
private struct WalkState {
  /// Hidden states `[batch, tokens, hidden]`.
  var h: Tensor
  var carried: Carried = []

  init(h: Tensor) { self.h = h }

  /// As `tensors` gives it.
  init(_ tensors: [Tensor], from senders: [ObjectIdentifier]) {
    h = tensors[0]
    carried = zip(senders, tensors.dropFirst()).map { (from: $0, value: $1) }
  }

  var tensors: [Tensor] { [h] + carried.map(\.value) }
}
