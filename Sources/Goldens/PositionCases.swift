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
    let stored = RandomParameters(seed: 1)
    let source = FittedParameters(
      AllRandom(stored), of: checkpoint, for: wanted, .published)
    let model = try ASTModel(wanted, from: source)
    let name = "embeddings.position_embeddings"
    var result = Comparison()
    for parameter in model.parameters {
      let values =
        parameter.name == name
        ? expected : try AllRandom(stored).tensor(parameter.name, parameter.shape, .zeros)
      result.check(
        "positions", parameter.name, parameter.value, values,
        absolute: folder.tolerances.positions)
    }
    return result
  }

  /// Draws what would start at zero as well, so that zeros stand out.
  private struct AllRandom: ParameterSource {
    let source: RandomParameters
    init(_ source: RandomParameters) { self.source = source }

    func tensor(_ name: String, _ shape: [Int], _: Initialization) throws -> Tensor {
      source.tensor(name, shape, .truncatedNormal(1))
    }
  }
}
