import ASTKit

/// What may stand at the cursor: candidates, and the part of the text that they replace.
public struct Completions: Sendable, Equatable {
  public struct Candidate: Sendable, Equatable {
    public enum Kind: String, Sendable {
      case command, argument, variable, member, value, path, keyword
    }
    /// What to put in place of the replaced part.
    public let text: String
    public let kind: Kind
    /// One line about it, or an empty text.
    public let detail: String

    public init(_ text: String, _ kind: Kind, _ detail: String = "") {
      self.text = text
      self.kind = kind
      self.detail = detail
    }
  }

  /// UTF-8 offsets of the text.
  public var range: Range<Int>
  public var candidates: [Candidate]
}

extension Session {
  /// What may stand at `offset` of a text; nothing is run or changed.
  public func completions(in text: String, at offset: Int) -> Completions {
    let bytes = Array(text.utf8)
    let offset = min(max(offset, 0), bytes.count)
    let context = CompletionContext(String(decoding: bytes[..<offset], as: UTF8.self))
    let start = offset - context.prefix.utf8.count
    let candidates = Completion(session: self, context: context).candidates
    return Completions(range: max(0, start)..<offset, candidates: candidates)
  }
}

/// Finds the candidates for one place.
struct Completion {
  let session: Session
  let context: CompletionContext
  typealias Candidate = Completions.Candidate

  var candidates: [Candidate] {
    switch context.place {
    case .comment: return []
    case .text(let command, let argument, let position):
      return textValues(command, argument, position)
    case .member(let path): return members(path)
    case .help: return names(isStart: true) + methods()
    case .argument(let command, let used, let position):
      return arguments(command, used, position) + words(command, position)
        + names(isStart: false)
    case .value(let command, let argument):
      return allowed(command, argument) + names(isStart: false)
    case .start: return names(isStart: true)
    case .expression: return names(isStart: false)
    }
  }

  // MARK: - Names

  private func names(isStart: Bool) -> [Candidate] {
    var found: [Candidate] = []
    for (name, value) in session.variables {
      found.append(Candidate(name, .variable, value.inline(limit: 40)))
    }
    for constant in Constants.all {
      found.append(Candidate(constant.name, .value, constant.summary))
    }
    for command in Commands.all {
      found.append(Candidate(command.name, .command, command.summary))
    }
    let words: [Keyword] =
      isStart
      ? [.if, .for, .while, .func, .return, .break, .continue, .try, .param]
      : [.true, .false, .nil, .not, .and, .or, .in]
    found += words.map { Candidate($0.rawValue, .keyword) }
    return found.filter { matches($0.text) }.sorted { rank($0, isStart) < rank($1, isStart) }
  }

  /// Commands first where a statement starts, variables first elsewhere; then by name.
  private func rank(_ candidate: Candidate, _ isStart: Bool) -> String {
    let order: [Candidate.Kind] =
      isStart ? [.command, .variable, .keyword, .value] : [.variable, .value, .command, .keyword]
    return "\(order.firstIndex(of: candidate.kind) ?? 9) \(candidate.text)"
  }

  private func methods() -> [Candidate] {
    (ListMembers.all + TextMembers.all + RecordMembers.all)
      .filter { matches($0.command.name) }
      .map { Candidate($0.command.name, .member, $0.command.summary) }
  }

  private func matches(_ name: String) -> Bool {
    context.prefix.isEmpty || name.hasPrefix(context.prefix)
  }

  // MARK: - Arguments

  private func parameters(_ name: String) -> [ArgumentDescription]? {
    if let command = Commands.named(name) { return command.arguments }
    if case .function(let function)? = session.interpreter.variable(name),
      case .script(let script, let source, _) = function.kind
    {
      return script.parameters.map {
        ArgumentDescription(
          name: $0.name, summary: "of func \(name)", typeDescription: "a value",
          isRequired: $0.defaultValue == nil,
          defaultText: $0.defaultValue.map { source.text(in: $0.range) })
      }
    }
    return nil
  }

  private func arguments(_ name: String, _ used: Set<String>, _ position: Int) -> [Candidate] {
    guard let arguments = parameters(name) else { return [] }
    return arguments.enumerated().filter { place, argument in
      // Those before the cursor are given by their place; a required one comes without name.
      let isGiven = place < position && !argument.isNamedOnly && !argument.isVariadic
      return !used.contains(argument.name) && !isGiven && !argument.isVariadic
        && !(argument.isRequired && place == position && !argument.isNamedOnly)
        && matches(argument.name)
    }.map { _, argument in
      Candidate(argument.name + ": ", .argument, Help.facts(about: argument))
    }
  }

  /// Bare words that a command takes first, as `csv` after `write`.
  private func words(_ name: String, _ position: Int) -> [Candidate] {
    guard position == 0, let first = Commands.named(name)?.arguments.first, context.isBare else {
      return []
    }
    return first.allowed.filter(matches).map { Candidate($0, .value, first.summary) }
  }

  private func argument(_ name: String, _ argument: String) -> ArgumentDescription? {
    parameters(name)?.first { $0.name == argument }
  }

  private func allowed(_ name: String, _ argument: String) -> [Candidate] {
    guard let description = self.argument(name, argument) else { return [] }
    var found = description.allowed.map(\.quoted)
    if description.typeDescription == Bool.typeDescription { found = ["true", "false"] }
    return found.filter(matches).map { Candidate($0, .value, description.summary) }
  }

  // MARK: - Members

  private func members(_ path: [String]) -> [Candidate] {
    guard let first = path.first, var value = session.interpreter.lookUp(first) else { return [] }
    for name in path.dropFirst() {
      // A member may compute something; at Tab only what is at hand is looked at.
      guard let next = try? Members.value(of: value, name, in: session) else { return [] }
      value = next
    }
    return Members.names(of: value).filter(matches).map { name in
      let member = Members.find(name, of: value)
      var detail = member?.command.summary ?? ""
      if case .object(let object) = value { detail = object.memberSummary(name) ?? detail }
      if case .record(let record) = value, let part = record[name] {
        detail = part.inline(limit: 40)
      }
      return Candidate(name, .member, detail)
    }
  }

  // MARK: - Inside quotes

  private func textValues(_ name: String?, _ label: String?, _ position: Int) -> [Candidate] {
    if let name, let arguments = parameters(name) {
      let described =
        label.flatMap { label in arguments.first { $0.name == label } }
        ?? (position < arguments.count ? arguments[position] : nil)
      if let described, !described.allowed.isEmpty {
        return described.allowed.filter(matches).map { Candidate($0, .value, described.summary) }
      }
      if let described, described.kind == .value, described.typeDescription != "a value",
        described.typeDescription != String.typeDescription
      {
        return []
      }
    }
    return paths()
  }

  /// File names as the string around the cursor must spell them.
  private func paths() -> [Candidate] {
    guard context.quote == "\"" else {
      // Between single quotes there are no escapes: such a name cannot be written there.
      return PathCompletion.candidates(context.prefix).filter {
        !$0.text.contains("'") && $0.text.printable == $0.text
      }
    }
    var typed = context.prefix
    if case .string(let text)? = ParameterText.literal("\"\(typed)\"") { typed = text }
    return PathCompletion.candidates(typed).map {
      Candidate(String($0.text.quoted.dropFirst().dropLast()), .path, $0.detail)
    }
  }
}
