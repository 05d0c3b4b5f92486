import ASTKit

/// Loading, looking at and splitting sound.
enum DataCommands {
  static let all: [Command] = [dataset, describe, stats, split, folds]

  private static let dataset = Command(
    "dataset", "Loads sound files with their classes, and makes the features.",
    example: "clips = dataset \"folder\", path: \"/usr/share/klettres\", label: 1, frames: 128",
    Argument<String>(
      "source", "the kind of corpus", allowed: DatasetSources.all.map { $0.name }),
    Argument<FilePath>("path", "the folder", named: true),
    Argument<Bool>(
      "skip", "goes on without files that cannot be read or decoded", default: false, named: true),
    described: FeatureSettings.settings.map { ArgumentDescription($0) }
      + SettingUnion.sources.descriptions
  ) { session, given, source, path, skip in
    var values = try given.values(of: FeatureSettings.settings)
    if case .number(let window)? = values["window"] {
      // The model looks at the whole window.
      if values["frames", default: .none] == .none {
        values["frames"] = .number((window * 100).rounded(.up))
      }
      if values["seconds", default: .none] == .none { values["seconds"] = .number(window) }
    }
    if values["normalize"] == .flag(false),
      let other = ["mean", "std"].first(where: { values[$0] != nil })
    {
      throw CommandError("'\(other)' has no meaning with normalize: false", argument: other)
    }
    let settings = try FeatureSettings(values).withoutUnused
    let listing = try DatasetSources.listing(
      source, path: path.path, SettingUnion.sources.values(given, of: source),
      interrupt: session.interrupt)
    for notice in listing.notices { session.notice(notice) }
    defer { session.progress(nil) }
    let clips = try Dataset.load(
      listing, settings: settings, skip: skip, cache: session.featureCache,
      interrupt: session.interrupt
    ) { done, total in
      session.progress("features  \(done)/\(total) files  \(ProgressBar.text(done, of: total))")
    }
    if let first = clips.skipped.first {
      session.notice(
        "skipped \(clips.skipped.count) \(clips.skipped.count == 1 ? "file" : "files") that cannot be "
          + "used, such as "
          + "'\(first.name)': \(first.reason)")
    }
    if let lost = listing.lostClasses(in: clips) { session.notice(lost) }
    return .object(DatasetObject(clips.all))
  }

  private static let describe = Command(
    "describe", "Shows what a dataset holds: sizes, features, clips of each class.",
    example: "describe clips", Argument<DatasetObject>("clips", "the dataset")
  ) { session, clips in
    session.write(clips.description(columns: session.output.size.columns) + "\n")
    return .nil
  }

  private static let stats = Command(
    "stats", "Gives mean and standard deviation of a dataset's features, padding left out.",
    example: "stats clips", Argument<DatasetObject>("clips", "the dataset")
  ) { session, clips in
    let statistics = try clips.view.featureStatistics(interrupt: session.interrupt)
    return .record([
      "mean": .number(statistics.mean), "std": .number(statistics.std),
      "count": .count(statistics.count),
    ])
  }

  private static let split = Command(
    "split", "Splits a dataset so that every class has its share in every part.",
    example: "parts = split clips, train: 0.7, valid: 0.15, test: 0.15, seed: 10",
    Argument<DatasetObject>("clips", "the dataset"),
    Argument<Double>(
      "train", "share to train on", bounds: .above(0, atMost: 1), named: true),
    Argument<Double?>(
      "valid", "share to choose the best weights on", bounds: .above(0, atMost: 1), named: true),
    Argument<Double?>(
      "test", "share for the result", bounds: .above(0, atMost: 1), named: true),
    Argument<String?>(
      "by",
      "what stays on one side: recording, group, clip or a column; default: recordings and groups",
      named: true),
    Argument<UInt64?>("seed", "fixes the shuffle; default: the session's", named: true),
    Argument<Int?>(
      "shots", "few-shot: keep only this many training clips a class", bounds: .atLeast(1),
      named: true)
  ) { session, clips, train, valid, test, by, seed, shots in
    do throws(DatasetError) {
      let grouping = by.map(Grouping.init) ?? .automatic
      return .object(
        SplitObject(
          try Split.stratified(
            clips.view, train: train, valid: valid, test: test, by: grouping,
            seed: seed ?? session.seed,
            perClass: shots)))
    } catch {
      throw described(error, shots: shots)
    }
  }

  private static let folds = Command(
    "folds", "Gives the runs of a corpus's protocol, or k stratified ones of any dataset.",
    example: "for fold in folds(clips, 5) { print fold.name, fold.train.count, fold.test.count }",
    Argument<DatasetObject>("clips", "the dataset"),
    Argument<Int?>(
      "k", "how many to make; default: those of the corpus", bounds: .between(3...1000)),
    Argument<String?>(
      "by",
      "what stays on one side: recording, group, clip or a column; default: recordings and groups",
      named: true),
    Argument<UInt64?>("seed", "fixes the shuffle; default: the session's", named: true),
    Argument<String>(
      "valid",
      "what chooses the best weights: a fold of its own, or the tested one as in some "
        + "published results", default: "fold", allowed: ["fold", "test"], named: true)
  ) { session, clips, k, by, seed, valid in
    let onTest = valid == "test"
    guard let k else {
      if let given = by.map({ _ in "by" }) ?? seed.map({ _ in "seed" }) {
        throw CommandError(
          "'\(given)' has no meaning for the folds of a corpus", argument: given,
          hint: "say how many to make: folds(clips, 5)")
      }
      let folds = try Fold.ofCorpus(clips.view, validOnTest: onTest)
      if onTest { session.notice("the best weights are chosen on the clips that are tested") }
      return .list(List(folds.map { .object(FoldObject($0)) }))
    }
    if onTest {
      throw CommandError("'valid' has a meaning for the folds of a corpus only", argument: "valid")
    }
    let folds = try Fold.stratified(
      clips.view, k, by: by.map(Grouping.init) ?? .automatic, seed: seed ?? session.seed)
    return .list(List(folds.map { .object(FoldObject($0)) }))
  }

  /// The error of a split in the words of its arguments; those that name none stay.
  private static func described(_ error: DatasetError, shots: Int?) -> any Error {
    switch error {
    case .fraction(let part, _): CommandError(error.message, argument: part, hint: error.hint)
    case .classTooSmall(let classes, let needed, _) where needed == shots:
      // Of the parts themselves, every one needs a single clip.
      CommandError(
        DatasetError.classTooSmall(classes: classes, needed: needed, what: "'shots' in training")
          .message, argument: "shots", hint: "ask for fewer shots, or add clips")
    default: error
    }
  }
}

/// A bar of progress in characters.
enum ProgressBar {
  static func text(_ done: Int, of total: Int, width: Int = 24) -> String {
    let filled = total > 0 ? min(width, width * done / total) : 0
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
  }
}
