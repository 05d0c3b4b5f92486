/// One clip of a data set.
public struct AudioClip: Sendable, Equatable {
  /// Where the file is.
  public let path: String
  /// Its path below the data set's folder.
  public let name: String
  /// Index into `Dataset.classes`.
  public let label: Int
  /// The recording or speaker it comes from, which a split keeps on one side.
  public let group: String?
  /// The fold or part of the corpus it belongs to.
  public let part: String?
  /// Length of the recording, before it is cut or padded.
  public let seconds: Double
  /// What the file held when it was read.
  public let file: FileDigest
  let slot: Int
}

/// Sound clips with their classes and their features, decoded and in memory. Immutable:
/// splits and batches refer to clips by index.
public final class Dataset: Sendable {
  public let name: String
  /// The names of the classes, in the corpus's order or sorted; a label is an index into them.
  public let classes: [String]
  /// The clips, sorted by name.
  public let clips: [AudioClip]
  /// How the features were made.
  public let settings: FeatureSettings
  /// Files left out because they cannot be read or decoded (only with `skip`).
  public let skipped: [UnusableFile]
  /// Where the listing came from, if it can be made again.
  let origin: DatasetOrigin?
  /// Labels of the listing that are no class, as all their clips were skipped.
  let lostLabels: [String]
  let store: FeatureStore

  private init(
    _ listing: DatasetListing, classes: [ExactName], clips: [AudioClip],
    skipped: [UnusableFile], store: FeatureStore
  ) {
    name = listing.name
    origin = listing.origin
    let labels = Set(listing.entries.map { ExactName($0.label) })
    lostLabels = labels.subtracting(classes).sorted().map(\.text)
    self.classes = classes.map(\.text)
    self.clips = clips
    self.skipped = skipped
    self.store = store
    settings = store.settings
  }

  public var count: Int { clips.count }
  /// Length of all recordings together.
  public var seconds: Double { clips.reduce(0) { $0 + $1.seconds } }
  /// Clips of each class [classes.count].
  public var counts: [Int] { all.counts }
  /// All clips as a view, to train or evaluate on everything.
  public var all: DatasetView {
    DatasetView(dataset: self, indices: Array(clips.indices), name: name)
  }

  /// Decodes all files of a listing, on all cores, or takes their features from the cache.
  ///
  /// - Parameters:
  ///   - classes: the names of the classes, if not those that occur: every label is one of them.
  ///   - skip: go on without files that cannot be decoded, and list them in `skipped`; a
  ///     class that loses all its clips is no class of the data set.
  ///   - interrupt: polled between files.
  ///   - progress: told (done, total) on the calling thread, a few files apart.
  /// - Throws: `DatasetError.undecodable` naming the first such files, `.memory`,
  ///   `EngineError.setting`, or `EngineError.interrupted`.
  public static func load(
    _ listing: DatasetListing, classes given: [String]? = nil, settings: FeatureSettings,
    skip: Bool = false, cache: FeatureCache = .standard(), interrupt: InterruptFlag? = nil,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Dataset {
    let entries = listing.entries
    let extractor = try FeatureExtractor(settings, cache: cache)
    let store = try FeatureStore(clips: entries.count, settings: settings)
    let outcomes = try extract(entries, extractor, into: store, interrupt, progress)

    var unusable = listing.unusable
    for (entry, outcome) in zip(entries, outcomes) {
      if case .failure(let error) = outcome {
        unusable.append(UnusableFile(name: entry.name, reason: error.reason))
      }
    }
    let total = entries.count + listing.unusable.count
    if !unusable.isEmpty, !skip || unusable.count == total {
      throw DatasetError.undecodable(files: unusable, of: total)
    }
    let kept = zip(entries.indices, outcomes).compactMap { slot, outcome in
      (try? outcome.get()).map { (slot: slot, file: $0) }
    }
    let occurring = Set(kept.map { ExactName(entries[$0.slot].label) })
    let classes =
      given?.map(ExactName.init)
      ?? listing.classOrder?.map(ExactName.init).filter(occurring.contains) ?? occurring.sorted()
    guard classes.count > 1 else {
      throw DatasetError.noClasses(path: listing.name, found: classes.map(\.text))
    }
    let labels = Dictionary(zip(classes, classes.indices), uniquingKeysWith: { first, _ in first })
    let clips = kept.map { slot, file in
      AudioClip(
        path: entries[slot].path, name: entries[slot].name,
        label: labels[ExactName(entries[slot].label), default: 0], group: entries[slot].group,
        part: entries[slot].part,
        seconds: file.seconds, file: file.digest, slot: slot)
    }
    return Dataset(listing, classes: classes, clips: clips, skipped: unusable, store: store)
  }

  /// A file that was read, and its length.
  private struct ReadFile {
    var seconds = 0.0
    var digest = FileDigest(size: 0, hash: 0)
  }

  /// Fills the store; what each file is, or why it cannot be used.
  private static func extract(
    _ entries: [DatasetListing.Entry], _ extractor: FeatureExtractor, into store: FeatureStore,
    _ interrupt: InterruptFlag?, _ progress: (Int, Int) -> Void
  ) throws -> [Result<ReadFile, AudioError>] {
    func process(_ i: Int) -> Result<ReadFile, AudioError> {
      do throws(AudioError) {
        let file = try SoundFile(entries[i].path)
        switch extractor.settings.kind {
        case .logMel:
          let logMel = try extractor.logMel(file)
          store.fill(i, with: logMel)
          return .success(ReadFile(seconds: logMel.seconds, digest: file.digest))
        case .waveform:
          let waveform = try extractor.waveform(file)
          store.fill(i, with: waveform)
          return .success(ReadFile(seconds: waveform.seconds, digest: file.digest))
        }
      } catch {
        return .failure(error)
      }
    }
    var outcomes = [Result<ReadFile, AudioError>](
      repeating: .success(ReadFile()), count: entries.count)
    // In pieces, so that progress is told and Ctrl-C heard on the calling thread.
    let piece = 16 * Threads.count
    progress(0, entries.count)
    for start in stride(from: 0, to: entries.count, by: piece) {
      let end = min(start + piece, entries.count)
      outcomes.withUnsafeMutableBufferPointer { outcomes in
        nonisolated(unsafe) let outcomes = outcomes
        Threads.forEach(end - start) { offset in
          if interrupt?.isRaised != true { outcomes[start + offset] = process(start + offset) }
        }
      }
      try interrupt?.check()
      progress(end, entries.count)
    }
    return outcomes
  }
}
