import TestSupport
import Testing

@testable import ASTKit

/// Gradients are scaled down together, as PyTorch's `clip_grad_norm_` does.
struct GradientNormTests {
  private func parameters(_ values: [Float]...) throws -> [Parameter] {
    try values.enumerated().map { index, values in
      let parameter = Parameter("p\(index)", try Tensor([values.count]))
      parameter.isTrainable = true
      let gradient = try Tensor([values.count])
      for (i, value) in values.enumerated() { gradient.pointer[i] = value }
      parameter.value.gradientSlot?.value = gradient
      return parameter
    }
  }

  @Test func isThatOfAllTogether() throws {
    // 3² + 4² + 12² + 84² = 85²
    #expect(GradientNorm.of(try parameters([3], [4, -12], [84])) == 85)
    #expect(GradientNorm.of([]) == 0)
    let without = Parameter("frozen", try Tensor([2], filledWith: 7))
    #expect(GradientNorm.of(try parameters([-5]) + [without]) == 5)
    // Squares that no single-precision number holds.
    let large = GradientNorm.of(try parameters([3e30], [4e30]))
    #expect(abs(large / 5e30 - 1) < 1e-6)
  }

  @Test func aSharedGradientIsScaledOnceForEach() throws {
    let both = try parameters([1, 2], [0, 0])
    both[1].value.gradientSlot?.value = both[0].gradient
    for parameter in both { try parameter.scaleGradient(by: 0.5) }
    #expect(both.map { $0.gradient?.values } == [[0.5, 1], [0.5, 1]])
  }

  private func gradients(clip: Double?) throws -> [[Float]] {
    let net = try TinyModel.classifier()
    try net.attach("bottleneck", ["rate": .number(4)])
    TinyModel.scatter(net.trainableParameters, seed: 3)
    let input = TinyModel.input(batch: 3)
    var step = TrainingStep(net)
    step.clip = clip
    var found: [[Float]] = []
    try step.take(
      [{ _ in TrainingStep.Part(.input(input), labels: [0, 1, 2]) }], clips: 3,
      rate: { _ in 1e-3 },
      watch: { _ in
        found = net.trainableParameters.map { $0.gradient?.values ?? [] }
      })
    return found
  }

  @Test func longGradientsAreScaledToTheClip() throws {
    let plain = try gradients(clip: nil)
    let norm = plain.joined().reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    for share in [0.9, 0.5, 1e-3] {
      let found = try gradients(clip: share * norm)
      let factor = share * norm / (norm + 1e-6)
      for (a, b) in zip(found.joined(), plain.joined()) {
        #expect(abs(Double(a) - factor * Double(b)) <= 2e-7 * abs(Double(b)))
      }
    }
    // Shorter ones stay as they are, to the bit.
    #expect(try gradients(clip: 1.1 * norm) == plain)
  }

  @Test func nonsenseIsRefused() throws {
    for clip in [0, -1, .infinity, .nan] as [Double] {
      var settings = TrainingSettings()
      settings.clip = clip
      #expect(throws: EngineError.self) { try settings.validate() }
    }
  }
}
