@testable import ASTKit

/// A backbone that petl does not have: every frame of a spectrogram is a token. One file, and a
/// line in the list of backbones.
struct ToySizes: BackboneConfiguration {
  var hidden = 8
  var layers = 2
  var heads = 2
  var intermediate = 16
  var melBins = 12

  static let name = "toy"
  static let title = "Toy"
  static let transformers = TransformersNames(
    modelType: "toy-encoder", family: "Toy", classifier: "ToyForAudioClassification",
    attribute: "toy")
  static let presets = ["toy-tiny": ToySizes()]
  static let defaults = ToySizes()
  static let declarations: [SettingOf<ToySizes>] = [
    .hidden(\.hidden), .depth(\.layers), .heads(\.heads), .mels(\.melBins),
  ]
  static let features = FeatureSettings.Kind.logMel
  static let anchors = ["frames.weight"]
  static let roots: Set = ["frames", "blocks", "norm"]

  func validate() throws {
    guard heads >= 1, hidden % heads == 0 else {
      throw EngineError.setting(
        name: "heads", expected: "a divisor of hidden (\(hidden))", found: "\(heads)")
    }
  }

  var parameterEstimate: Double {
    Double(hidden * melBins + layers * hidden * (4 * hidden + 2 * intermediate))
  }

  func build(from source: any ParameterSource) throws -> any Backbone {
    try ToyModel(self, from: source)
  }
}

final class ToyModel: Backbone {
  let configuration: ToySizes
  let frames: LinearLayer
  let layers: [EncoderLayer]
  let norm: NormLayer

  init(_ sizes: ToySizes, from source: any ParameterSource) throws {
    try sizes.validate()
    configuration = sizes
    let (hidden, inner) = (sizes.hidden, sizes.intermediate)
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) throws -> LinearLayer {
      try LinearLayer(
        name, inputs: inputs, outputs: outputs, weights: .truncatedNormal(0.3), from: source)
    }
    func norm(_ name: String) throws -> NormLayer {
      try NormLayer(name, hidden: hidden, eps: 1e-6, from: source)
    }
    frames = try linear("frames", sizes.melBins, hidden)
    layers = try (0..<sizes.layers).map { index in
      let name = "blocks.\(index)"
      return EncoderLayer(
        query: try linear("\(name).q", hidden, hidden),
        key: try linear("\(name).k", hidden, hidden),
        value: try linear("\(name).v", hidden, hidden),
        attentionOutput: try linear("\(name).o", hidden, hidden),
        normBefore: try norm("\(name).norm1"), normAfter: try norm("\(name).norm2"),
        intermediate: try linear("\(name).fc1", hidden, inner),
        output: try linear("\(name).fc2", inner, hidden), heads: sizes.heads, normOrder: .pre)
    }
    self.norm = try norm("norm")
  }

  var hidden: Int { configuration.hidden }
  var parameters: [Parameter] {
    frames.parameters + layers.flatMap(\.parameters) + norm.parameters
  }
  var trainedWithHead: [Parameter] { norm.parameters }
  func layerName(_ index: Int) -> String { "blocks.\(index)" }
  var hasClassToken: Bool { false }
  var sampleShape: [Int] { [10, configuration.melBins] }
  func tokens(in shape: [Int]) -> Int { shape[0] }
  func inputFloats(_ shape: [Int]) -> Double { Double(shape[0] * hidden) }
  func normTrained(besides subLayer: SubLayer, inLayer layer: Int) -> NormLayer {
    layers[layer].norm(of: subLayer)
  }
  var trainsNormsByDefault: Bool { true }
  var unusedTrainable: [Parameter] { [] }
  var summary: String { "Toy, hidden \(hidden), \(layers.count) layers" }

  func inputDifference(from settings: FeatureSettings) -> String? {
    settings.kind == .logMel && settings.melBins == configuration.melBins
      ? nil : "the model takes \(configuration.melBins) mel bins"
  }

  /// A site that no other backbone has.
  static let framesSite = Site(.embeddings, "frames")

  func embed(
    _ input: Tensor, hooks: Hooks, validTokens: [Int]?, _ tape: Tape
  ) throws -> Tensor {
    try hooks.at(Self.framesSite, as: (any ProjectionHook).self).reduce(frames(input, tape)) {
      try tape.add($0, $1.delta(input, tape))
    }
  }

  var finalNorm: NormLayer? { norm }

  func weight(at site: Site) -> Parameter? {
    site == Self.framesSite ? frames.weight : projectionWeight(at: site)
  }
}
