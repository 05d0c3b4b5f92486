import ASTKit
import Foundation

/// Builds the model of a case: the base checkpoint, with the case's own parameters.
struct GoldenModel {
  let classifier: AudioClassifier
  let input: Tensor
  let labels: [Int]

  init(_ golden: GoldenCase, _ folder: GoldenFolder, _ tensors: Safetensors) throws {
    guard let base = golden.text("base"), let inputs = golden.text("inputs") else {
      throw GoldenError.missing("'base' or 'inputs' in the manifest")
    }
    let source = try GoldenParameters(golden, folder.tensors("\(base)/model.safetensors"), tensors)
    let backbone = try GoldenModel.backbone(base, folder, source)
    let classes = golden.integer("num_classes") ?? 0
    let method = try GoldenMethod(
      golden, layerCount: backbone.layerCount,
      isSpeech: type(of: backbone.configuration).features == .waveform)
    let head = try ClassificationHead(
      .linear, hidden: backbone.hidden, classes: classes, from: source)
    classifier = try AudioClassifier(
      backbone: backbone, head: head, classes: (0..<classes).map { "class \($0)" },
      pooling: method.pooling)
    for step in method.steps {
      try classifier.attach(
        step.kind, step.settings, at: step.position, layers: step.layers, from: source)
    }
    let batch = try folder.tensors(inputs)
    input = try batch.tensor("input_values")
    labels = try batch.integers("labels").map { Int($0) }
  }

  /// The backbone whose `config.json` lies in the folder `base`; without one, of the sizes that
  /// the manifest gives.
  static func backbone(
    _ base: String, _ folder: GoldenFolder, _ source: any ParameterSource
  ) throws -> any Backbone {
    let (kind, data) = try configuration(base, folder)
    return try JSONDecoder().decode(kind, from: data).build(from: source)
  }

  private static func configuration(
    _ base: String, _ folder: GoldenFolder
  ) throws -> (kind: any BackboneConfiguration.Type, data: Data) {
    let file = "\(folder.path)/\(base)/config.json"
    if let data = FileManager.default.contents(atPath: file) {
      let type = try JSONDecoder().decode(ModelKind.self, from: data).modelType
      guard let kind = Backbones.kind(ofModelType: type) else {
        throw GoldenError.unsupported("model type '\(type)'")
      }
      return (kind, data)
    }
    let named = Backbones.all.first { base.contains($0.name) }
    let kind = named ?? ASTConfiguration.self
    guard let data = folder.sizes("\(kind.name)_config") else {
      throw GoldenError.manifest(path: file, problem: "it cannot be read")
    }
    return (kind, data)
  }

  private struct ModelKind: Decodable {
    var modelType: String
    enum CodingKeys: String, CodingKey { case modelType = "model_type" }
  }
}

/// Parameters from the case's file, and from the base checkpoint for the rest.
struct GoldenParameters: ParameterSource {
  private let base: Safetensors
  private let own: Safetensors
  /// The case's tensor for an engine name.
  private var places: [String: String] = [:]

  init(_ golden: GoldenCase, _ base: Safetensors, _ own: Safetensors) {
    self.base = base
    self.own = own
    for name in own.names {
      for prefix in ["param/", "buffer/"] where name.hasPrefix(prefix) {
        places[golden.engineName(String(name.dropFirst(prefix.count)))] = name
      }
    }
  }

  func tensor(_ name: String, _ shape: [Int], _ initialization: Initialization) throws -> Tensor {
    if let place = places[name] { return try own.tensor(place, shape: shape).copy() }
    return try base.tensor(name, shape: shape).copy()
  }
}
