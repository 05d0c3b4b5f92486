/// A pre-trained network that turns a batch of inputs into hidden states, with places for
/// methods to attach.
///
/// A walk through it is `embed`, then the two sub-layers of each layer, then `finish`, see
/// `EncoderWalk`. The kinds there are: `Backbones.all`.
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
  /// Parameters the published adapters count as trainable though nothing uses them.
  var unusedTrainable: [Parameter] { get }
  /// A batch of inputs to the hidden states before the first layer, `[batch, tokens, hidden]`.
  ///
  /// - Parameters:
  ///   - hooks: what hangs on the model, of which a backbone calls those on sites of its own.
  ///   - validTokens: tokens of each clip that are no padding [batch]; `nil` where padding
  ///     counts like sound.
  /// - Throws: `EngineError.shape`, `.memory`
  func embed(_ input: Tensor, hooks: Hooks, validTokens: [Int]?, _ tape: Tape) throws -> Tensor
  /// The norm after the last layer, which is all of the finish; `nil` where there is none.
  var finalNorm: NormLayer? { get }
  /// The weight that a correction on this site is added to, if there is one.
  func weight(at site: Site) -> Parameter?
  /// Why inputs made with these settings do not fit, in words; `nil` if they do.
  func inputDifference(from settings: FeatureSettings) -> String?
  /// A few words such as `AST, hidden 192, 4 layers, 3 heads, 128 frames`.
  var summary: String { get }
}

extension Backbone {
  /// Tokens of the typical clip.
  public var tokenCount: Int { tokens(in: sampleShape) }

  /// Number of encoder layers.
  public var layerCount: Int { layers.count }

  /// The stages of a walk, in order.
  public var stages: [Stage] { Stage.all(layers: layerCount) }

  /// The parameters that a stage computes with.
  public func parameters(of stage: Stage) -> [Parameter] {
    switch stage {
    case .embeddings:
      let others = layers.flatMap(\.parameters) + parameters(of: .finish) + unusedTrainable
      let elsewhere = Set(others.map(ObjectIdentifier.init))
      return parameters.filter { !elsewhere.contains(ObjectIdentifier($0)) }
    case .subLayer(let layer, let subLayer): return layers[layer].parameters(of: subLayer)
    case .finish: return finalNorm?.parameters ?? []
    }
  }

  /// The attention's projections; a backbone with sites of its own has more.
  public func weight(at site: Site) -> Parameter? { projectionWeight(at: site) }

  /// The weight of a projection of the attention, if the site is one.
  public func projectionWeight(at site: Site) -> Parameter? {
    site.projection.map { layers[$0.layer].projection($0.projection).weight }
  }

  /// Whether the input is sound itself rather than a spectrogram.
  var takesWaveforms: Bool { Configuration.features == .waveform }

  /// What the LayerNorm of a head adds to the variance.
  var headNormEps: Float { configuration.headNormEps }
}
