import ASTKit

/// What is predicted or embedded: files, or clips of a data set.
enum PredictionSource {
  case files([SoundFiles.File])
  case clips(DatasetView)

  /// - Throws: `CommandError` for a value that is neither.
  init(_ value: Value, _ session: Session, _ argument: String) throws {
    if let clips = try DatasetObject.convert(value) {
      self = .clips(clips.view)
      return
    }
    guard let paths = try [FilePath].convert(value), !paths.isEmpty else {
      throw CommandError(
        "a file, a folder, a list of files or a dataset is expected, found \(value.found)",
        argument: argument)
    }
    var files: [SoundFiles.File] = []
    for path in paths {
      let found = try SoundFiles(path.path, interrupt: session.interrupt)
      if let notice = found.notice { session.notice(notice) }
      files += found.files
    }
    self = .files(files)
  }

  /// - Throws: `CommandError` for windows of clips that are cut already.
  func options(
    _ model: AudioClassifier, _ window: Double?, _ hop: Double?, batch: Int, skips: Bool
  ) throws -> PredictionOptions {
    var options = PredictionOptions()
    (options.batch, options.skips) = (batch, skips)
    if case .clips = self, let given = window.map({ _ in "window" }) ?? hop.map({ _ in "hop" }) {
      throw CommandError(
        "'\(given)' is for files; the clips of a dataset are cut already", argument: given,
        hint: "dataset …, \(given): \((window ?? hop ?? 0).shortText)s")
    }
    options.windows = try model.windows(of: window, hop: hop)
    return options
  }

  func predict(
    _ model: AudioClassifier, _ options: PredictionOptions, _ session: Session,
    row: (Prediction) throws -> Void
  ) throws {
    switch self {
    case .clips(let view):
      try model.predict(
        view, batch: options.batch, interrupt: session.interrupt,
        progress: {
          session.progress("predict  \($0)/\($1) clips  \(ProgressBar.text($0, of: $1))")
        }, row: row)
    case .files(let files):
      let report = try model.predict(
        files, options, interrupt: session.interrupt,
        progress: { session.progress($0.line("predict")) }, row: row)
      for notice in report.notices { session.notice(notice) }
    }
  }

  func embed(
    _ model: AudioClassifier, _ layer: Int?, _ pooling: Pooling?, _ options: PredictionOptions,
    _ session: Session
  ) throws -> Embeddings {
    switch self {
    case .clips(let view):
      return try model.embed(
        view, layer: layer, pooling: pooling, batch: options.batch, interrupt: session.interrupt
      ) {
        session.progress("embed  \($0)/\($1) clips  \(ProgressBar.text($0, of: $1))")
      }
    case .files(let files):
      let (embeddings, report) = try model.embed(
        files, layer: layer, pooling: pooling, options, interrupt: session.interrupt
      ) { session.progress($0.line("embed")) }
      for notice in report.notices { session.notice(notice) }
      return embeddings
    }
  }
}

extension PredictionProgress {
  /// A line of progress.
  public func line(_ what: String) -> String {
    "\(what)  \(files)/\(total) file\(total == 1 ? "" : "s")  \(DurationText.rounded(seconds)) of sound  "
      + ProgressBar.text(files, of: total)
  }
}

extension PredictionReport {
  /// What a person should know, a sentence each.
  public var notices: [String] {
    var notices: [String] = []
    if cut > 0 {
      let length = DurationText.about(seconds)
      notices.append(
        "\(cut) recording\(cut == 1 ? " is" : "s are") longer than the \(length) that the model looks "
          + "at: only the beginning was predicted (window: \(length) takes all)")
    }
    if let first = skipped.first {
      notices.append(
        "skipped \(skipped.count) file\(skipped.count == 1 ? "" : "s") that cannot be used, such as "
          + "'\(first.name)': \(first.reason)")
    }
    return notices
  }
}
