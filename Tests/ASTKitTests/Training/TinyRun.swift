import ASTKit
import TestSupport

/// The short runs of the trainer's tests.
enum TinyRun {
  static func settings(epochs: Int = 2, batch: Int = 4, rate: Double = 5e-3) -> TrainingSettings {
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.learningRate) = (epochs, batch, rate)
    settings.keep = .last
    settings.augmentation = try? SpecAugment(frequencyMask: 4, timeMask: 6)
    return settings
  }

  /// With batch norm and dropout, so that all that is random or remembered takes part.
  static func model() throws -> AudioClassifier {
    let net = try TinyModel.classifier()
    try net.attach("conformer", ["rate": .number(4), "kernel": .number(3)])
    try net.attach("convpass", ["rate": .number(4), "dropout": .number(0.2)], layers: [1])
    return net
  }
}
