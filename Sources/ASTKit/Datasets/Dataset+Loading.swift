extension Dataset {
  /// Decodes all files of a listing, on all cores, or takes their features from the cache.
  ///
  /// - Parameters:
  ///   - classes: the names of the classes, if not those that occur: every label is one of them.
  ///   - windows: cuts each recording into windows, as `windows` of the settings does; entries with
  ///     times are annotations then.
  ///   - skip: go on without files that cannot be decoded, and list them in `skipped`; a
  ///     class that loses all its clips is no class of the data set.
  ///   - budget: bytes of memory for features, behind which they go into a file; default: half
  ///     of what is free.
  ///   - interrupt: polled between files.
  ///   - progress: told (done, total) files on the calling thread, a few files apart.
  /// - Throws: `DatasetError.undecodable` naming the first such files, `.memory`,
  ///   `EngineError.setting`, or `EngineError.interrupted`.
  public static func load(
    _ listing: DatasetListing, classes given: [String]? = nil, settings: FeatureSettings,
    windows: Windows? = nil, skip: Bool = false, cache: FeatureCache = .standard(),
    budget: Int? = nil, interrupt: InterruptFlag? = nil,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Dataset {
    var settings = settings
    settings.windows = windows ?? settings.windows
    let windows = settings.windows
    try windows?.validate()
    try settings.validate()
    if let windows, windows.length > settings.secondsSeen + Windows.tolerance {
      throw DatasetError.longWindow(window: windows.length, seen: settings.secondsSeen)
    }
    let recordings = ListedRecording.all(in: listing)
    let cutting = Cutting(
      extractor: try FeatureExtractor(settings, cache: cache),
      store: FeatureStore(settings: settings, budget: budget, folder: cache.spillFolder),
      windows: windows, interrupt: interrupt)
    let outcomes = try each(recordings, interrupt, progress, cutting.clips)

    var unusable = listing.unusable
    for outcome in outcomes { unusable += outcome.unusable }
    let total = listing.entries.count + listing.unusable.count
    if !unusable.isEmpty, !skip || unusable.count == total {
      throw DatasetError.undecodable(files: unusable, of: total)
    }
    let found = outcomes.flatMap(\.clips)
    let occurring = Set(found.flatMap(\.labels).map(ExactName.init))
    let classes =
      given?.map(ExactName.init)
      ?? listing.classOrder?.map(ExactName.init).filter(occurring.contains) ?? occurring.sorted()
    guard classes.count > (listing.hasSeveralLabels(in: windows) ? 0 : 1) else {
      guard listing.origin?.source ?? FolderSource.name == FolderSource.name else {
        throw DatasetError.oneClass(name: listing.name, found: classes.map(\.text))
      }
      throw DatasetError.noClasses(path: listing.name, found: classes.map(\.text))
    }
    let numbers = Dictionary(
      zip(classes, classes.indices), uniquingKeysWith: { first, _ in first })
    return Dataset(
      listing, classes: classes,
      clips: found.map { $0.clip(numbers) }, skipped: unusable, store: cutting.store)
  }

  /// Calls `body` for each recording, on all cores.
  private static func each<T>(
    _ recordings: [ListedRecording], _ interrupt: InterruptFlag?, _ progress: (Int, Int) -> Void,
    _ body: (ListedRecording) throws -> T
  ) throws -> [T] {
    var outcomes = [Result<T, any Error>?](repeating: nil, count: recordings.count)
    // In pieces, so that progress is told and Ctrl-C heard on the calling thread.
    let piece = 16 * Threads.count
    progress(0, recordings.count)
    for start in stride(from: 0, to: recordings.count, by: piece) {
      let end = min(start + piece, recordings.count)
      outcomes.withUnsafeMutableBufferPointer { outcomes in
        nonisolated(unsafe) let (outcomes, body) = (outcomes, body)
        Threads.forEach(end - start) { offset in
          guard interrupt?.isRaised != true else { return }
          outcomes[start + offset] = Result { try body(recordings[start + offset]) }
        }
      }
      try interrupt?.check()
      progress(end, recordings.count)
    }
    return try outcomes.compactMap { try $0?.get() }
  }
}

extension DatasetListing {
  /// Whether clips may have several classes: windows between annotations have none.
  func hasSeveralLabels(in windows: Windows?) -> Bool {
    hasSeveralLabels || (windows != nil && entries.contains { $0.span != nil })
  }
}

extension FeatureSettings {
  /// Seconds of sound that the model looks at.
  var secondsSeen: Double { Double(samplesSeen) / Double(sampleRate) }
}
