/// Where a forward pass begins.
package enum WalkStart {
  /// Inputs `[batch, frames, mels]` or `[batch, samples]`.
  case input(Tensor)
  /// Hidden states `[batch, tokens, hidden]` before a stage.
  case hidden(Tensor, before: Stage)
  /// The mean `[batch, hidden]` of the tokens that the head looks at, normalised as by the last
  /// norm, of which gain and shift are still to come: `mean(LN(x)) = gain · mean(normalised x) +
  /// shift`.
  case pooled(Tensor)
}

extension AudioClassifier {
  /// Logits `[batch, classes]` for a batch of inputs.
  ///
  /// - Parameter lengths: samples of each clip that are no padding [batch], of use to a model
  ///   that masks padding (`FeatureSettings.masksPadding`); default: all of them.
  /// - Throws: `EngineError.shape`, `.memory`; `FileError.changed` when a file that the model was
  ///   read from has changed since, so that nobody uses what was computed from it.
  public func forward(_ input: Tensor, lengths: [Int]? = nil, _ tape: Tape) throws -> Tensor {
    try forward(from: .input(input), lengths: lengths, tape)
  }

  /// The same from any stage on.
  ///
  /// - Parameter recomputes: whether sub-layers keep only their input for the backward pass and
  ///   are computed again there.
  package func forward(
    from start: WalkStart, lengths: [Int]? = nil, recomputes: Bool = false, _ tape: Tape
  ) throws -> Tensor {
    let pass = Pass(self, lengths: lengths, recomputes: recomputes)
    let logits = try head.forward(pass.pooled(from: start, tape), tape)
    try requireUnchangedFiles()
    return logits
  }

  /// What a later pass can begin with: the result of the frozen prefix, or of a part of it.
  ///
  /// - Parameters:
  ///   - end: no later than the end of the frozen prefix.
  ///   - start: before `end`.
  /// - Returns: for `.finish` as `WalkStart.pooled`, else as `WalkStart.hidden` before `end`.
  /// - Throws: as `forward`.
  package func prefix(
    to end: Stage, from start: WalkStart, lengths: [Int]? = nil, interrupt: InterruptFlag? = nil
  ) throws -> Tensor {
    let tape = Tape(.inference, recording: false, interrupt: interrupt)
    let pass = Pass(self, lengths: lengths, recomputes: false)
    let h: Tensor
    switch start {
    case .input(let input): h = try pass.walk.run(pass.walk.embed(input, tape), to: end, tape)
    case .hidden(let states, let stage): h = try pass.walk.run(states, from: stage, to: end, tape)
    case .pooled(let mean): return mean
    }
    let result = end == .finish ? try pass.pool(h, isNormalised: false, tape) : h
    try requireUnchangedFiles()
    return result
  }

  /// The mean `[batch, hidden]` of a clip's tokens behind a layer, or behind the last norm.
  /// - Throws: as `forward`; `EngineError.setting` for a pooling that needs what is not there.
  func embedding(
    of input: Tensor, lengths: [Int]?, behind layer: Int?, pooling: Pooling?, _ tape: Tape
  ) throws -> Tensor {
    let pass = Pass(self, lengths: lengths, recomputes: false)
    let end = layer.map {
      $0 + 1 < backbone.layerCount ? Stage.subLayer(layer: $0 + 1, .mhsa) : .finish
    }
    let h = try pass.walk.run(pass.walk.embed(input, tape), to: end ?? .finish, tape)
    let states = layer == nil ? try pass.walk.finish(h, tape) : h
    let mean = try pass.mean(states, pooling ?? activePooling, tape)
    try requireUnchangedFiles()
    return mean
  }
}

/// One way through a model, from inputs to what its head is given.
private struct Pass {
  let walk: EncoderWalk
  private let model: AudioClassifier
  private let prompts: Int
  private let validTokens: [Int]?

  init(_ model: AudioClassifier, lengths: [Int]?, recomputes: Bool) {
    let hooks = Hooks(model.activeAttachments.flatMap(\.hooks))
    self.model = model
    prompts = hooks.at(.tokens(beforeLayer: 0), as: PromptTokens.self).last?.count ?? 0
    // At least one token, however short the clip.
    validTokens =
      model.features?.masksPadding == true
      ? lengths?.map { max(1, model.backbone.tokens(in: [$0])) } : nil
    walk = EncoderWalk(
      model.backbone, hooks: hooks, validTokens: validTokens,
      recomputingFrom: recomputes ? model.frozenPrefix.end : nil)
  }

  /// What the head is given, `[batch, hidden]`.
  func pooled(from start: WalkStart, _ tape: Tape) throws -> Tensor {
    switch start {
    case .input(let input): try pool(walk.run(walk.embed(input, tape), tape), tape)
    case .hidden(let h, let stage): try pool(walk.run(h, from: stage, tape), tape)
    case .pooled(let mean):
      try model.backbone.finalNorm.map {
        try tape.scaleAndShift(mean, gain: $0.gamma.value, shift: $0.beta.value)
      } ?? mean
    }
  }

  /// The mean over the tokens that the head looks at.
  ///
  /// - Parameter isNormalised: `false` leaves the last norm's gain and shift out.
  func pool(_ h: Tensor, isNormalised: Bool = true, _ tape: Tape) throws -> Tensor {
    var states = h
    if isNormalised {
      states = try walk.finish(h, tape)
    } else if let norm = model.backbone.finalNorm {
      states = try tape.layerNorm(
        h, gamma: Tensor(norm.gamma.shape, filledWith: 1), beta: Tensor(norm.beta.shape),
        eps: norm.eps)
    }
    return try mean(states, model.activePooling, tape)
  }

  /// The mean of the tokens that a pooling looks at.
  /// - Throws: `EngineError.setting` for tokens that are not there.
  func mean(_ states: Tensor, _ pooling: Pooling, _ tape: Tape) throws -> Tensor {
    if let validTokens, pooling == .all {
      return try tape.tokenMean(states, ofFirst: validTokens)
    }
    let needsClassToken = pooling == .cls || pooling == .clsAndDistillation
    guard needsClassToken ? model.backbone.hasClassToken : !pooling.needsPrompts || prompts > 0
    else {
      throw EngineError.setting(
        name: "pooling", expected: "tokens that the model has", found: pooling.rawValue)
    }
    return try tape.tokenMean(
      states, over: pooling.range(tokens: states.shape[1], prompts: prompts))
  }
}
