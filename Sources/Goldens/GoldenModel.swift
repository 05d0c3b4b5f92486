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
    let backbone = try GoldenModel.backbone("\(folder.path)/\(base)", source)
    let classes = golden.integer("num_classes") ?? 0
    let method = try GoldenMethod(
      golden, layerCount: backbone.layerCount, isSpeech: !(backbone is ASTModel))
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

  /// The backbone whose `config.json` lies in `path`.
  static func backbone(_ path: String, _ source: any ParameterSource) throws -> any Backbone {
    let file = "\(path)/config.json"
    guard let data = FileManager.default.contents(atPath: file) else {
      throw GoldenError.manifest(path: file, problem: "it cannot be read")
    }
    let kind = try JSONDecoder().decode(ModelKind.self, from: data)
    switch kind.model_type {
    case "audio-spectrogram-transformer":
      return try ASTModel(JSONDecoder().decode(ASTConfiguration.self, from: data), from: source)
    default: throw GoldenError.unsupported("model type '\(kind.model_type)'")
    }
  }

  private struct ModelKind: Decodable { var model_type: String }
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
