import TestSupport
import Testing

@testable import ASTKit

/// The published mixtures add what they add beside the attention once more behind the feed-forward
/// network, and nothing else.
struct PublishedMixtureTests {
  @Test(arguments: ["densemoa", "softmoa"], Placement.allCases)
  func onlyBesideTheAttention(_ kind: String, _ placement: Placement) throws {
    let net = try TinyModel.classifier()
    // Added before the mixture: not what is to be repeated.
    try net.attach("bottleneck", ["rate": .number(4)], at: Position([.mhsa], .parallelBefore))
    let mixture = try net.attach(
      kind, ["rate": .number(4), "published": .flag(true)], at: Position([.mhsa], placement))
    let repetitions = mixture.hooks.count { $0.hook is RepetitionAfterFFN }
    #expect(repetitions == (placement == .parallelBefore ? 2 * net.backbone.layerCount : 0))
  }

  /// With experts that give a constant, what the mixture adds is known.
  @Test func theMixtureAloneIsRepeated() throws {
    func logits(published: Bool, twice: Bool) throws -> [Float] {
      let net = try TinyModel.classifier(layers: 1)
      try net.attach("bottleneck", ["rate": .number(4)], at: Position([.mhsa], .parallelBefore))
      TinyModel.scatter(net.attachments.flatMap(\.parameters), seed: 2)
      for _ in 0..<(twice ? 2 : 1) {
        let mixture = try net.attach(
          "densemoa",
          ["rate": .number(4), "adapters": .number(1), "published": .flag(published)],
          at: Position([twice && net.attachments.count == 2 ? .ffn : .mhsa], .parallelBefore))
        for parameter in mixture.parameters {
          let isShift = parameter.name.hasSuffix("linear_upsample.bias")
          parameter.value.elements.update(repeating: isShift ? 0.5 : 0)
        }
      }
      return try net.logits(TinyModel.input())
    }
    // Once more behind the feed-forward network is what a second mixture beside it gives.
    let (found, expected) = (
      try logits(published: true, twice: false), try logits(published: false, twice: true)
    )
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(try found != logits(published: false, twice: false))
  }
}
