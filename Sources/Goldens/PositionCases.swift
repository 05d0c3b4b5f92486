import ASTKit
import Foundation

/// Cases about position embeddings of another length.
enum PositionCases {
  /// One grid cut or interpolated to several others.
  static func resize(_ golden: GoldenCase, _ folder: GoldenFolder) throws -> Comparison {
    let tensors = try folder.tensors(golden.file)
    guard let sides = golden.fields["base_grid"] as? [Int], sides.count == 2 else {
      throw GoldenError.missing("'base_grid' of two numbers in the manifest")
    }
    let old = PositionGrid(frequency: sides[0], time: sides[1])
    let stored = try tensors.tensor("position_embeddings")
    var result = Comparison()
    for name in tensors.names where name.hasPrefix("grid/") {
      let sides = name.dropFirst(5).split(separator: "x").compactMap { Int($0) }
      guard sides.count == 2 else {
        result.require(false, "'\(name)' does not name a grid")
        continue
      }
      let new = PositionGrid(frequency: sides[0], time: sides[1])
      result.check(
        "positions", name, try PositionFitting.fit.embeddings(stored, from: old, to: new),
        try tensors.tensor(name), absolute: folder.tolerances.positions)
    }
    return result
  }

  /// What transformers makes of a checkpoint of another length.
  static func mismatch(_ golden: GoldenCase, _ folder: GoldenFolder) throws -> Comparison {
    let expected = try folder.tensors(golden.file).tensor("position_embeddings_after_load")
    let sizes = try folder.sizes("ast_config").map {
      try JSONDecoder().decode(ASTConfiguration.self, from: $0)
    }
    var checkpoint = sizes ?? ASTConfiguration()
    var wanted = checkpoint
    checkpoint.frames =
      NumbersInText.integer(after: "max_length ", in: golden.method) ?? checkpoint.frames
    wanted.frames =
      NumbersInText.integer(after: "max_length=", in: golden.method) ?? wanted.frames
    let stored = try classifier(ASTModel(checkpoint, from: AllRandom()))
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("positions-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try ModelFile.save(stored, to: path)
    var options = ModelFile.Options()
    (options.frames, options.published) = (wanted.frames, true)
    let loaded = try ModelFile.load(path, options).model
    let name = "embeddings.position_embeddings"
    var result = Comparison()
    for (found, kept) in zip(loaded.parameters, stored.parameters) {
      result.check(
        "positions", found.name, found.value, found.name == name ? expected : kept.value,
        absolute: folder.tolerances.positions)
    }
    result.require(
      loaded.parameters.map(\.name) == stored.parameters.map(\.name), "other parameters")
    return result
  }

  private static func classifier(_ model: ASTModel) throws -> AudioClassifier {
    let head = try ClassificationHead(
      .linear, hidden: model.hidden, classes: 2, from: AllRandom())
    return try AudioClassifier(backbone: model, head: head, classes: ["a", "b"])
  }

  /// Draws what would start at zero as well, so that zeros stand out.
  private struct AllRandom: ParameterSource {
    func tensor(_ name: String, _ shape: [Int], _: Initialization) throws -> Tensor {
      try RandomParameters(seed: 1).tensor(name, shape, .truncatedNormal(1))
    }
  }
}
