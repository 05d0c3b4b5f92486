/// A file of a listing with all that the listing says of it.
struct ListedRecording: Sendable {
  let entries: [DatasetListing.Entry]

  /// The files of a listing in its order; a file that stands there several times once.
  static func all(in listing: DatasetListing) -> [ListedRecording] {
    var places: [String: Int] = [:], grouped: [[DatasetListing.Entry]] = []
    for entry in listing.entries {
      if let place = places[entry.path], grouped[place].first?.name == entry.name {
        grouped[place].append(entry)
      } else {
        places[entry.path] = grouped.count
        grouped.append([entry])
      }
    }
    return grouped.map(ListedRecording.init)
  }
}

/// Cuts recordings into clips and keeps their features.
struct Cutting: Sendable {
  /// A clip whose classes have no numbers yet.
  struct Clip: Sendable {
    let entry: DatasetListing.Entry
    let name: String
    let labels: [String]
    let span: ClipSpan?
    let seconds: Double
    let file: FileDigest
    let facts: SoundFacts?
    let slot: Int

    /// - Parameter numbers: of the classes.
    func clip(_ numbers: [ExactName: Int]) -> AudioClip {
      AudioClip(
        path: entry.path, name: name, recording: entry.name,
        labels: Set(labels.compactMap { numbers[ExactName($0)] }).sorted(),
        group: entry.group, part: entry.part, columns: entry.columns, span: span,
        seconds: seconds, file: file, facts: facts, slot: slot)
    }
  }

  /// What became of a recording.
  struct Outcome: Sendable {
    var clips: [Clip] = []
    var unusable: [UnusableFile] = []
  }

  let extractor: FeatureExtractor
  let store: FeatureStore
  let windows: Windows?
  let interrupt: InterruptFlag?

  /// The clips of a recording.
  /// - Throws: `DatasetError.memory`, `EngineError.interrupted`; what is wrong with the file is
  ///   part of the outcome.
  func clips(_ recording: ListedRecording) throws -> Outcome {
    guard let first = recording.entries.first else { return Outcome() }
    do {
      if let windows = WindowStream.suits(first.path, windows) {
        return try streamed(recording, first, windows)
      }
      let file = try SoundFile(first.path)
      let source = ClipSource(file, extractor)
      guard let windows else { return try parts(recording, source, file.digest) }
      let seconds = try source.seconds()
      return try labelled(recording, first, file.digest, source.facts, seconds) { stretches in
        try stretches.flatMap(windows.spans).map { span in
          try interrupt?.check()
          return (span, try keep(source.sound(span, fillsFrame: true)))
        }
      }
    } catch let error as AudioError {
      return Outcome(
        unusable: recording.entries.map { UnusableFile(name: $0.place, reason: error.reason) })
    }
  }

  /// Each entry as a clip.
  private func parts(
    _ recording: ListedRecording, _ source: ClipSource, _ file: FileDigest
  ) throws -> Outcome {
    var outcome = Outcome()
    for entry in recording.entries {
      try interrupt?.check()
      do {
        let span = try entry.span.map { try inside($0, source.seconds()) }
        let slot = try keep(source.sound(span, fillsFrame: false))
        outcome.clips.append(
          Clip(
            entry: entry, name: entry.clipName, labels: entry.labels, span: span,
            seconds: try span?.seconds ?? source.seconds(), file: file,
            facts: source.facts, slot: slot))
      } catch let error as AudioError {
        outcome.unusable.append(UnusableFile(name: entry.place, reason: error.reason))
      } catch let error as Outside {
        outcome.unusable.append(UnusableFile(name: entry.place, reason: error.reason))
      }
    }
    return outcome
  }

  /// Windows over a recording of any length, in memory that does not grow with it.
  private func streamed(
    _ recording: ListedRecording, _ first: DatasetListing.Entry, _ windows: Windows
  ) throws -> Outcome {
    let file = try FileDigest(streaming: first.path)
    let stream = try WindowStream(first.path, extractor, windows)
    var cut: [(span: ClipSpan, slot: Int)] = []
    while let window = try stream.next() {
      try interrupt?.check()
      cut.append((window.span, try keep(window.sound)))
    }
    return try labelled(recording, first, file, stream.facts, stream.seconds) { _ in cut }
  }

