import TestSupport

@testable import ASTKit

/// Small models whose first layers are frozen, on 13 clips.
enum PrefixRun {
  /// What is attached, so that more and more of the model is frozen before it.
  enum Top: CaseIterable, Sendable {
    case attention, feedForward, head

    var end: Stage {
      switch self {
      case .attention: .subLayer(layer: 2, .mhsa)
      case .feedForward: .subLayer(layer: 2, .ffn)
      case .head: .finish
      }
    }
  }

  static func model(_ top: Top, seed: Int = 1) throws -> AudioClassifier {
    let net = try TinyModel.classifier(layers: 3, seed: seed)
    switch top {
    case .attention: try net.attach("lora", ["rank": .number(2)], layers: [2])
    case .feedForward: try net.attach("bottleneck", ["rate": .number(4)], layers: [2])
    case .head: try net.attach("linear")
    }
    TinyModel.scatter(net.attachments.flatMap(\.parameters), seed: 3)
    return net
  }

  /// Three epochs of four steps.
  static func trainer(
    _ net: AudioClassifier, _ cache: PrefixCache, validates: Bool = false,
    _ change: (inout TrainingSettings) -> Void = { _ in }
  ) throws -> Trainer {
    let clips = try TinyData.load()
    let settings = CheckpointRun.settings {
      $0.batch = 4
      change(&$0)
    }
    return try Trainer(net, train: clips, valid: validates ? clips : nil, settings, cache: cache)
  }

  /// A cache in memory alone.
  static func cache(_ budget: Int = 1_000_000) -> PrefixCache {
    PrefixCache(budget: budget, folder: nil)
  }
}
