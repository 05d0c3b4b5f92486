import TestSupport
import Testing

@testable import ASTKit

/// What cannot fit into memory is refused before it begins.
struct MemoryLimitTests {
  @Test func aModelTooLargeForTheMachine() throws {
    var sizes = ASTConfiguration()
    try sizes.requireMemory()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (16_384, 256, 16, 65_536)
    let error = #expect(throws: EngineError.self) { try sizes.requireMemory() }
    #expect(error?.message.contains("a model of these sizes needs about") == true)
  }

  @Test func theEstimateIsNearTheTruth() throws {
    let sizes = TinyModel.sizes(layers: 3, hidden: 64)
    let backbone = try ASTModel(sizes, from: RandomParameters(seed: 1))
    let count = Double(backbone.parameters.reduce(0) { $0 + $1.count })
    #expect(abs(sizes.parameterEstimate / count - 1) < 0.05)
  }

  /// wav2vec 2.0 at its first convolution: 512 channels, a fifth of the samples.
  @Test func longWaveformsCount() throws {
    var sizes = Wav2Vec2Configuration()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (16, 1, 2, 16)
    let net = try Wav2Vec2Model(sizes, from: RandomParameters(seed: 1))
    #expect(net.inputFloats([16_000]) > 512 * 16_000 / 5)
    #expect(net.inputFloats([16_000]) < 3 * 512 * 16_000 / 5)
    let ratio = net.inputFloats([1_600_000]) / net.inputFloats([16_000])
    #expect(abs(ratio - 100) < 1)
  }

  @Test func aBatchTooLargeForTheMachine() throws {
    let net = try TinyModel.classifier()
    try net.requireMemory(batch: 64, of: [36, 16], training: true)
    let error = #expect(throws: EngineError.self) {
      try net.requireMemory(batch: 1 << 40, of: [36, 16], training: true)
    }
    #expect(error?.message.hasPrefix("a batch of 1099511627776 needs about") == true)
  }
}
