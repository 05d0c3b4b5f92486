/// Cuts a part of a data set into batches, in a new order every epoch.
///
/// An epoch's order depends on the seed and the epoch alone, so that a resumed run finds its
/// place again. The last batch of an epoch holds what is left and may be shorter.
public struct Batches: Sendable {
  public let view: DatasetView
  /// Clips in a batch, the last one aside.
  public let size: Int
  /// Clips in each of the parts that a batch is worked on in, the last one aside.
  private let partSize: Int
  /// `nil` keeps the order of the part.
  private let seed: UInt64?
  private let sampling: Sampling

  /// Shuffled batches to train on.
  ///
  /// - Parameters:
  ///   - parts: how many parts of `size` clips a batch has, see `parts(of:)`.
  ///   - sampling: which clips an epoch has.
  /// - Throws: `DatasetError.batchSize`, or `.batchTooLarge` if there are fewer clips than a
  ///   batch needs.
  public init(
    _ view: DatasetView, size: Int, parts: Int = 1, seed: UInt64, sampling: Sampling = .all
  ) throws(DatasetError) {
    guard size >= 1, parts >= 1 else { throw .batchSize(min(size, parts)) }
    let (all, overflow) = size.multipliedReportingOverflow(by: parts)
    guard !overflow, all <= view.count else {
      throw .batchTooLarge(batch: size, parts: parts, clips: view.count, part: view.name)
    }
    self.view = view
    self.size = all
    partSize = size
    self.seed = seed
    self.sampling = sampling
  }

  /// Batches in the part's own order, to evaluate; a size above the part's is no mistake here.
  /// - Throws: `DatasetError.batchSize`.
  public init(inOrder view: DatasetView, size: Int) throws(DatasetError) {
    guard size >= 1 else { throw .batchSize(size) }
    self.view = view
    self.size = size
    partSize = size
    seed = nil
    sampling = .all
  }

  /// Batches in an epoch.
  public var count: Int { (view.count + size - 1) / size }

  /// The order of an epoch (from 0): indices into `view.dataset.clips`.
  public func order(epoch: Int) -> [Int] {
    guard let seed else { return view.indices }
    var random = RandomSource(seed: seed).fork("order of epoch \(epoch)")
    return sampling.order(of: view, &random)
  }

  /// The batches of an epoch.
  public func epoch(_ epoch: Int) -> [ArraySlice<Int>] {
    let order = order(epoch: epoch)
    return stride(from: 0, to: order.count, by: size).map {
      order[$0..<min($0 + size, order.count)]
    }
  }

  /// The parts of a batch, in order.
  func parts(of batch: ArraySlice<Int>) -> [ArraySlice<Int>] {
    stride(from: batch.startIndex, to: batch.endIndex, by: partSize).map {
      batch[$0..<min($0 + partSize, batch.endIndex)]
    }
  }

  /// Clips in the batches before the one of this number, counted through all epochs.
  func clips(before batch: Int) -> Int {
    batch / count * view.count + batch % count * size
  }

  /// Some clips: the input `[batch, frames, mels]`, or `[batch, samples]` of waveforms, in
  /// memory of its own from the pool; their labels [batch]; and how many of their frames or
  /// samples are sound rather than padding [batch].
  /// - Throws: `EngineError.memory`
  public func fill(
    _ batch: some Collection<Int>
  ) throws -> (input: Tensor, labels: [Int], lengths: [Int]) {
    (try input(batch), labels(batch), lengths(batch))
  }

  /// The input alone.
  /// - Throws: `EngineError.memory`
  func input(_ batch: some Collection<Int>) throws -> Tensor {
    let shape = view.settings.shape
    let input = try Tensor(uninitialized: [batch.count] + shape)
    let stride = shape.reduce(1, *)
    for (row, index) in batch.enumerated() {
      let clip = view.dataset.clips[index]
      try view.dataset.store.copy(clip.slot, to: input.pointer + row * stride)
    }
    return input
  }

  /// The class of each clip, where clips have one.
  func labels(_ batch: some Collection<Int>) -> [Int] {
    batch.map { view.dataset.clips[$0].label }
  }

  /// The classes of each clip.
  func labelSets(_ batch: some Collection<Int>) -> [[Int]] {
    batch.map { view.dataset.clips[$0].labels }
  }

  func lengths(_ batch: some Collection<Int>) -> [Int] {
    batch.map { view.dataset.store.length(view.dataset.clips[$0].slot) }
  }
}
