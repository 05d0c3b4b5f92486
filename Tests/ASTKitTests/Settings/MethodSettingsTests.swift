import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// A method made in Swift and one made by name are the same, in what they say and what they do.
struct MethodSettingsTests {
  @Test func typedAndByNameAreEqual() throws {
    let typed = ConformerAdapter(rate: 4, kernel: 5, norms: false)
    let byName = try PETLMethods.make(
      "conformer", ["rate": .number(4), "kernel": .number(5), "norms": .flag(false)])
    #expect(byName.values == typed.values && byName is ConformerAdapter)
    let (one, other) = (try TinyModel.classifier(), try TinyModel.classifier())
    try one.attach(typed, at: .houlsby, layers: [1], name: "a")
    try other.attach(byName, at: .houlsby, layers: [1], name: "a")
    #expect(one.allValues == other.allValues)
    #expect(one.attachments[0].kind == "conformer")
    #expect(try one.logits(TinyModel.input()) == other.logits(TinyModel.input()))
  }

  @Test func aTypedMethodIsCheckedAsWell() throws {
    let net = try TinyModel.classifier()
    let error = try #require(throws: EngineError.self) {
      try net.attach(BottleneckAdapter(rate: 0))
    }
    #expect(error.message == "'rate' must be at least 1, found 0")
    let byName = try #require(throws: EngineError.self) {
      try net.attach("bottleneck", ["rate": .number(0)])
    }
    #expect(byName == error)
    #expect(throws: EngineError.self) { try net.attach(LoRA(rank: 2, rate: 2)) }
    #expect(net.attachments.isEmpty)
  }

  /// What files hold: every setting by its name, with null for one that has no value.
  @Test func theFormInFilesStays() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    func text(_ method: any PETLMethod) throws -> String {
      String(decoding: try encoder.encode(method.values), as: UTF8.self)
    }
    #expect(
      try text(ConformerAdapter(rate: 8))
        == #"{"dropout":0,"kernel":31,"norm":null,"norms":null,"published":false,"rate":8,"#
        + #""residual":false}"#)
    #expect(
      try text(LoRA())
        == #"{"alpha":16,"on":["q","v"],"published":false,"rank":null,"rate":null,"#
        + #""shared":false}"#)
    #expect(
      try text(SoftMoA(experts: .convpass)).contains(#""experts":"convpass""#))
  }
}
