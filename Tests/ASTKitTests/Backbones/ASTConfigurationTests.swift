import Foundation
import Testing

@testable import ASTKit

/// `config.json` is read as transformers reads it, and what cannot be built is refused.
struct ASTConfigurationTests {
  private func read(_ text: String) throws -> ASTConfiguration {
    try JSONDecoder().decode(ASTConfiguration.self, from: Data(text.utf8))
  }

  @Test func missingSizesAreThoseOfTheBaseModel() throws {
    #expect(try read("{}") == ASTConfiguration())
    #expect(try read(#"{"hidden_act": "gelu", "hidden_size": null}"#) == ASTConfiguration())
  }

  /// The logits would be wrong without a word.
  @Test(arguments: ["relu", "gelu_new", "quick_gelu"])
  func otherActivationsAreRefused(_ name: String) {
    let error = #expect(throws: EngineError.self) { try read(#"{"hidden_act": "\#(name)"}"#) }
    #expect(error?.message == "'hidden_act' must be gelu, found \(name)")
  }

  @Test(arguments: [-1e-12, .infinity, .nan] as [Float])
  func epsilonMustBeANumberFromZero(_ value: Float) {
    var sizes = ASTConfiguration()
    sizes.layerNormEps = value
    #expect(throws: EngineError.self) { try sizes.validate() }
  }
}
