import ASTKit

/// An augmentation of training clips in the language, made by `specaugment(freq: 24, time: 80)`.
final class AugmentationObject: LangObject, ListedMembers {
  let augmentation: SpecAugment

  init(_ augmentation: SpecAugment) { self.augmentation = augmentation }

  let typeName = "augmentation"

  static let members: [ObjectMember<AugmentationObject>] = [
    ObjectMember("freq", "mel bins that are masked at most") {
      .count($0.augmentation.frequencyMask)
    },
    ObjectMember("time", "frames that are masked at most") { .count($0.augmentation.timeMask) },
  ]

  var summary: String {
    "specaugment(freq: \(augmentation.frequencyMask), time: \(augmentation.timeMask))"
  }
}

/// A change of the sound of training clips in the language, made by `gain(-6...6)`, `noise` or
/// `shift`.
final class SoundChangeObject: LangObject, ListedMembers {
  let change: SoundChange

  init(_ change: SoundChange) { self.change = change }

  let typeName = "augmentation"

  static let members: [ObjectMember<SoundChangeObject>] = [
    ObjectMember("low", "lowest level in dB, or nil") {
      $0.levels.map { .number($0.lowest) } ?? .nil
    },
    ObjectMember("high", "highest level in dB, or nil") {
      $0.levels.map { .number($0.highest) } ?? .nil
    },
    ObjectMember("files", "recordings of noise that were found") { object in
      guard case .noise(let noise, _, _) = object.change else { return .strings([]) }
      return .strings(noise.files.map(\.path))
    },
    ObjectMember("seconds", "how far clips are shifted at most, or nil") { object in
      guard case .shift(let seconds) = object.change else { return .nil }
      return .number(seconds)
    },
  ]

  private var levels: (lowest: Double, highest: Double)? {
    switch change {
    case .gain(let lowest, let highest), .noise(_, let lowest, let highest): (lowest, highest)
    case .shift: nil
    }
  }

  var summary: String {
    func text(_ lowest: Double, _ highest: Double) -> String {
      lowest == highest ? lowest.shortText : "\(lowest.shortText)...\(highest.shortText)"
    }
    return switch change {
    case .gain(let lowest, let highest): "gain(\(text(lowest, highest)))"
    case .noise(let noise, let lowest, let highest):
      "noise(\(noise.source.quoted), snr: \(text(lowest, highest)))"
    case .shift(let seconds): "shift(\(seconds.shortText)s)"
    }
  }
}

/// What `augment:` takes: `true` for the published masks, `false` for none, an augmentation, or a
/// list of them.
struct AugmentArgument: ArgumentValue {
  var masks: SpecAugment?
  /// In the order they are done.
  var changes: [SoundChange] = []

  static let typeDescription =
    "true, false, a list of augmentations, or "
    + "an augmentation such as specaugment(freq: 24, time: 80)"

  static func convert(_ value: Value) throws -> AugmentArgument? {
    if case .list(let list) = value {
      var all = AugmentArgument()
      for item in list {
        guard let one = try one(item) else { return nil }
        if one.masks != nil, all.masks != nil {
          throw CommandError("it can have one specaugment, found two")
        }
        all.masks = one.masks ?? all.masks
        all.changes += one.changes
      }
      return all
    }
    return try one(value)
  }

  private static func one(_ value: Value) throws -> AugmentArgument? {
    switch value {
    case .bool(let isOn): AugmentArgument(masks: isOn ? try SpecAugment() : nil)
    case .object(let object as AugmentationObject): AugmentArgument(masks: object.augmentation)
    case .object(let object as SoundChangeObject): AugmentArgument(changes: [object.change])
    default: nil
    }
  }

  var defaultText: String? { masks == nil && changes.isEmpty ? "false" : nil }
}

/// Two levels in dB: a range with its ends, or one number for both.
struct LevelRange: ArgumentValue {
  let lowest: Double, highest: Double

  static let typeDescription = "a range of levels in dB, as -6...6, or one level"

  static func convert(_ value: Value) throws -> LevelRange? {
    switch value {
    case .number(let level): return LevelRange(lowest: level, highest: level)
    case .range(let range):
      guard range.lower <= range.upper else {
        throw CommandError("the lower level comes first, found \(range.text)")
      }
      return LevelRange(lowest: range.lower, highest: range.upper)
    default: return nil
    }
  }

  var defaultText: String? { NumberRange(lowest, highest, isClosed: true).text }
}

/// What `weights:` takes: `"balanced"`, or a record of weights by class.
struct WeightsArgument: ArgumentValue {
  let weights: ClassWeights

  static let typeDescription = "\"balanced\", or a record of weights by class"

  static func convert(_ value: Value) throws -> WeightsArgument? {
    switch value {
    case .string("balanced"): return WeightsArgument(weights: .balanced)
    case .record(let record):
      var weights: [String: Double] = [:]
      for (name, value) in record.pairs {
        guard case .number(let weight) = value else { return nil }
        weights[name] = weight
      }
      return WeightsArgument(weights: .given(weights))
    default: return nil
    }
  }
}
