import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// A run that is left at any step and taken up again from a file, with fresh objects all over,
/// ends with the bytes of one that was never left.
@Suite struct ResumedRunTests {
  private let run: CheckpointRun

  init() throws { run = try CheckpointRun() }

  /// A way to train: what is attached, and with what settings.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var validates = false
    var settings = CheckpointRun.settings()
    var attach: @Sendable (AudioClassifier) throws -> Void = { _ in }

    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "full"),
    Case(name: "linear") { try $0.attach("linear") },
    Case(name: "lora") { try $0.attach("lora", ["rank": .number(2)]) },
    Case(name: "batch norm") {
      try $0.attach("conformer", ["rate": .number(4), "kernel": .number(3)])
    },
    Case(name: "dropout and deep prompts") {
      try $0.attach("prompt", ["tokens": .number(2), "deep": .flag(true)])
      try $0.attach("convpass", ["rate": .number(4), "dropout": .number(0.2)])
    },
    Case(
      name: "SpecAugment",
      settings: CheckpointRun.settings {
        $0.augmentation = try? SpecAugment(frequencyMask: 4, timeMask: 6)
      }
    ) { try $0.attach("lora", ["rank": .number(2)]) },
    Case(
      name: "the best weights", validates: true,
      settings: CheckpointRun.settings {
        $0.keep = .best
        $0.schedule = .constant
        $0.learningRate = 0.2
      }
    ) { try $0.attach("bottleneck", ["rate": .number(4)]) },
    Case(name: "two methods, one switched off", validates: true) {
      try $0.attach("lora", ["rank": .number(2)])
      try $0.attach("conformer", ["rate": .number(4), "kernel": .number(3)])
      TinyModel.scatter($0.trainableParameters, seed: 5)
      try $0.setEnabled(false, "lora")
    },
    Case(name: "rules of freezing") {
      try $0.attach("bitfit")
      try $0.setTrainable(true, matching: "encoder.layer.0.*")
      try $0.setTrainable(false, matching: "*bias")
    },
    Case(
      name: "warm-up and weight decay",
      settings: CheckpointRun.settings {
        $0.warmup = 4
        $0.schedule = .linear
        $0.optimiser.decaysAll = false
      }),
    Case(
      name: "several batches a step",
      settings: CheckpointRun.settings {
        ($0.batch, $0.accumulate) = (1, 3)
        $0.augmentation = try? SpecAugment(frequencyMask: 4, timeMask: 6)
      }
    ) { try $0.attach("convpass", ["rate": .number(4), "dropout": .number(0.2)]) },
    Case(name: "clipped gradients", settings: CheckpointRun.settings { $0.clip = 0.01 }) {
      try $0.attach("bottleneck", ["rate": .number(4)])
    },
    Case(
      name: "activations computed again",
      settings: CheckpointRun.settings { $0.checkpointing = true }
    ) {
      try $0.attach("conformer", ["rate": .number(4), "kernel": .number(3)])
      try $0.attach("convpass", ["rate": .number(4), "dropout": .number(0.2)])
    },
    Case(
      name: "no patience left", validates: true,
      settings: CheckpointRun.settings {
        ($0.patience, $0.keep, $0.learningRate) = (1, .best, 1e-30)
      }
    ) { try $0.attach("lora", ["rank": .number(2)]) },
    Case(
      name: "smoothing, weights and draws", validates: true,
      settings: CheckpointRun.settings {
        ($0.smoothing, $0.weights, $0.sampling) = (0.1, .balanced, .balanced)
      }
    ) { try $0.attach("lora", ["rank": .number(2)]) },
    Case(
      name: "weights by class in several batches a step",
      settings: CheckpointRun.settings {
        ($0.batch, $0.accumulate, $0.weights) = (1, 3, .given(["b": 2.5]))
      }
    ) { try $0.attach("lora", ["rank": .number(2)]) },
    Case(
      name: "changed and mixed sound",
      settings: CheckpointRun.settings {
        ($0.soundChanges, $0.mixup) = ([.gain(lowest: -6, highest: 6), .shift(seconds: 0.1)], 0.7)
        $0.augmentation = try? SpecAugment(frequencyMask: 4, timeMask: 6)
      }
    ) { try $0.attach("convpass", ["rate": .number(4), "dropout": .number(0.2)]) },
    Case(
      name: "patience without the best weights", validates: true,
      settings: CheckpointRun.settings { ($0.patience, $0.epochs) = (1, 4) }
    ) { try $0.attach("lora", ["rank": .number(2)]) },
  ]

  /// At three of the steps each, chosen by the case's name.
  @Test("Taken up again it ends with the same bytes", arguments: cases)
  func sameBytes(_ method: Case) throws {
    func fresh() throws -> Trainer {
      let net = try TinyModel.classifier()
      try method.attach(net)
      return try run.trainer(net, method.settings, validates: method.validates)
    }
    let never = try fresh()
    try never.advance()
    let wanted = try run.bytes(never)
    var random = RandomSource(seed: 1).fork(method.name)
    for stop in [1 + random.below(3), 3 * (1 + random.below(2)), 7 + random.below(2)] {
      let left = try fresh()
      try left.advance(by: stop)
      try Checkpoint.save(left, to: run.path)
      let resumed = try Checkpoint.resume(run.path)
      #expect(try run.bytes(resumed) == run.bytes(left), "at step \(stop)")
      try resumed.advance()
      #expect(try run.bytes(resumed) == wanted, "from step \(stop)")
    }
  }

  @Test("With noise from a folder, and a run that tells when that has changed")
  func noise() throws {
    try run.folder.write("street/1.wav", Sounds.wav(Sounds.tone(777, samples: 9000)))
    try run.folder.write("street/2.wav", Sounds.wav(Sounds.tone(999, samples: 700)))
    let noise = try NoiseFiles(run.folder.file("street"))
    let settings = CheckpointRun.settings {
      $0.soundChanges = [.noise(noise, lowest: 5, highest: 20)]
    }
    let never = try run.trainer(TinyModel.classifier(), settings)
    try never.advance()
    let left = try run.trainer(TinyModel.classifier(), settings)
    try left.advance(by: 4)
    try Checkpoint.save(left, to: run.path)
    let resumed = try Checkpoint.resume(run.path)
    #expect(resumed.settings == settings)
    try resumed.advance()
    #expect(try run.bytes(resumed) == run.bytes(never))
    for name in ["1", "2"] {
      try run.folder.write("street/\(name).wav", Sounds.wav(Sounds.tone(50, samples: 9000)))
    }
    let changed = try Checkpoint.resume(run.path)
    #expect(throws: DatasetError.self) { try changed.advance() }
  }

  @Test("With several classes a clip, and the thresholds of its best epoch")
  func severalLabels() throws {
    let set = try SeveralLabels.load(in: run.folder)
    let settings = CheckpointRun.settings {
      ($0.keep, $0.weights, $0.sampling, $0.mixup) = (.best, .balanced, .balanced, 0.5)
    }
    func parts() -> (DatasetView, DatasetView) {
      let odd = set.clips.indices.filter { $0 % 3 == 1 }
      return (
        DatasetView(
          dataset: set, indices: set.clips.indices.filter { !odd.contains($0) }, name: "train"),
        DatasetView(dataset: set, indices: odd, name: "valid")
      )
    }
    func fresh() throws -> Trainer {
      let net = try TinyModel.classifier()
      try net.attach("lora", ["rank": .number(2)])
      return try Trainer(net, train: parts().0, valid: parts().1, settings)
    }
    let never = try fresh()
    try never.advance()
    #expect(never.hasChosenThresholds)
    let wanted = try run.bytes(never)
    for stop in [2, 3, 7] {
      let left = try fresh()
      try left.advance(by: stop)
      try Checkpoint.save(left, to: run.path)
      var options = Checkpoint.Options()
      (options.train, options.valid) = parts()
      let resumed = try Checkpoint.resume(run.path, options)
      try resumed.advance()
      #expect(try run.bytes(resumed) == wanted, "from step \(stop)")
      #expect(resumed.model.thresholds == never.model.thresholds)
    }
  }

  @Test("A checkpoint from before there were these settings has none of them")
  func olderSettings() throws {
    let text = #"{"epochs":3,"augmentation":{"frequencyMask":4,"timeMask":6}}"#
    let settings = try JSONDecoder().decode(TrainingSettings.self, from: Data(text.utf8))
    var wanted = TrainingSettings()
    (wanted.epochs, wanted.augmentation) = (3, try SpecAugment(frequencyMask: 4, timeMask: 6))
    #expect(settings == wanted && !settings.changesSound && settings.weights == .equal)
  }

  @Test("Left before its first step, in a validation, and at its end")
  func edges() throws {
    let never = try run.full(steps: 0)
    try never.advance()
    let wanted = try run.bytes(never)

    try Checkpoint.save(run.full(steps: 0), to: run.path)
    let first = try Checkpoint.resume(run.path)
    try first.advance()
    #expect(try run.bytes(first) == wanted)

    // Ctrl-C at the end of an epoch: its validation is still due.
    let stopped = try run.full(steps: 0)
    let flag = InterruptFlag()
    try stopped.advance(interrupt: flag) { if $0.step == 3 { flag.raise() } }
    #expect(stopped.step == 3 && stopped.history.validations.isEmpty)
    try Checkpoint.save(stopped, to: run.path)
    let validating = try Checkpoint.resume(run.path)
    try validating.advance()
    #expect(try run.bytes(validating) == wanted)

    try Checkpoint.save(never, to: run.path)
    let finished = try Checkpoint.resume(run.path)
    #expect(finished.isFinished)
    #expect(try !finished.advance())
    #expect(try run.bytes(finished) == wanted)
  }

  @Test("What a resumed model can do without its attachments is what it could before")
  func detached() throws {
    let trainer = try run.full()
    try Checkpoint.save(trainer, to: run.path)
    let resumed = try Checkpoint.resume(run.path)
    #expect(!resumed.model.hasUnsavedTraining)
    for net in [trainer.model, resumed.model] {
      try net.setEnabled(false, "convpass")
      try net.detach("conformer")
      try net.setEnabled(true, "convpass")
    }
    #expect(resumed.model.allValues == trainer.model.allValues)
    #expect(
      try resumed.model.logits(TinyModel.input()) == trainer.model.logits(TinyModel.input()))
  }

  @Test("Weights that blow up after a run was resumed go back to the last good ones all the same")
  func lastGood() throws {
    func blownUp(_ trainer: Trainer) throws -> [String: [Float]] {
      for parameter in trainer.model.trainableParameters {
        try parameter.replaceValue(Tensor(parameter.shape, filledWith: .infinity))
      }
      #expect(throws: EngineError.self) { try trainer.advance(by: 1) }
      return trainer.model.allValues
    }
    let trainer = try run.full()
    try Checkpoint.save(trainer, to: run.path)
    let resumed = try Checkpoint.resume(run.path)
    let values = try blownUp(trainer)
    #expect(try blownUp(resumed) == values)
    #expect(values.values.allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  @Test("A frozen backbone is written once, though its values are on record as its original ones")
  func sharedMemory() throws {
    let file = run.folder.file("net.safetensors")
    try ModelFile.save(TinyModel.classifier(), to: file)
    let net = try ModelFile.load(file).model
    try net.attach("lora", ["rank": .number(2)])
    try Checkpoint.save(run.trainer(net), to: run.path)
    let written = try Safetensors(run.path)
    #expect(written.names.contains("head/0/classification_head.weight"))
    #expect(!written.names.contains { $0.hasPrefix("original/") })
    #expect(try run.bytes(Checkpoint.resume(run.path)) == MappedFile(run.path).contents())
  }
}
