/// What can go wrong inside the engine itself: shapes, settings, numbers.
public enum EngineError: DescribedError, Equatable {
  /// `operation` needed a tensor of `expected` shape (words or numbers) and got `found`.
  case shape(operation: String, expected: String, found: [Int])
  /// A setting's value lies outside what the method or model allows.
  case setting(name: String, expected: String, found: String)
  /// A setting's text is none of those it takes.
  case choice(name: String, found: String, allowed: [String])
  /// A name that is not known, with the nearest known ones to choose from.
  case unknownName(kind: String, name: String, known: [String])
  /// Classes of the data that the model does not tell apart.
  case classes(missing: [String], known: [String])
  /// The loss or a gradient stopped being a finite number at this optimiser step.
  case notFinite(what: String, step: Int)
  /// What was asked for cannot be done in the present state; `reason` says why.
  case refused(String)
  /// The system does not give so much more memory.
  case memory(bytes: Int, for: String)
  /// The user asked to stop (Ctrl-C); nothing was changed.
  case interrupted
}

extension EngineError {
  public var message: String {
    switch self {
    case .shape(let operation, let expected, let found):
      "\(operation) expected \(expected), found a tensor of shape \(found)"
    case .setting(let name, let expected, let found):
      "'\(name)' must be \(expected), found \(found)"
    case .choice(let name, let found, let allowed):
      "'\(name)': \(Self.quoted(found)) is none of "
        + allowed.map(Self.quoted).joined(separator: ", ")
    case .unknownName(let kind, let name, _):
      "there is no \(kind) called '\(name)'"
    case .classes(let missing, let known) where ClassificationTask.areNumbers(known):
      "the model's \(known.count) classes have no names (\(EngineError.list(known))), so the "
        + "data's cannot be found among them (\(EngineError.list(missing)))"
    case .classes(let missing, let known):
      "the model has no class \(missing.prefix(3).map { "'\($0.shown)'" }.joined(separator: ", "))"
        + (missing.count > 3 ? " and \(missing.count - 3) more of the data's" : "")
        + ", it knows \(EngineError.list(known))"
    case .notFinite(let what, let step):
      "\(what) is not a finite number at step \(step)"
    case .refused(let reason): reason
    case .memory(let bytes, let purpose):
      "there is no memory for \(purpose): \(Self.size(bytes)) more are needed"
    case .interrupted: "interrupted"
    }
  }

  /// The first names of a list, and how many more there are.
  static func list(_ names: [String], first: Int = 5) -> String {
    names.prefix(first).map(\.shown).joined(separator: ", ")
      + (names.count > first ? " and \(names.count - first) more" : "")
  }

  /// As a script would write it.
  private static func quoted(_ text: String) -> String { "\"\(text.shown)\"" }

  private static func size(_ bytes: Int) -> String {
    bytes < 10_000_000 ? "\(bytes) bytes" : "\(bytes / 1_000_000) MB"
  }

  /// Known names, as many as one reads.
  private func list(_ known: [String]) -> String? {
    guard !known.isEmpty else { return nil }
    let most = 12
    return "known: \(known.sorted().prefix(most).joined(separator: ", "))"
      + (known.count > most ? " and \(known.count - most) more" : "")
  }

  public var hint: String? {
    switch self {
    case .choice(_, let found, let allowed):
      NearestName.find(found, in: allowed).map { "did you mean \(Self.quoted($0))?" }
    case .unknownName(_, let name, let known):
      NearestName.find(name, in: known).map { "did you mean '\($0)'?" }
        ?? list(known)
    case .classes(_, let known) where ClassificationTask.areNumbers(known):
      "model FILE, classes: [...] gives the outputs names, in their order; load adapters after it"
    case .classes(let missing, let known):
      missing.lazy.compactMap { name in
        NearestName.find(name, in: known).map { "did you mean '\($0.shown)' for '\(name.shown)'?" }
      }.first ?? "model NAME, classes: clips.classes makes a new head for the data's"
    case .memory: "a smaller batch and fewer threads need less; 'ulimit -v' shows a limit"
    case .notFinite: "a lower learning rate often helps; the last good weights are kept"
    default: nil
    }
  }
}
