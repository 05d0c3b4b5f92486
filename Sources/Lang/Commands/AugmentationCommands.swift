import ASTKit

/// Augmentations of training clips, to be given to `trainer`.
enum AugmentationCommands {
  static let all: [Command] = [specaugment, gain, noise, shift]

  private static let specaugment = Command(
    "specaugment",
    "Masks a random band of mel bins and a random stretch of time of each training clip.",
    example: "fit = trainer net, clips, augment: specaugment(freq: 24, time: 80)",
    described: SpecAugment.settings.map { ArgumentDescription($0, named: false) }
  ) { _, given in
    .object(AugmentationObject(try SpecAugment(given.values(of: SpecAugment.settings))))
  }

  private static let gain = Command(
    "gain", "Makes the sound of each training clip louder or softer by a random level in dB.",
    example: "fit = trainer net, clips, augment: [gain(-6...6), shift(0.2s)]",
    Argument<LevelRange>("level", "where it is drawn from, in dB")
  ) { _, level in
    .object(SoundChangeObject(.gain(lowest: level.lowest, highest: level.highest)))
  }

  private static let noise = Command(
    "noise",
    "Adds a random piece of a recording to each training clip, at a random signal-to-noise ratio.",
    example: "fit = trainer net, clips, augment: noise(\"street\", snr: 5...20)",
    Argument<FilePath>("path", "a sound file, or a folder that is searched for them"),
    Argument<LevelRange>(
      "snr", "how much louder than the noise clips are, in dB",
      default: LevelRange(lowest: 5, highest: 20), named: true)
  ) { session, path, snr in
    let files = try NoiseFiles(path.path, interrupt: session.interrupt)
    return .object(
      SoundChangeObject(.noise(files, lowest: snr.lowest, highest: snr.highest)))
  }

  private static let shift = Command(
    "shift", "Moves the sound of each training clip in time, with silence where it came from.",
    example: "fit = trainer net, clips, augment: shift(0.2s)",
    Argument<Double>(
      "most", "how far at most, either way", unit: .seconds, bounds: .between(0...3600))
  ) { _, most in .object(SoundChangeObject(.shift(seconds: most))) }
}
