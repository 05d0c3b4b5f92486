/// The layer that turns the pooled vector into logits.
public final class ClassificationHead {
  /// Which published head it is, and so its names in files.
  public enum Style: String, Sendable {
    /// One linear layer, `classification_head`: the published PETL code.
    case linear
    /// LayerNorm and linear layer, `classifier.layernorm` and `classifier.dense`:
    /// `ASTForAudioClassification`.
    case normalised
  }

  public let style: Style
  let norm: NormLayer?
  let dense: LinearLayer

  public init(
    _ style: Style, hidden: Int, classes: Int, normEps: Float = 1e-12,
    from source: any ParameterSource
  ) throws {
    self.style = style
    let name = style == .linear ? "classification_head" : "classifier.dense"
    let initial = Initialization.linearDefault(fanIn: hidden)
    norm =
      style == .linear
      ? nil : try NormLayer("classifier.layernorm", hidden: hidden, eps: normEps, from: source)
    dense = try LinearLayer(
      name, inputs: hidden, outputs: classes, weights: initial, biases: initial, from: source)
  }

  /// Number of classes.
  public var classes: Int { dense.weight.shape[0] }
  public var parameters: [Parameter] { (norm?.parameters ?? []) + dense.parameters }

  /// `[batch, hidden]` to logits `[batch, classes]`.
  func forward(_ x: Tensor, _ tape: Tape) throws -> Tensor {
    try dense(norm.map { try $0(x, tape) } ?? x, tape)
  }
}
