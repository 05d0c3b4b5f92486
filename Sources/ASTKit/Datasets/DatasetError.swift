/// A file that was left out, or stands in the way, and why.
public struct UnusableFile: Sendable, Equatable {
  /// The path below the data set's folder.
  public var name: String
  /// What is wrong, as in `AudioError.reason`.
  public var reason: String

  public init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }
}

/// What can be wrong with a data set, its splits and its batches.
public enum DatasetError: DescribedError, Equatable {
  /// There is no such file or folder.
  case missing(path: String)
  /// A folder was expected.
  case notFolder(path: String)
  /// The system does not let us list it.
  case unreadable(path: String, reason: String)
  /// No sound file anywhere below; `others` files of other kinds are there.
  case noAudio(path: String, others: Int, extensions: [String])
  /// This file does not lie in a folder that could be its class; `label` is the level asked
  /// for, `nil` for the folder that holds the file.
  case notDeepEnough(file: String, label: Int?, folders: Int)
  /// Fewer than two classes: there is nothing to tell apart. What was passed over may be why.
  case noClasses(path: String, found: [String], passedOver: [PassedOver] = [])
  /// Fewer than two classes in a table or a corpus.
  case oneClass(name: String, found: [String])
  /// Files that cannot be decoded, and how many files there are in all.
  case undecodable(files: [UnusableFile], of: Int)
  /// These classes have too few clips to give every part one.
  case classTooSmall(classes: [ClassCount], needed: Int, what: String)
  /// A part's fraction is not in (0, 1].
  case fraction(part: String, found: Double)
  /// The fractions add up to more than 1.
  case fractionSum(Double)
  /// Fewer than 1 training clip a class asked for.
  case perClass(Int)
  /// A batch size below 1.
  case batchSize(Int)
  /// A batch, or as many of them as a step takes, larger than what it is drawn from.
  case batchTooLarge(batch: Int, parts: Int = 1, clips: Int, part: String)
  /// The system does not give the memory for the features.
  case memory(bytes: Int)
  /// The disk does not give features back that were kept in a file.
  case lost
  /// A sound file whose contents are no longer those that were loaded.
  case changedFile(path: String)
  /// Windows of more seconds than the model looks at.
  case longWindow(window: Double, seen: Double)
  /// The data set needs a setting that was not given.
  case settingMissing(source: String, setting: String)
  /// The data set does not have a setting that was given, only the known ones.
  case settingUnused(source: String, setting: String, known: [String])
  /// A folder that does not hold the corpus, nor does one in it: what would tell it, and what is
  /// there.
  case notCorpus(path: String, corpus: String, expected: [String], found: [String])
  /// There is no such table.
  case noFile(path: String)
  /// A table, or a folder of tables, that says nothing of any recording.
  case noRows(path: String)
  /// No sound file belongs to annotations.
  case noSound(annotations: String, folder: String)
  /// A row of a table is not what the corpus has there.
  case manifest(path: String, line: Int, column: String?, expected: String, found: String)
  /// A column that the table of the clips does not have.
  case noColumn(name: String, known: [String])
  /// Too few of what folds are made of.
  case folds(needed: Int, found: Int, what: String)
  /// The data set has no folds of its own.
  case noFolds(name: String)

  static func manifest(path: String, _ failure: CSVTable.Failure) -> DatasetError {
    .manifest(
      path: path, line: failure.line, column: failure.column, expected: failure.expected,
      found: failure.found)
  }

  /// A class and its number of clips.
  public struct ClassCount: Sendable, Equatable {
    public var name: String
    public var count: Int
  }
}

