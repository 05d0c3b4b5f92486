import ASTKit

/// Augmentations of training clips, to be given to `trainer`.
enum AugmentationCommands {
  static let all: [Command] = [specaugment]

  private static let specaugment = Command(
    "specaugment",
    "Masks a random band of mel bins and a random stretch of time of each training clip.",
    example: "fit = trainer net, clips, augment: specaugment(freq: 24, time: 80)",
    described: SpecAugment.settings.map { ArgumentDescription($0, named: false) }
  ) { _, given in
    .object(AugmentationObject(try SpecAugment(given.values(of: SpecAugment.settings))))
  }
}