  /// Windows with the labels of the entries that they hold.
  ///
  /// - Parameters:
  ///   - seconds: length of the recording.
  ///   - cut: gives the windows over some stretches, and their slots.
  private func labelled(
    _ recording: ListedRecording, _ first: DatasetListing.Entry, _ file: FileDigest,
    _ facts: SoundFacts?, _ seconds: Double,
    _ cut: ([ClipSpan]) throws -> [(span: ClipSpan, slot: Int)]
  ) throws -> Outcome {
    guard let windows else { return Outcome() }
    var outcome = Outcome()
    var annotations: [(span: ClipSpan, labels: [String])] = []
    for entry in recording.entries {
      do {
        if let span = entry.span {
          annotations.append((try inside(span, seconds), entry.labels))
        }
        if let difference = first.difference(from: entry) { throw Outside(reason: difference) }
      } catch let error as Outside {
        outcome.unusable.append(UnusableFile(name: entry.place, reason: error.reason))
      }
    }
    let everywhere = recording.entries.filter { $0.span == nil }.flatMap(\.labels)
    let stretches =
      windows.within == .rows && !annotations.isEmpty
      ? ClipSpan.joined(annotations.map(\.span)) : [ClipSpan(start: 0, end: seconds)]
    // Windows follow each other in time: what has ended before one is not looked at again.
    var coming = annotations.sorted { $0.span.start < $1.span.start }[...]
    var present: [(span: ClipSpan, labels: [String])] = []
    for (span, slot) in try cut(stretches) {
      present.removeAll { $0.span.end < span.start }
      while let next = coming.first, next.span.start < span.end {
        present.append(next)
        coming.removeFirst()
      }
      let labels = present.filter { windows.holds(span, $0.span) }.flatMap(\.labels)
      outcome.clips.append(
        Clip(
          entry: first, name: "\(first.name)@\(span.text)", labels: everywhere + labels,
          span: span, seconds: span.seconds, file: file, facts: facts, slot: slot))
    }
    return outcome
  }

  private func keep(_ sound: ClipSource.Sound) throws -> Int {
    switch sound {
    case .logMel(let logMel): try store.add(logMel)
    case .waveform(let waveform): try store.add(waveform)
    }
  }

  /// What is wrong with an entry.
  private struct Outside: Error {
    let reason: String
  }

  /// A span that a recording has. Tables round times: a hundredth of a second too much is none.
  private func inside(_ span: ClipSpan, _ seconds: Double) throws(Outside) -> ClipSpan {
    guard span.end <= seconds + 0.01, span.start < seconds else {
      throw Outside(
        reason: "its times \(span.text) s lie outside the recording of \(seconds) s")
    }
    return ClipSpan(start: span.start, end: min(span.end, seconds))
  }
}

extension DatasetListing.Entry {
  /// In what an entry of the same recording contradicts this one, in words: windows need not keep
  /// to the entries, so that the recording can have only one group and one part.
  fileprivate func difference(from other: DatasetListing.Entry) -> String? {
    func compare(_ what: String, _ own: String?, _ others: String?) -> String? {
      own == others
        ? nil
        : "its \(what) is '\((others ?? "").shown)', and '\((own ?? "").shown)' in another row of "
          + "the recording"
    }
    return compare("group", group, other.group) ?? compare("fold or part", part, other.part)
  }
}

extension ClipSpan {
  /// What these cover together, from first to last.
  static func joined(_ spans: [ClipSpan]) -> [ClipSpan] {
    var joined: [ClipSpan] = []
    for span in spans.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      if let last = joined.last, span.start <= last.end {
        joined[joined.count - 1].end = max(last.end, span.end)
      } else {
        joined.append(span)
      }
    }
    return joined
  }
}
