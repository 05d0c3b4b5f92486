import Testing

@testable import ASTKit

/// A checkpoint of another length gives fitted position embeddings, or the zeros that the
/// published code trains with; everything else comes through unchanged.
struct PositionFittingTests {
  private func sizes(frames: Int) -> ASTConfiguration {
    var sizes = ASTConfiguration()
    (sizes.hidden, sizes.heads, sizes.layers, sizes.intermediate) = (4, 2, 1, 8)
    (sizes.frames, sizes.melBins) = (frames, 36)
    return sizes
  }

  /// Every value is drawn, so that zeros stand out.
  private struct Drawn: ParameterSource {
    func tensor(_ name: String, _ shape: [Int], _: Initialization) -> Tensor {
      RandomParameters(seed: 4).tensor(name, shape, .uniform(1))
    }
  }

  @Test(arguments: PositionFitting.allCases)
  func aCheckpointOfAnotherLength(_ fitting: PositionFitting) throws {
    let (long, short) = (sizes(frames: 96), sizes(frames: 56))
    let checkpoint = try ASTModel(long, from: Drawn())
    let model = try ASTModel(
      short, from: FittedParameters(Drawn(), of: long, for: short, fitting))
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

  @Test(arguments: PositionFitting.allCases)
  func theSameLengthKeepsThem(_ fitting: PositionFitting) throws {
    let sizes = sizes(frames: 56)
    let model = try ASTModel(
      sizes, from: FittedParameters(Drawn(), of: sizes, for: sizes, fitting))
    let plain = try ASTModel(sizes, from: Drawn())
    #expect(model.positions.value.values == plain.positions.value.values)
  }
}
