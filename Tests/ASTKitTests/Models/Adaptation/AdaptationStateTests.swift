import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// A state that does not fit is refused, and the model stays what it was; that one which fits
/// does the same from then on, `AdaptationTests.anyOrder` proves.
struct AdaptationStateTests {
  private func trained() throws -> AudioClassifier {
    let net = try TinyModel.classifier()
    try net.attach("conformer", ["rate": .number(4), "kernel": .number(3)], layers: [1], name: "x")
    TinyModel.scatter(net.trainableParameters, seed: 4, by: 0.1)
    return net
  }

  @Test func throughJSON() throws {
    let net = try trained()
    net.noteTraining()
    net.features = TinyData.settings
    var state = net.adaptation.state
    state.layout = try JSONDecoder().decode(
      Adaptation.Layout.self, from: JSONEncoder().encode(state.layout))
    let restored = try TinyModel.classifier()
    try restored.restore(state)
    #expect(Everything(restored) == Everything(net))
    #expect(restored.unsavedTraining == .adapters && restored.features == TinyData.settings)
    // No tensor is shared with the model that it came from.
    TinyModel.scatter(restored.trainableParameters, seed: 5)
    #expect(try restored.logits(TinyModel.input()) != net.logits(TinyModel.input()))
    #expect(Everything(net) != Everything(restored))
  }

  /// What the backbone has already need not be in it.
  @Test func withoutTheFrozenBackbone() throws {
    let net = try trained()
    var state = net.adaptation.state
    let frozen = net.backbone.parameters.filter { !$0.isTrainable }.map { "backbone/\($0.name)" }
    state.tensors.removeAll { frozen.contains($0.key) }
    let restored = try TinyModel.classifier()
    try restored.restore(state)
    #expect(Everything(restored) == Everything(net))
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    let what: String
    let damage: @Sendable (inout Adaptation.State) throws -> Void
    var testDescription: String { what }
  }

  private static let damages = [
    Damage(what: "a parameter is missing") { state in
      state.tensors.removeAll { $0.key.hasPrefix("attached/x/") }
    },
    Damage(what: "the head is missing") { $0.tensors.removeAll { $0.key.hasPrefix("head/") } },
    Damage(what: "no head") { $0.layout.heads = [] },
    Damage(what: "an unknown pooling") { $0.layout.heads[0].pooling = "some" },
    Damage(what: "a head that is not there") { $0.layout.members[0].head = 7 },
    Damage(what: "own values are missing") { state in
      state.tensors.removeAll { $0.key.hasPrefix("own/") }
    },
    Damage(what: "originals are missing") { state in
      state.tensors.removeAll { $0.key.hasPrefix("original/") }
    },
    Damage(what: "one tensor too many") { state in
      state.tensors.append(("backbone/x", try Tensor([1])))
    },
    Damage(what: "another shape") { state in
      state.tensors[0].tensor = try Tensor([1, 2, 3])
    },
    Damage(what: "an unknown method") { $0.layout.members[0].method.kind = "x" },
    Damage(what: "a name twice") { $0.layout.members.append($0.layout.members[0]) },
    Damage(what: "layers that are not there") { $0.layout.members[0].method.layers = [9] },
  ]

  @Test(arguments: damages) func damaged(_ damage: Damage) throws {
    var state = try trained().adaptation.state
    try damage.damage(&state)
    let net = try TinyModel.classifier()
    let before = Everything(net)
    let error = #expect(throws: EngineError.self) { try net.restore(state) }
    #expect(error?.message.isEmpty == false)
    #expect(Everything(net) == before)
  }

  @Test func ontoSomethingAttached() throws {
    let net = try trained()
    let before = Everything(net)
    #expect(throws: EngineError.self) { try net.restore(net.adaptation.state) }
    #expect(Everything(net) == before)
  }
}
