import Foundation
import Testing

@testable import ASTKit

/// A run's settings in a checkpoint, whichever version wrote them.
struct TrainingSettingsTests {
  private func read(_ text: String) throws -> TrainingSettings {
    try JSONFile.parse(Array(text.utf8), path: "t").decoded(TrainingSettings.self)
  }

  @Test func whatIsWrittenIsRead() throws {
    var settings = TrainingSettings()
    (settings.epochs, settings.learningRate, settings.clip) = (3, 0.25, 0.5)
    (settings.schedule, settings.keep, settings.patience) = (.linear, .last, 4)
    // More digits than a number of the language has.
    settings.seed = .max - 1
    (settings.decay, settings.optimiser.weightDecay, settings.optimiser.beta2) = (
      .weights, 0.2, 0.9
    )
    settings.augmentation = try SpecAugment(frequencyMask: 3, timeMask: 2)
    let text = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
    #expect(try read(text) == settings)
    for setting in TrainingSettings.settings {
      #expect(text.contains("\"\(setting.name)\":"), "\(setting.name)")
    }
  }

  @Test func theFormOfOlderCheckpointsIsRead() throws {
    var settings = TrainingSettings()
    (settings.epochs, settings.learningRate) = (3, 0.004)
    (settings.decay, settings.optimiser.weightDecay) = (.weights, 0.2)
    let older = """
      {"epochs": 3, "learningRate": 0.004, "schedule": "cosine", "optimiser": {"beta1": 0.9,
      "beta2": 0.98, "eps": 1e-6, "weightDecay": 0.2, "decaysAll": false}}
      """
    #expect(try read(older) == settings)
    #expect(try read("{}") == TrainingSettings())
  }

  @Test func anEndlessNumberIsQuotedWithAllItsDigits() throws {
    var settings = TrainingSettings()
    settings.epochs = .max
    let error = try #require(throws: EngineError.self) { try settings.validate() }
    #expect(error.message == "'epochs' must be between 1 and 100000, found 9223372036854775807")
  }
}
