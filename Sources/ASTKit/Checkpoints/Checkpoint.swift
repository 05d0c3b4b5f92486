/// A training run in one file, to be taken up again in another process as if it had never been
/// left: the model with its backbone, the optimiser's averages, the schedule, the place in the
/// epoch, batch-norm statistics, the best weights, history and settings, and which clips it
/// trains on.
///
/// A safetensors file with a description in its metadata and a checksum over all of it. What the
/// run uses of its data, and not the sound itself, is on record: every file with its size and a
/// hash of its contents.
public enum Checkpoint {
  /// Writes a run; the file appears whole or not at all, and the same run gives the same bytes.
  ///
  /// - Parameter progress: told (done, total) bytes; what it throws ends the writing.
  /// - Throws: `EngineError.refused` for the ending of another format, `FileError`.
  public static func save(
    _ trainer: Trainer, to path: String,
    progress: @escaping (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    try FileEnding.checkCheckpoint(path)
    // Of one moment, whichever thread asks.
    try trainer.model.change {
      let keys = ParameterKeys(trainer.model)
      var items = CheckpointItems()
      let model = try ModelState(trainer.model, keys, into: &items)
      let training = TrainingState(trainer, keys, into: &items)
      let data = DataRecipe(train: trainer.train, valid: trainer.valid)
      data.add(to: &items)
      let description = CheckpointDescription(
        model: model, training: training, data: data, aliases: items.aliases)
      let metadata = ["format": "pt", CheckpointDescription.key: try description.text()]
      try AtomicFile.write(
        path,
        Safetensors.contents(
          items.items, metadata: metadata, isSealed: true, path: path, progress: progress))
    }
  }

  /// What a run is resumed with, where that is not as it was left.
  public struct Options: Sendable {
    /// Where the folder of its data is now.
    public var path: String?
    /// The clips themselves, in place of loading them: the same, in any order.
    public var train: DatasetView?
    /// The same for validation.
    public var valid: DatasetView?
    /// Where features are kept that need not be made again.
    public var cache = FeatureCache.none

    /// The data as it was left, without a cache.
    public init() {}
  }

  /// How far resuming is.
  public enum Progress: Sendable {
    /// Bytes of the file that are checked.
    case file(done: Int, of: Int)
    /// Sound files whose features are made.
    case clips(done: Int, of: Int)
  }

  /// Reads a run and loads its data.
  ///
  /// - Parameters:
  ///   - interrupt: polled while the file is checked and the clips are read.
  ///   - progress: told on the calling thread.
  /// - Throws: `CheckpointError` for a file that is none, of another format or damaged, and for
  ///   data that has changed; `SafetensorsError`, `FileError`, `DatasetError`, `.interrupted`.
  public static func resume(
    _ path: String, _ options: Options = Options(), interrupt: InterruptFlag? = nil,
    progress: @escaping (Progress) -> Void = { _ in }
  ) throws -> Trainer {
    let file = try open(path)
    let description = try CheckpointDescription.read(file) {
      try file.requireSeal { done, total in
        try interrupt?.check()
        progress(.file(done: done, of: total))
      }
    }
    let tensors = CheckpointTensors(file: file, aliases: description.aliases)
    var data = description.data
    try data.readClips(tensors)
    guard data.valid != nil || options.valid == nil else {
      throw EngineError.refused("the run has no validation clips, so 'valid' has no meaning")
    }
    let model = try description.model.model(from: tensors)
    var loading = DataLoading(
      data, path: options.path, cache: options.cache, interrupt: interrupt
    ) { progress(.clips(done: $0, of: $1)) }
    let train = try loading.view(data.train, given: options.train, "train")
    let valid = try data.valid.map { try loading.view($0, given: options.valid, "valid") }
    let trainer = try description.training.trainer(
      model, train: train, valid: valid, from: tensors)
    // The file may have been written to while its tensors were copied.
    try file.file.requireUnchanged()
    return trainer
  }

  /// - Throws: `CheckpointError.kind` for another kind of tensor file, `FileError`,
  ///   `SafetensorsError`.
  private static func open(_ path: String) throws -> Safetensors {
    if NeighbouringFiles.isFolder(path) { throw FileError.notAFile(path: path) }
    let source = try TensorFile.openFile(path)
    guard let file = source as? Safetensors else {
      throw CheckpointError.kind(path: path, found: "tensors of PyTorch")
    }
    return file
  }

  /// What to say where a run was not asked for; `nil` if the tensors are none.
  static func refusal(_ source: any TensorSource, expected: String) -> ModelFileError? {
    guard source.metadata[CheckpointDescription.key] != nil else { return nil }
    return .kind(path: source.path, expected: expected, found: "a training run")
  }
}
