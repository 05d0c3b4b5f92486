import TestSupport

@testable import ASTKit

/// Runs on sound in a folder, as another process would find it.
struct CheckpointRun {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("run.checkpoint")
    try folder.writeTones(["tones/a": 5, "tones/b": 4, "tones/c": 4], samples: 5000)
  }

  /// 9 clips in three batches, and 4 to validate on.
  func data() throws -> (train: DatasetView, valid: DatasetView) {
    let listing = try DatasetSources.listing("folder", path: folder.file("tones"))
    let set = try Dataset.load(listing, settings: TinyData.settings, cache: .none)
    let odd = set.clips.indices.filter { $0 % 3 == 1 }
    return (
      DatasetView(
        dataset: set, indices: set.clips.indices.filter { !odd.contains($0) }, name: "train"),
      DatasetView(dataset: set, indices: odd, name: "valid")
    )
  }

  static func settings(_ change: (inout TrainingSettings) -> Void = { _ in }) -> TrainingSettings {
    var settings = TinyRun.settings(epochs: 3, batch: 3)
    settings.augmentation = nil
    change(&settings)
    return settings
  }

  func trainer(
    _ model: AudioClassifier, _ settings: TrainingSettings = settings(), validates: Bool = false
  ) throws -> Trainer {
    let (train, valid) = try data()
    return try Trainer(model, train: train, valid: validates ? valid : nil, settings)
  }

  /// A run with all that a checkpoint can hold, after `steps` steps.
  func full(steps: Int = 4) throws -> Trainer {
    let settings = Self.settings { $0.keep = .best }
    let trainer = try trainer(TinyRun.model(), settings, validates: true)
    try trainer.advance(by: steps)
    try trainer.setLearningRate(4e-3)
    return trainer
  }

  /// The bytes of a run's checkpoint: parameters, statistics, averages, curves and all else.
  func bytes(_ trainer: Trainer) throws -> [UInt8] {
    try Checkpoint.save(trainer, to: folder.file("bytes.checkpoint"))
    return try MappedFile(folder.file("bytes.checkpoint")).contents()
  }
}
