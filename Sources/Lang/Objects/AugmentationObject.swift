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

/// What `augment:` takes: `true` for the published widths, `false` for none, or an augmentation.
struct AugmentArgument: ArgumentValue {
  let augmentation: SpecAugment?

  static let typeDescription =
    "true, false or an augmentation such as specaugment(freq: 24, time: 80)"

  static func convert(_ value: Value) throws -> AugmentArgument? {
    switch value {
    case .bool(let isOn): AugmentArgument(augmentation: isOn ? try SpecAugment() : nil)
    case .object(let object as AugmentationObject):
      AugmentArgument(augmentation: object.augmentation)
    default: nil
    }
  }

  var defaultText: String? { augmentation == nil ? "false" : nil }
}
