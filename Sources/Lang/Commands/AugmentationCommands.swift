import ASTKit

/// Augmentations of training clips, to be given to `trainer`.
enum AugmentationCommands {
  static let all: [Command] = [specaugment]

  private static let specaugment = Command(
    "specaugment",
    "Masks a random band of mel bins and a random stretch of time of each training clip.",
    example: "fit = trainer net, clips, augment: specaugment(freq: 24, time: 80)",
    Argument<Int>("freq", "mel bins that are masked at most", default: 24, bounds: .atLeast(0)),
    Argument<Int>(
      "time", "frames of 10 ms that are masked at most", default: 80, bounds: .atLeast(0))
  ) { _, freq, time in
    .object(AugmentationObject(try SpecAugment(frequencyMask: freq, timeMask: time)))
  }
}
