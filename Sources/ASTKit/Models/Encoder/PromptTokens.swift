/// Trainable tokens that take the place of others before a layer: first of the distillation
/// token, then of the prompts of the layer before (Jia et al., visual prompt tuning,
/// arXiv 2203.12119).
final class PromptTokens: Hook {
  private let parameter: Parameter
  /// Which of the parameter's first dimension it takes.
  private let item: Int
  /// Probability of dropping an element in training.
  private let dropout: Float
  /// The tokens it replaces.
  private let replaced: Range<Int>

  /// - Parameters:
  ///   - parameter: `[items, n, hidden]`
  ///   - replaced: the tokens whose place they take.
  init(_ parameter: Parameter, item: Int = 0, replacing replaced: Range<Int>, dropout: Float) {
    (self.parameter, self.item) = (parameter, item)
    (self.replaced, self.dropout) = (replaced, dropout)
  }

  /// Number of prompt tokens.
  var count: Int { parameter.shape[1] }

  /// Puts the prompts into hidden states `[batch, tokens, hidden]`.
  func put(into h: Tensor, _ tape: Tape) throws -> Tensor {
    var tokens =
      parameter.shape[0] == 1 ? parameter.value : try tape.item(parameter.value, item)
    if dropout > 0, tape.mode == .training {
      let repeated = try tape.add(Tensor([h.shape[0], count, h.columns]), tokens)
      tokens = try tape.dropout(repeated, probability: dropout)
    }
    return try tape.concatenate([
      tape.tokens(h, 0..<replaced.lowerBound), tokens,
      tape.tokens(h, replaced.upperBound..<h.shape[1]),
    ])
  }
}
