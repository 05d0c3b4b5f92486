import ASTKit

/// Clips in the language: a whole data set or one part of a split.
final class DatasetObject: ObjectArgument, ListedMembers {
  let view: DatasetView

  init(_ view: DatasetView) { self.view = view }

  static let typeDescription = "a dataset"
  let typeName = "dataset"

  static let members: [ObjectMember<DatasetObject>] = [
    ObjectMember("classes", "names of the classes, by label") { .strings($0.view.classes) },
    ObjectMember("count", "number of clips") { .count($0.view.count) },
    ObjectMember("seconds", "length of all recordings together") { .number($0.view.seconds) },
    ObjectMember("counts", "clips of each class") { object in
      .record(
        Record(
          zip(object.view.classes, object.view.counts).map { ($0, Value.count($1)) }))
    },
    ObjectMember("frames", "frames (10 ms) every clip is cut or padded to; nil for waveforms") {
      $0.view.settings.kind == .logMel ? .count($0.view.settings.frames) : .nil
    },
    ObjectMember("files", "paths of the clips") { .strings($0.view.clips.map(\.path)) },
    ObjectMember("groups", "recording or speaker of each clip, where it is known") { object in
      .list(List(object.view.clips.map { clip in clip.group.map(Value.string) ?? .nil }))
    },
    ObjectMember("labels", "class of each clip; a list of them where it may have several") {
      object in
      let classes = object.view.classes
      return object.view.hasSeveralLabels
        ? .list(List(object.view.clips.map { .strings($0.labels.map { classes[$0] }) }))
        : .strings(object.view.labels.map { classes[$0] })
    },
    ObjectMember("duplicates", "files that are the same sound: names and classes") { object in
      .list(
        List(
          object.view.duplicates.map {
            .record(["files": .strings($0.names), "classes": .strings($0.classes)])
          }))
    },
    ObjectMember("skipped", "files left out, with the reason") { object in
      .list(
        object.view.dataset.skipped.map {
          .record(["file": .string($0.name), "reason": .string($0.reason)])
        })
    },
  ]

  var summary: String {
    "\(view.name.printable): \(view.count) clips, \(view.classes.count) classes, "
      + "\(DurationText.rounded(view.seconds))"
  }

  func display(columns: Int) -> String { summary }

  private var normalisation: String {
    let settings = view.settings
    return switch settings.kind {
    case .logMel: "mean \(settings.mean), std \(settings.std)"
    case .waveform: settings.normalisesClips ? "each normalised" : "as they are"
    }
  }

  /// What the recordings were before they became features, and what may be wrong with them.
  private var origins: [String] {
    let all = view.facts
    func list(_ values: [Int], _ unit: String) -> String {
      Set(values).sorted().map(String.init).joined(separator: ", ") + unit
    }
    var lines: [String] = []
    let rates = all.map(\.facts.sampleRate), channels = all.map(\.facts.channels)
    if Set(rates) != [view.settings.sampleRate] || Set(channels) != [1], !all.isEmpty {
      let taken = view.settings.channel.map { "channel \($0) taken" } ?? "mixed to one"
      lines.append(
        "made of \(list(rates, " Hz")) (resampled), \(list(channels, "")) "
          + "channel\(Set(channels) == [1] ? "" : "s (\(taken))")")
    }
    for (what, has) in [("silent", \SoundFacts.isSilent), ("clipped", \.isClipped)] {
      let found = all.filter { $0.facts[keyPath: has] }
      if let first = found.first {
        lines.append(
          "\(found.count) recording\(found.count == 1 ? " is" : "s are") \(what), such as "
            + "'\(first.recording.printable)'")
      }
    }
    return lines
  }

