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

  @Test func aBatchTooLargeForTheMachine() throws {
    let net = try TinyModel.classifier()
    try net.requireMemory(batch: 64, training: true)
    let error = #expect(throws: EngineError.self) {
      try net.requireMemory(batch: 1 << 40, training: true)
    }
    #expect(error?.message.hasPrefix("a batch of 1099511627776 needs about") == true)
  }
}
