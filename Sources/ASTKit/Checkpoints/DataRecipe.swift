/// Which clips a run trains and validates on, and how to get them again.
struct DataRecipe: Codable {
  /// A data set that parts of the run belong to.
  struct Source: Codable {
    var name: String
    /// How it is loaded; `nil` for one put together in memory.
    var origin: DatasetOrigin?
    var settings: FeatureSettings
    var classes: [String]
    /// Labels of its files that were no classes, as all their clips were skipped.
    var lostLabels: [String]
    /// Whether a clip may have several classes; left out where it may not.
    var severalLabels: Bool?
    /// Those of its clips that the run uses, sorted as in the data set. Beside the description in
    /// a checkpoint, as there may be more than fit into a header.
    var clips: [Clip] = []

    private enum CodingKeys: String, CodingKey {
      case name, origin, settings, classes, lostLabels, severalLabels
    }
  }

  /// A clip as it was.
  struct Clip {
    var name: String
    /// The file it is of, by its path below the folder.
    var recording: String
    /// The part of it.
    var span: ClipSpan?
    /// Indices into the classes of its source.
    var labels: [Int]
    var file: FileDigest
  }

  /// What is trained or validated on.
  struct Part: Codable {
    var name: String
    /// Index into `sources`.
    var source: Int
    /// Indices into the clips of the source, in the part's order.
    var order: [Int] = []

    private enum CodingKeys: String, CodingKey { case name, source }
  }

  var sources: [Source]
  var train: Part
  var valid: Part?
}

// MARK: - Writing

extension DataRecipe {
  init(train: DatasetView, valid: DatasetView?) {
    let views = [train] + (valid.map { [$0] } ?? [])
    var sets: [Dataset] = []
    for view in views where !sets.contains(where: { $0 === view.dataset }) {
      sets.append(view.dataset)
    }
    var places: [[Int: Int]] = []
    sources = sets.map { set in
      let used = Set(views.filter { $0.dataset === set }.flatMap(\.indices)).sorted()
      places.append(Dictionary(uniqueKeysWithValues: zip(used, used.indices)))
      return Source(
        name: set.name, origin: set.origin, settings: set.settings, classes: set.classes,
        lostLabels: set.lostLabels,
        severalLabels: set.hasSeveralLabels ? true : nil,
        clips: used.map {
          let clip = set.clips[$0]
          return Clip(
            name: clip.name, recording: clip.recording, span: clip.span, labels: clip.labels,
            file: clip.file)
        })
    }
    func part(_ view: DatasetView) -> Part {
      let source = sets.firstIndex { $0 === view.dataset } ?? 0
      return Part(
        name: view.name, source: source,
        order: view.indices.map { places[source][$0, default: 0] })
    }
    self.train = part(train)
    self.valid = valid.map(part)
  }

  /// Puts the clips into `items`.
  func add(to items: inout CheckpointItems) {
    for (number, source) in sources.enumerated() {
      items.add("data/\(number)/names", texts: source.clips.map(\.name))
      items.add(
        "data/\(number)/files",
        .integers(
          source.clips.flatMap {
            [Int64($0.labels.first ?? -1), Int64($0.file.size), Int64(bitPattern: $0.file.hash)]
          }, shape: [3 * source.clips.count]))
      // Both are left out where they say nothing new, as in files of older versions.
      if source.clips.contains(where: { $0.recording != $0.name }) {
        items.add("data/\(number)/recordings", texts: source.clips.map(\.recording))
        // Where all of a recording is meant, its end is before its start.
        let spans = source.clips.map { $0.span ?? ClipSpan(start: 0, end: -1) }
        items.add(
          "data/\(number)/spans",
          .doubles(spans.flatMap { [$0.start, $0.end] }, shape: [2 * spans.count]))
      }
      if source.severalLabels == true {
        let lists = source.clips.flatMap { [$0.labels.count] + $0.labels }
        items.add("data/\(number)/labels", .integers(lists.map(Int64.init), shape: [lists.count]))
      }
    }
    for (name, part) in [("train", train), ("valid", valid)] {
      guard let part else { continue }
      items.add("data/\(name)", .integers(part.order.map(Int64.init), shape: [part.order.count]))
    }
  }
}

// MARK: - Reading

extension DataRecipe {
  /// Reads what `add` wrote.
  /// - Throws: `CheckpointError.damaged`, and as `Safetensors.elements`.
  mutating func readClips(_ file: CheckpointTensors) throws {
    for number in sources.indices {
      sources[number].clips = try clips(number, file)
    }
    train.order = try order(train, "data/train", file)
    if var part = valid {
      part.order = try order(part, "data/valid", file)
      valid = part
    }
  }

  private func clips(_ number: Int, _ file: CheckpointTensors) throws -> [Clip] {
    let names = try file.texts("data/\(number)/names")
    let numbers = try file.integers64("data/\(number)/files")
    guard names.count == numbers.count / 3, numbers.count % 3 == 0 else {
      throw file.damaged("its list of clips does not fit their number")
    }
    let hasParts = file.names.contains("data/\(number)/recordings")
    let recordings = hasParts ? try file.texts("data/\(number)/recordings") : names
    let spans =
      hasParts
      ? try file.doubles("data/\(number)/spans")
      : [Double](repeating: -1, count: 2 * names.count)
    guard recordings.count == names.count, spans.count == 2 * names.count else {
      throw file.damaged("its list of recordings does not fit the clips")
    }
    let lists = try labels(number, of: names.count, numbers, file)
    return try names.indices.map { index in
      let own = Array(numbers[(3 * index)..<(3 * index + 3)])
      let classes = sources[number].classes.indices
      guard lists[index].allSatisfy(classes.contains), own[1] >= 0 else {
        throw file.damaged("its clip '\(names[index].shown)' has no class or no size")
      }
      return Clip(
        name: names[index], recording: recordings[index],
        span: spans[2 * index + 1] > spans[2 * index]
          ? ClipSpan(start: spans[2 * index], end: spans[2 * index + 1]) : nil,
        labels: lists[index],
        file: FileDigest(size: Int(own[1]), hash: UInt64(bitPattern: own[2])))
    }
  }

  /// The classes of each clip.
  private func labels(
    _ number: Int, of count: Int, _ numbers: [Int64], _ file: CheckpointTensors
  ) throws -> [[Int]] {
    guard sources[number].severalLabels == true else {
      return (0..<count).map { [Int(clamping: numbers[3 * $0])] }
    }
    var rest = try file.integers64("data/\(number)/labels")[...]
    return try (0..<count).map { _ in
      guard let length = rest.popFirst(), length >= 0, length <= rest.count else {
        throw file.damaged("its list of labels does not fit the clips")
      }
      defer { rest = rest.dropFirst(Int(length)) }
      return rest.prefix(Int(length)).map { Int(clamping: $0) }
    }
  }

  private func order(_ part: Part, _ key: String, _ file: CheckpointTensors) throws -> [Int] {
    guard sources.indices.contains(part.source) else {
      throw file.damaged("'\(part.name.shown)' belongs to no data set")
    }
    let known = sources[part.source].clips.indices
    let order = try file.integers64(key).map { Int(clamping: $0) }
    guard order.allSatisfy(known.contains) else {
      throw file.damaged("'\(part.name.shown)' has clips that are not on its list")
    }
    return order
  }
}