  /// Files that are there twice, in words; `nil` where there are none.
  private var duplicates: String? {
    let all = view.duplicates
    let torn = all.filter { $0.classes.count > 1 }
    guard let example = torn.first ?? all.first else { return nil }
    let names = example.names.prefix(2).map { "'\($0.printable)'" }.joined(separator: " and ")
    return "\(all.count) sound\(all.count == 1 ? "" : "s") under several names"
      + (torn.isEmpty ? "" : ", \(torn.count) of them in several classes") + ", such as \(names)"
  }

  /// What `describe` shows: sizes and the clips of each class.
  func description(columns: Int) -> String {
    let settings = view.settings
    var lines = [summary]
    let isWaveform = settings.kind == .waveform
    let form =
      isWaveform
      ? "waveforms of \(DurationText.rounded(settings.seconds))"
      : "\(settings.melBins) mel bins, \(settings.frames) frames of 10 ms"
    lines.append("\(settings.sampleRate) Hz mono, \(form), \(normalisation)")
    // A window of 25 ms every 10 ms.
    let limit = isWaveform ? settings.seconds : Double(settings.frames) / 100 + 0.015
    let cut = view.clips.count { $0.seconds > limit }
    let what = view.clips.contains { $0.span != nil } ? "clips" : "recordings"
    if let lengths = view.lengths {
      let texts = [lengths.shortest, lengths.median, lengths.longest].map(DurationText.about)
      lines.append(
        texts[0] == texts[2]
          ? "\(what) of \(texts[0])"
          : "\(what) of \(texts[0]) to \(texts[2]), half of them up to \(texts[1])")
    }
    if let windows = settings.windows {
      let every = windows.hop == windows.length ? "" : " every \(DurationText.rounded(windows.hop))"
      let recordings = Set(view.clips.map(\.recording)).count
      lines.append(
        "windows of \(DurationText.rounded(windows.length))\(every) over \(recordings) "
          + "recording\(recordings == 1 ? "" : "s")")
    }
    if view.hasSeveralLabels {
      let several = view.clips.count { $0.labels.count > 1 }
      lines.append("\(several) with several classes, \(view.negatives) with none")
    }
    lines += origins
    if cut > 0 { lines.append("\(cut) clips are longer than that and cut at the end") }
    if let sentence = duplicates { lines.append(sentence) }
    if !view.dataset.skipped.isEmpty {
      lines.append("\(view.dataset.skipped.count) files skipped (see .skipped)")
    }
    let largest = max(1, view.counts.max() ?? 1)
    let rows = zip(view.classes, view.counts).map { name, count in
      [name, "\(count)", String(repeating: "▇", count: max(1, count * 24 / largest))]
    }
    let table = TextTable(header: ["class", "clips", ""], rows: rows, rightAligned: [1])
    return (lines + [table.text(columns: columns)]).joined(separator: "\n")
  }
}

/// The parts of a split.
final class SplitObject: ObjectArgument, ListedMembers {
  let split: Split

  init(_ split: Split) { self.split = split }

  static let typeDescription = "a split"
  let typeName = "split"

  static let members: [ObjectMember<SplitObject>] = [
    ObjectMember("train", "clips to train on") { .object(DatasetObject($0.split.train)) },
    ObjectMember("valid", "clips to choose the best weights on") { object in
      object.split.valid.map { .object(DatasetObject($0)) } ?? .nil
    },
    ObjectMember("test", "clips for the result") { object in
      object.split.test.map { .object(DatasetObject($0)) } ?? .nil
    },
    ObjectMember("shared", "groups (recordings, speakers) of which two parts have clips") {
      .count($0.split.sharedGroups)
    },
  ]

  var summary: String {
    let shared = split.sharedGroups
    let groups =
      shared > 0 ? "; \(shared) group\(shared == 1 ? "" : "s") in more than one part" : ""
    return sizes + groups
  }

  private var sizes: String {
    [("train", Optional(split.train)), ("valid", split.valid), ("test", split.test)]
      .compactMap { name, part in part.map { "\(name) \($0.count)" } }
      .joined(separator: ", ") + " clips"
  }
}