extension DatasetError {
  public var message: String {
    switch self {
    case .missing(let path): "there is no folder '\(path)'"
    case .notFolder(let path): "'\(path)' is a file, expected a folder"
    case .unreadable(let path, let reason): "the folder '\(path)' cannot be read: \(reason)"
    case .noAudio(let path, let others, let extensions):
      "'\(path)' holds no sound files (\(others) other files; looked for "
        + "\(extensions.map { ".\($0)" }.joined(separator: " ")))"
    case .notDeepEnough(let file, let label?, let folders):
      "'\(file)' lies in \(folders) \(folders == 1 ? "folder" : "folders"), so there is no "
        + "folder \(label) to take its class from"
    case .notDeepEnough(let file, nil, _):
      "'\(file)' lies in no folder below the path, so it has no class"
    case .noClasses(let path, let found, let passedOver):
      "'\(path)' has no classes: expected at least two folders with sound files, found "
        + (found.isEmpty ? "none" : "only '\(found[0])'")
        + (PassedOver.sentence(passedOver).map { "; \($0)" } ?? "")
    case .oneClass(let name, let found):
      "'\(name)' has clips of "
        + (found.first.map { "one class only, '\($0.shown)'" } ?? "no class")
        + "; there is nothing to tell apart"
    case .undecodable(let files, let total):
      "\(files.count) of \(total) files cannot be used: \(DatasetError.list(files))"
    case .classTooSmall(let classes, let needed, let what):
      DatasetError.list(classes) + ", \(what) needs at least \(needed) a class"
    case .fraction(let part, let found):
      "the fraction '\(part)' must be above 0 and at most 1, found \(found)"
    case .fractionSum(let sum): "the fractions add up to \(sum), expected at most 1"
    case .perClass(let found): "'perClass' must be at least 1, found \(found)"
    case .batchSize(let found): "a batch holds at least 1 clip, found \(found)"
    case .batchTooLarge(let batch, let parts, let clips, let part):
      (parts == 1
        ? "a batch of \(batch) is larger"
        : "a step of \(parts) batches of \(batch), as 'accumulate' has it, is larger")
        + " than '\(part)' with its \(clips) clips"
    case .memory(let bytes): "no memory for \(bytes >> 20) MB of features"
    case .lost: "features that were kept on the disk can no longer be read"
    case .changedFile(let path):
      "'\(path)' is no longer the sound that was loaded: its contents have changed"
    case .longWindow(let window, let seen):
      "a window of \(window) s is longer than the \(seen) s that the model looks at"
    case .settingMissing(let source, let setting): "dataset \"\(source)\" needs '\(setting)'"
    case .settingUnused(let source, let setting, _):
      "dataset \"\(source)\" has no setting '\(setting.shown)'"
    case .notCorpus(let path, let corpus, let expected, let found):
      "'\(path)' is not the folder of \(corpus), nor does it hold it: expected "
        + "'\(expected[0])', found " + DatasetError.names(found)
    case .noFile(let path): "there is no file '\(path)'"
    case .noRows(let path): "'\(path)' says nothing of any recording: expected a row for each"
    case .noSound(let annotations, let folder):
      "no sound file in '\(folder)' has the name of '\(PathBytes.lastComponent(of: annotations))'"
    case .manifest(let path, let line, let column, let expected, let found):
      "'\(path)', line \(line)\(column.map { ", column '\($0)'" } ?? ""): expected \(expected), "
        + "found \(found)"
    case .noColumn(let name, let known):
      "nothing of the clips is called '\(name.shown)'; there is \(EngineError.list(known))"
    case .folds(let needed, let found, let what):
      "folds need at least \(needed) \(what), found \(found)"
    case .noFolds(let name): "'\(name)' has no folds of its own"
    }
  }

  public var hint: String? {
    switch self {
    case .noClasses: "put each class in a folder of its own, or choose another 'label' level"
    case .notDeepEnough(_, .some, _): "choose a smaller 'label', or leave it out"
    case .notDeepEnough(_, nil, _): "move it into the folder of its class"
    case .undecodable: "'skip: true' goes on without them"
    case .classTooSmall: "add clips, leave the class out, or split into fewer parts"
    case .batchTooLarge(_, 1, let clips, _): "at most \(clips)"
    case .batchTooLarge(_, _, let clips, _): "at most \(clips) clips a step"
    case .noColumn(let name, let known):
      NearestName.find(name, in: known).map { "did you mean '\($0)'?" }
    case .settingUnused(let source, _, let known):
      known.isEmpty
        ? "\"\(source)\" takes its path alone" : "its settings are \(known.joined(separator: ", "))"
    case .noFolds: "'folds(clips, 5)' makes them"
    case .lost: "load the data again"
    case .changedFile: "put the file back, or load the data again and make a new trainer"
    case .longWindow(let window, _):
      "\(Int(clamped: (window * 100).rounded(.up))) frames, or a shorter window"
    case .memory: "fewer 'frames' or 'seconds' need less"
    default: nil
    }
  }

  /// The first names, and how many more.
  private static func names(_ names: [String], first: Int = 5) -> String {
    if names.isEmpty { return "nothing" }
    let more = names.count > first ? " and \(names.count - first) more" : ""
    return names.prefix(first).map { "'\($0.shown)'" }.joined(separator: ", ") + more
  }

  /// The first files with their reasons, and how many more.
  static func list(_ files: [UnusableFile], first: Int = 3) -> String {
    let shown = files.prefix(first).map { "\($0.name): \($0.reason)" }
    let more = files.count > first ? ["and \(files.count - first) more"] : []
    return (shown + more).joined(separator: "; ")
  }

  private static func list(_ classes: [ClassCount], first: Int = 5) -> String {
    let shown = classes.prefix(first).map {
      "class '\($0.name)' has \($0.count) \($0.count == 1 ? "clip" : "clips")"
    }
    let more = classes.count > first ? ["and \(classes.count - first) more classes"] : []
    return (shown + more).joined(separator: ", ")
  }
}
