import Glibc

/// Gets the clips of a run again, and makes sure that they are the same.
struct DataLoading {
  let recipe: DataRecipe
  /// Where the data is now, if its folder has moved.
  let path: String?
  let cache: FeatureCache
  let interrupt: InterruptFlag?
  /// Told (done, total) files.
  let progress: (_ done: Int, _ total: Int) -> Void
  private var loaded: [Int: Dataset] = [:]

  init(
    _ recipe: DataRecipe, path: String?, cache: FeatureCache, interrupt: InterruptFlag?,
    progress: @escaping (_ done: Int, _ total: Int) -> Void
  ) {
    self.recipe = recipe
    self.path = path
    self.cache = cache
    self.interrupt = interrupt
    self.progress = progress
  }

  /// The clips of a part, in its order.
  ///
  /// - Parameters:
  ///   - given: the set they are to be taken from, if it is loaded already.
  ///   - argument: what the caller calls the part.
  /// - Throws: `CheckpointError` naming what changed, `DatasetError`, `.interrupted`.
  mutating func view(
    _ part: DataRecipe.Part, given: DatasetView?, _ argument: String
  ) throws -> DatasetView {
    if let given { return try view(part, from: given, argument) }
    let set = try loaded[part.source] ?? load(part.source, argument)
    loaded[part.source] = set
    let places = Dictionary(
      zip(set.clips, set.clips.indices).map { (ExactName($0.name), $1) },
      uniquingKeysWith: { first, _ in first })
    let indices = part.order.compactMap {
      places[ExactName(recipe.sources[part.source].clips[$0].name)]
    }
    return DatasetView(dataset: set, indices: indices, name: part.name)
  }

  // MARK: - A set that is loaded already

  private func view(
    _ part: DataRecipe.Part, from given: DatasetView, _ argument: String
  ) throws -> DatasetView {
    let source = recipe.sources[part.source]
    func refuse(_ difference: String) -> CheckpointError {
      .otherClips(part: argument, difference: difference)
    }
    if let difference = source.settings.difference(from: given.settings) {
      throw refuse(difference)
    }
    guard source.settings.shape == given.settings.shape else {
      throw refuse(
        "clips of \(source.settings.seconds) s then, of \(given.settings.seconds) s now")
    }
    guard given.count == part.order.count else {
      throw refuse("it has \(given.count) clips, expected \(part.order.count)")
    }
    // By what they are, for a name may be that of another folder; of several copies each once.
    var places = Dictionary(grouping: given.indices) { index in
      let clip = given.dataset.clips[index]
      return Identity(clip.identity, clip.labels.map { given.classes[$0] })
    }
    let indices = try part.order.map { number -> Int in
      let clip = source.clips[number]
      let labels = clip.labels.map { source.classes[$0] }
      let identity = Identity(ClipIdentity(file: clip.file, span: clip.span), labels)
      guard let index = places[identity]?.first else {
        throw refuse(
          "it lacks '\(clip.name.shown)' of "
            + (labels.isEmpty ? "no class" : "class '\(labels.joined(separator: "', '").shown)'"))
      }
      places[identity]?.removeFirst()
      return index
    }
    return DatasetView(dataset: given.dataset, indices: indices, name: part.name)
  }

  private struct Identity: Hashable {
    let clip: ClipIdentity
    let labels: Set<ExactName>

    init(_ clip: ClipIdentity, _ labels: [String]) {
      self.clip = clip
      self.labels = Set(labels.map(ExactName.init))
    }
  }

  // MARK: - A set that is loaded again

  private mutating func load(_ number: Int, _ argument: String) throws -> Dataset {
    let source = recipe.sources[number]
    guard var origin = source.origin else { throw CheckpointError.unknownData(part: argument) }
    if let path {
      let folders = Set(recipe.sources.compactMap { $0.origin?.path }).sorted()
      guard folders.count == 1 else { throw CheckpointError.severalFolders(folders) }
      origin.path = path
    }
    let folder = origin.path
    var listing: DatasetListing
    do {
      listing = try DatasetSources.listing(
        origin.source, path: origin.path, origin.settings, interrupt: interrupt)
    } catch DatasetError.missing {
      throw CheckpointError.noFolder(path: folder)
    }
    let change = difference(source, listing)
    guard change.isEmpty else { throw CheckpointError.changedData(folder: folder, change) }
    let used = Set(
      source.clips.map { ExactName(source.settings.windows == nil ? $0.name : $0.recording) })
    listing.entries.removeAll {
      !used.contains(ExactName(source.settings.windows == nil ? $0.clipName : $0.name))
    }
    listing.unusable = []
    return try contents(of: listing, source, folder)
  }

  /// What can be seen of the files without reading them.
  private func difference(_ source: DataRecipe.Source, _ listing: DatasetListing) -> DataChange {
    var change = DataChange()
    let entries = Dictionary(
      listing.entries.map { (ExactName($0.name), $0) }, uniquingKeysWith: { first, _ in first })
    let unusable = Dictionary(
      listing.unusable.map { (ExactName($0.name), $0) }, uniquingKeysWith: { first, _ in first })
    var seen: Set<ExactName> = []
    for clip in source.clips where seen.insert(ExactName(clip.recording)).inserted {
      guard let entry = entries[ExactName(clip.recording)] else {
        if let known = unusable[ExactName(clip.recording)] {
          change.unusable.append(known)
        } else {
          change.gone.append(clip.recording)
        }
        continue
      }
      // What cannot be looked at is told when it is read.
      if let size = Disk.status(entry.path).map({ Int($0.st_size) }), size != clip.file.size {
        change.resized.append(.init(name: clip.recording, then: clip.file.size, now: size))
      }
    }
    if source.settings.windows == nil {
      change.relabelled = Self.relabelled(
        source,
        Dictionary(
          listing.entries.map { (ExactName($0.clipName), $0.labels) },
          uniquingKeysWith: { first, _ in first }))
    }
    let known = Set((source.classes + source.lostLabels).map(ExactName.init))
    change.newClasses = listing.labels.subtracting(known)
      .sorted().map(\.text)
    return change
  }

  /// Clips whose classes are others now; `labels` by the clip's name.
  private static func relabelled(
    _ source: DataRecipe.Source, _ labels: [ExactName: [String]]
  ) -> [DataChange.Class] {
    source.clips.compactMap { clip in
      guard let now = labels[ExactName(clip.name)] else { return nil }
      let then = clip.labels.map { source.classes[$0] }
      if Set(now.map(ExactName.init)) == Set(then.map(ExactName.init)) { return nil }
      return .init(
        name: clip.name, then: then.joined(separator: ", "), now: now.joined(separator: ", "))
    }
  }

  private func contents(
    of listing: DatasetListing, _ source: DataRecipe.Source, _ folder: String
  ) throws -> Dataset {
    var change = DataChange()
    do {
      let set = try Dataset.load(
        listing, classes: source.classes, settings: source.settings,
        cache: cache, interrupt: interrupt, progress: progress)
      let files = Dictionary(
        set.clips.map { (ExactName($0.name), $0.file) }, uniquingKeysWith: { first, _ in first })
      change.rewritten = source.clips.filter { files[ExactName($0.name)] != $0.file }.map(\.name)
      change.relabelled = Self.relabelled(
        source,
        Dictionary(
          set.clips.map { clip in (ExactName(clip.name), clip.labels.map { set.classes[$0] }) },
          uniquingKeysWith: { first, _ in first }))
      if change.isEmpty { return set }
    } catch DatasetError.undecodable(let files, _) {
      change.unusable = files
    }
    throw CheckpointError.changedData(folder: folder, change)
  }
}
