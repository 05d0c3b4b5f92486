import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// What is done to the sound of training clips, to training clips alone.
struct SoundChangeTests {
  private let folder: TemporaryFolder
  private let set: Dataset

  init() throws {
    folder = try TemporaryFolder()
    try folder.writeTones(["tones/a": 3, "tones/b": 3, "tones/c": 2], samples: 5000)
    try folder.write("street/one.wav", Sounds.wav(Sounds.tone(900, samples: 20000)))
    try folder.write("street/deep/two.wav", Sounds.wav(Sounds.tone(1300, samples: 300)))
    let listing = try FolderSource(path: folder.file("tones")).listing()
    set = try Dataset.load(listing, settings: TinyData.settings, cache: .none)
  }

  private func power(_ samples: [Float]) -> Double {
    samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)
  }

  @Test("Gain is in dB, a shift brings silence in, noise has its ratio, and a mix its shares")
  func samples() {
    let tone = Sounds.tone(440, samples: 1000)
    var louder = tone
    louder.amplify(decibels: 20)
    #expect(louder == tone.map { 10 * $0 })
    var later: [Float] = [1, 2, 3], earlier = later, gone = later
    later.shift(by: 1)
    earlier.shift(by: -2)
    gone.shift(by: -9)
    #expect(later == [0, 1, 2] && earlier == [3, 0, 0] && gone == [0, 0, 0])
    for noise in [Sounds.tone(77, samples: 5000), Sounds.tone(77, samples: 130)] {
      for (place, decibels) in [(0.0, 0.0), (0.5, 10), (0.999999, -5)] {
        var noisy = tone
        noisy.add(noise: noise, place: place, decibels: decibels)
        let added = zip(noisy, tone).map { $0 - $1 }
        #expect(abs(10 * log10(power(tone) / power(added)) - decibels) < 0.01)
      }
    }
    var silent = [Float](repeating: 0, count: 10), kept = tone
    silent.add(noise: tone, place: 0.5, decibels: 3)
    kept.add(noise: [0, 0, 0], place: 0.5, decibels: 3)
    #expect(silent.allSatisfy { $0 == 0 } && kept == tone)
    var mixed: [Float] = [1, 2], shorter: [Float] = [4, 4, 4]
    mixed.mix(with: [4, 4, 4], share: 0.75)
    shorter.mix(with: [8], share: 0.25)
    #expect(mixed == [1.75, 2.5, 1] && shorter == [7, 1, 1])
  }

  /// Beta(10, 10) has mean 1/2 and variance 1/84.
  @Test("The share of a mix is from Beta(10, 10)")
  func shares() {
    var random = RandomSource(seed: 3)
    let shares = (0..<20_000).map { _ in Mixup.share(&random) }
    let mean = shares.reduce(0, +) / 20_000
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean - 0.5) < 0.004 && abs(variance - 1.0 / 84) < 0.0006)
    #expect(shares.allSatisfy { $0 > 0 && $0 < 1 })
  }

  @Test("What is drawn lies within its bounds, the same for a seed")
  func drawn() throws {
    let noise = try NoiseFiles(folder.file("street"))
    #expect(noise.files.map { PathBytes.lastComponent(of: $0.path) } == ["two.wav", "one.wav"])
    var random = RandomSource(seed: 1), again = random
    var names: Set<String> = []
    for _ in 0..<200 {
      guard
        case .noise(let file, let place, let level) =
          SoundChange.noise(noise, lowest: 5, highest: 20).draw(&random),
        case .gain(let gain) = SoundChange.gain(lowest: -6, highest: 6).draw(&random),
        case .shift(let shift) = SoundChange.shift(seconds: 0.2).draw(&random)
      else { return #expect(Bool(false)) }
      names.insert(file.path)
      #expect((0..<1).contains(place) && (5...20).contains(level))
      #expect((-6...6).contains(gain) && (-0.2...0.2).contains(shift))
    }
    #expect(names.count == 2)
    let change = SoundChange.shift(seconds: 1)
    random = again
    #expect(change.draw(&random) == change.draw(&again))
  }

  @Test("Sound that is not changed gives the features of the data set, kept or decoded again")
  func unchanged() throws {
    let all = Array(set.clips.indices)
    var settings = TrainingSettings()
    settings.soundChanges = [.gain(lowest: 0, highest: 0), .shift(seconds: 0)]
    var random = RandomSource(seed: 1)
    let plain = try Batches(inOrder: set.all, size: 8).fill(all)
    for budget in [0, 50_000, 1 << 30] {
      let sounds = try ClipSounds(set.all, budget: budget)
      for _ in 0..<2 {
        let (input, lengths) = try ChangedClips(all, of: set.all, settings, &random)
          .input(sounds, set.settings)
        #expect(input.values == plain.input.values && lengths == plain.lengths)
      }
      #expect(sounds.bytes <= budget)
    }
  }

  @Test("Targets are mixed as the sound is; of several classes all are joined")
  func targets() throws {
    var settings = TrainingSettings()
    settings.mixup = 1
    var random = RandomSource(seed: 2)
    let net = try TinyModel.classifier(classes: ["c", "b", "a"])
    let clips = ChangedClips(set.clips.indices, of: set.all, settings, &random)
    guard
      case .mixed(let matrix) = try clips.targets(
        of: set.all, net.check(fits: set.all), 3)
    else { return #expect(Bool(false)) }
    for (row, plan) in clips.plans.enumerated() {
      let (other, share) = try #require(plan.partner)
      var wanted: [Float] = [0, 0, 0]
      wanted[2 - set.clips[plan.clip].label] += Float(share)
      wanted[2 - set.clips[other].label] += Float(1 - share)
      for i in 0..<3 { #expect(abs(matrix.values[row * 3 + i] - wanted[i]) < 1e-6) }
    }
    let several = try SeveralLabels.load()
    let joined = ChangedClips(several.clips.indices, of: several.all, settings, &random)
    guard
      case .several(let sets) = try joined.targets(
        of: several.all, net.check(fits: several.all), 3)
    else { return #expect(Bool(false)) }
    for (row, plan) in joined.plans.enumerated() {
      let own = Set(several.clips[plan.clip].labels + several.clips[plan.partner?.clip ?? 0].labels)
      #expect((0..<3).map { sets.values[row * 3 + 2 - $0] > 0 } == (0..<3).map(own.contains))
    }
    settings.mixup = 0
    let none = ChangedClips(set.clips.indices, of: set.all, settings, &random)
    guard case .classes = try none.targets(of: set.all, net.check(fits: set.all), 3) else {
      return #expect(Bool(false))
    }
  }

  @Test("A file that was replaced since is refused by name, and the run is as it was")
  func replaced() throws {
    var settings = TinyRun.settings(epochs: 1, batch: 8)
    settings.soundChanges = [.gain(lowest: -6, highest: 6)]
    let trainer = try Trainer(TinyModel.classifier(), train: set.all, settings)
    let before = trainer.model.allValues
    let path = try folder.write("tones/b/01.wav", Sounds.wav(Sounds.tone(100, samples: 5000)))
    #expect(throws: DatasetError.changedFile(path: path)) { try trainer.advance() }
    #expect(trainer.step == 0 && trainer.model.allValues == before)
  }

  @Test("Evaluation takes clips as they are, whatever the run does to them")
  func evaluation() throws {
    var settings = TinyRun.settings(epochs: 1, batch: 4, rate: 1e-30)
    settings.augmentation = nil
    settings.soundChanges = [.gain(lowest: -60, highest: -50), .shift(seconds: 1)]
    settings.mixup = 1
    let net = try TinyModel.classifier()
    let right = try net.evaluate(set.all)
    let trainer = try Trainer(net, train: set.all, valid: set.all, settings)
    try trainer.advance(by: 2)
    #expect(trainer.history.validations.map(\.loss) == [right.loss])
    #expect(trainer.history.validations.map(\.accuracy) == [right.accuracy])
    #expect(try net.evaluate(set.all).logits == right.logits)
    guard case .none = trainer.prefixUse else { return #expect(Bool(false)) }
    try net.attach("linear")
    let frozen = try Trainer(net, train: set.all, settings)
    #expect("\(frozen.prefixUse)".contains("the sound of a clip is changed anew each time"))
  }

  @Test("Senseless changes are refused")
  func refused() throws {
    for change: SoundChange in [
      .gain(lowest: 3, highest: -3), .gain(lowest: .nan, highest: 0), .shift(seconds: -1),
      .shift(seconds: .infinity),
    ] {
      #expect(throws: EngineError.self) { try change.validate() }
    }
    try folder.write("empty/notes.txt", [1])
    #expect(throws: DatasetError.self) { try NoiseFiles(folder.file("empty")) }
    #expect(throws: AudioError.self) { try NoiseFiles(folder.file("nothing")) }
    try folder.write("bad/x.wav", [1, 2, 3])
    #expect(throws: AudioError.self) { try NoiseFiles(folder.file("bad")) }
  }
}
