/// Cuts a part of a data set into batches, in a new order every epoch.
///
/// An epoch's order depends on the seed and the epoch alone, so that a resumed run finds its
/// place again. The last batch of an epoch holds what is left and may be shorter.
public struct Batches: Sendable {
  public let view: DatasetView
  /// Clips in a batch, the last one aside.
  public let size: Int
  /// `nil` keeps the order of the part.
  private let seed: UInt64?

  /// Shuffled batches to train on.
  /// - Throws: `DatasetError.batchSize`, or `.batchTooLarge` if there are fewer clips than a
  ///   batch needs.
  public init(_ view: DatasetView, size: Int, seed: UInt64) throws(DatasetError) {
    guard size >= 1 else { throw .batchSize(size) }
    guard size <= view.count else {
      throw .batchTooLarge(batch: size, clips: view.count, part: view.name)
    }
    self.view = view
    self.size = size
    self.seed = seed
  }

  /// Batches in the part's own order, to evaluate; a size above the part's is no mistake here.
  /// - Throws: `DatasetError.batchSize`.
  public init(inOrder view: DatasetView, size: Int) throws(DatasetError) {
    guard size >= 1 else { throw .batchSize(size) }
    self.view = view
    self.size = size
    seed = nil
  }

  /// Batches in an epoch.
  public var count: Int { (view.count + size - 1) / size }

  /// The order of an epoch (from 0): indices into `view.dataset.clips`.
  public func order(epoch: Int) -> [Int] {
    guard let seed else { return view.indices }
    var random = RandomSource(seed: seed).fork("order of epoch \(epoch)")
    return random.permutation(view.count).map { view.indices[$0] }
  }

  /// The batches of an epoch.
  public func epoch(_ epoch: Int) -> [ArraySlice<Int>] {
    let order = order(epoch: epoch)
    return stride(from: 0, to: order.count, by: size).map {
      order[$0..<min($0 + size, order.count)]
    }
  }

  /// The input `[batch, frames, mels]`, or `[batch, samples]` of waveforms, in memory of its
  /// own from the pool, and the labels [batch] of some clips.
  public func fill(_ batch: some Collection<Int>) throws -> (input: Tensor, labels: [Int]) {
    let dataset = view.dataset
    let shape = view.settings.shape
    let input = try Tensor(uninitialized: [batch.count] + shape)
    let stride = shape.reduce(1, *)
    var labels: [Int] = []
    labels.reserveCapacity(batch.count)
    for (row, index) in batch.enumerated() {
      let clip = dataset.clips[index]
      dataset.store.copy(clip.slot, to: input.pointer + row * stride)
      labels.append(clip.label)
    }
    return (input, labels)
  }
}
