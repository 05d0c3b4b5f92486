/// Gives batches of clips as a model's frozen prefix leaves them, computed or kept.
///
/// Each clip goes through the prefix by itself: what it gives does not depend on the clips beside
/// it, so a run has the same bytes whatever was kept before. A clip is known by what its file held
/// and by its features.
struct PrefixPass {
  /// What the passes of a run had to compute.
  final class Work {
    /// Clips, and the seconds they took.
    fileprivate(set) var clips = 0, seconds = 0.0

    /// `nil` where nothing was computed.
    var secondsPerClip: Double? { clips == 0 ? nil : seconds / Double(clips) }
  }

  /// What ends the prefix.
  let prefix: FrozenPrefix
  private let model: AudioClassifier
  private let batches: Batches
  private let cache: PrefixCache
  private let makesRoom: Bool
  private let interrupt: InterruptFlag?
  /// The key of the result, and those of the stages before it.
  private let key: PrefixKey
  private let earlier: [PrefixKey]
  let work: Work

  /// - Parameters:
  ///   - makesRoom: whether results are kept at the cost of those of other models, and in a file.
  ///   - work: where what is computed is added up.
  /// - Returns: `nil` for a model with no prefix that is worth it.
  init?(
    _ model: AudioClassifier, _ batches: Batches, _ cache: PrefixCache, makesRoom: Bool,
    work: Work = Work(), interrupt: InterruptFlag? = nil
  ) {
    prefix = model.frozenPrefix
    guard prefix.isWorthKeeping(of: model.backbone) else { return nil }
    (self.model, self.batches, self.cache) = (model, batches, cache)
    (self.makesRoom, self.work, self.interrupt) = (makesRoom, work, interrupt)
    let keys = PrefixKey.all(to: prefix.end, of: model, features: batches.view.settings)
    guard let key = keys.last else { return nil }
    self.key = key
    earlier = keys.dropLast().filter { $0.end > .embeddings }.reversed()
  }

  /// What a pass over these clips begins with.
  /// - Throws: as `AudioClassifier.prefix`.
  func start(of batch: some Collection<Int>) throws -> WalkStart {
    let size = shape.reduce(1, *)
    let states = try Tensor(uninitialized: [batch.count] + shape)
    for (row, index) in batch.enumerated() {
      let target = UnsafeMutableBufferPointer(start: states.pointer + row * size, count: size)
      let clip = batches.view.dataset.clips[index].identity
      if cache.copy(clip, of: key, to: target) { continue }
      let result = try compute(index)
      target.baseAddress?.update(from: result.pointer, count: size)
      cache.keep(result, for: clip, of: key, sparing: makesRoom ? Set(earlier) : nil)
    }
    return start(states, at: prefix.end)
  }

  /// The result for one clip, computed.
  /// - Throws: as `AudioClassifier.prefix`.
  @discardableResult
  func compute(_ index: Int) throws -> Tensor {
    try interrupt?.check()
    let started = SteadyClock.now
    let result = try model.prefix(
      to: prefix.end, from: nearestStart(index), lengths: batches.lengths([index]),
      interrupt: interrupt)
    work.clips += 1
    work.seconds += SteadyClock.now - started
    return result
  }

  /// The shape of a result, the batch left out.
  var shape: [Int] { shape(at: prefix.end) }

  /// The clips of a view that have no result.
  func missing(in view: DatasetView) -> Set<ClipIdentity> {
    let clips = Set(view.indices.map { view.dataset.clips[$0].identity })
    return cache.missing(clips, of: key)
  }

  /// How many of so many further clips find room for their result, in memory and in all.
  func room(for clips: Int) -> (memory: Int, all: Int) {
    cache.room(for: clips, of: shape.reduce(1, *), key: key)
  }

  /// The latest stage whose result is there, as another set or head left it.
  private func nearestStart(_ index: Int) throws -> WalkStart {
    let clip = batches.view.dataset.clips[index].identity
    for key in cache.holders(of: clip, among: earlier) {
      let states = try Tensor(uninitialized: [1] + shape(at: key.end))
      let target = UnsafeMutableBufferPointer(start: states.pointer, count: states.count)
      if cache.copy(clip, of: key, to: target) { return start(states, at: key.end) }
    }
    return .input(try batches.input([index]))
  }

  private func start(_ states: Tensor, at end: Stage) -> WalkStart {
    end == .finish ? .pooled(states) : .hidden(states, before: end)
  }

  private func shape(at end: Stage) -> [Int] {
    let backbone = model.backbone
    let tokens = end == .finish ? [] : [backbone.tokens(in: batches.view.settings.shape)]
    return tokens + [backbone.hidden]
  }
}

extension FrozenPrefix {
  /// Whether keeping its result saves more than copying it costs: the embedding of patches is one
  /// product, that of waveforms is a network.
  func isWorthKeeping(of backbone: any Backbone) -> Bool {
    end > .subLayer(layer: 0, .mhsa) || (!isEmpty && backbone.takesWaveforms)
  }
}
