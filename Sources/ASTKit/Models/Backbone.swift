/// A pre-trained network that turns a batch of inputs into hidden states, with places for
/// methods to attach.
///
/// The kinds there are: `Backbones.all`.
public protocol Backbone: AnyObject {
  associatedtype Configuration: BackboneConfiguration
  /// Its kind and its sizes.
  var configuration: Configuration { get }
  /// Width of the hidden states.
  var hidden: Int { get }
  /// Every parameter, by its name in Hugging Face's bare model.
  var parameters: [Parameter] { get }
  /// Parameters that the published code trains together with the head, whatever else is
  /// frozen (the final LayerNorm of AST).
  var trainedWithHead: [Parameter] { get }
  /// The prefix of the names in a layer, such as `encoder.layer.3`.
  func layerName(_ index: Int) -> String
  /// Whether the first token stands for the whole clip.
  var hasClassToken: Bool { get }
  /// The input of a typical clip: `[frames, mels]` or `[samples]`.
  var sampleShape: [Int] { get }
  /// Tokens that the encoder sees of a clip of this shape.
  func tokens(in shape: [Int]) -> Int
  /// Most numbers held at once on the way from a clip of this shape to the first layer.
  func inputFloats(_ shape: [Int]) -> Double
  /// The encoder layers, where methods attach.
  var layers: [EncoderLayer] { get }
  /// The norm that the published code trains beside an adapter at this sub-layer.
  func normTrained(besides subLayer: SubLayer, inLayer layer: Int) -> NormLayer
  /// Whether it does so unless told otherwise.
  var trainsNormsByDefault: Bool { get }
  /// Whether the conformer adapter applies its LayerNorm unless told otherwise.
  var conformerNormByDefault: Bool { get }
  /// Parameters the published adapters count as trainable though nothing uses them.
  var unusedTrainable: [Parameter] { get }
  /// A batch of inputs to hidden states `[batch, tokens, hidden]`.
  /// - Throws: `EngineError.shape`, or `.interrupted` where the tape has an interrupt.
  func forward(_ input: Tensor, hooks: ForwardHooks, _ tape: Tape) throws -> Tensor
  /// Why inputs made with these settings do not fit, in words; `nil` if they do.
  func inputDifference(from settings: FeatureSettings) -> String?
  /// A few words such as `AST, hidden 192, 4 layers, 3 heads, 128 frames`.
  var summary: String { get }
}

/// What a model hands to a backbone for one forward pass.
public struct ForwardHooks {
  /// What is attached to each layer.
  var layers: [LayerHooks]
  /// Tokens to put in place of others, see `PromptTokens`.
  var prompts: PromptTokens?
  /// Tokens of each clip that are not padding [batch]; `nil` where padding counts like sound.
  var validTokens: [Int]?
}

/// Trainable tokens that take the place of the distillation token (Jia et al., visual prompt
/// tuning, arXiv 2203.12119).
public struct PromptTokens {
  /// `[1, n, hidden]`, put at positions 1…n before the first layer.
  let shallow: Parameter
  /// `[layers - 1, n, hidden]`, overwriting positions 1…n before each later layer.
  let deep: Parameter?
  /// Probability of dropping an element in training.
  let dropout: Float
  var count: Int { shallow.shape[1] }
}

extension Backbone {
  /// Tokens of the typical clip.
  public var tokenCount: Int { tokens(in: sampleShape) }

  /// Number of encoder layers.
  public var layerCount: Int { layers.count }

  /// What the LayerNorm of a head adds to the variance.
  var headNormEps: Float { configuration.headNormEps }
}
