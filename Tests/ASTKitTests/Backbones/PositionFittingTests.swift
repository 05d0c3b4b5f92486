import TestSupport
import Testing

@testable import ASTKit

/// A checkpoint of another length gives fitted position embeddings, or the zeros that the
/// published code trains with; everything else comes through unchanged.
struct PositionFittingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func sizes(frames: Int, melBins: Int = 36) -> ASTConfiguration {
    var sizes = ASTConfiguration()
    (sizes.hidden, sizes.heads, sizes.layers, sizes.intermediate) = (4, 2, 1, 8)
    (sizes.frames, sizes.melBins) = (frames, melBins)
    return sizes
  }

  /// Every value is drawn, so that zeros stand out.
  private struct Drawn: ParameterSource {
    func tensor(_ name: String, _ shape: [Int], _: Initialization) throws -> Tensor {
      try RandomParameters(seed: 4).tensor(name, shape, .uniform(1))
    }
  }

  @Test(arguments: PositionFitting.allCases)
  func aCheckpointOfAnotherLength(_ fitting: PositionFitting) throws {
    let (long, short) = (sizes(frames: 96), sizes(frames: 56))
    let checkpoint = try ASTModel(long, from: Drawn())
    let head = try ClassificationHead(.linear, hidden: 4, classes: 2, from: Drawn())
    let saved = try AudioClassifier(backbone: checkpoint, head: head, classes: ["a", "b"])
    let path = folder.file("model.safetensors")
    try ModelFile.save(saved, to: path)
    var options = ModelFile.Options()
    (options.frames, options.published) = (short.frames, fitting == .published)
    let model = try #require(ModelFile.load(path, options).model.backbone as? ASTModel)
    #expect(model.configuration == short)
    #expect(model.positions.shape == [1, 17, 4])
    for (found, expected) in zip(model.parameters, checkpoint.parameters)
    where found.name != model.positions.name {
      #expect(found.value.values == expected.value.values, "\(found.name)")
    }
    switch fitting {
    case .published: #expect(model.positions.value.values.allSatisfy { $0 == 0 })
    case .fit:
      let rows = checkpoint.positions.value.values
      // [CLS], [DIST], and of 9 times the middle 5 begin at the third.
      #expect(Array(model.positions.value.values[..<8]) == Array(rows[..<8]))
      #expect(Array(model.positions.value.values[8..<28]) == Array(rows[16..<36]))
    }
  }

  /// transformers compares shapes: 3 x 5 patches pass for 5 x 3, and are not fitted.
  @Test func publishedGoesByTheNumberOfPatches() throws {
    let (wide, tall) = (
      sizes(frames: 56).positionGrid, sizes(frames: 36, melBins: 56).positionGrid
    )
    #expect(wide.rows() == tall.rows())
    let stored = try Drawn().tensor("positions", [1, 17, 4], .zeros)
    let kept = try PositionFitting.published.embeddings(stored, from: wide, to: tall)
    #expect(kept.values == stored.values)
    let fitted = try PositionFitting.fit.embeddings(stored, from: wide, to: tall)
    #expect(fitted.values != stored.values)
  }
}
