import ASTKit

extension Interpreter {
  /// One step from a container to a part of it.
  private enum Step {
    case member(String, SourceRange)
    case index(Value, SourceRange)

    var range: SourceRange {
      switch self {
      case .member(_, let range), .index(_, let range): range
      }
    }
  }

  /// `target = value` or `target += value`. The value is computed first, so that a failure
  /// leaves the target as it was.
  func assign(
    _ target: Syntax.Expression, _ operation: Syntax.BinaryOperator?,
    _ expression: Syntax.Expression
  ) throws {
    if case .name(let name) = target.kind { try checkAssignable(name, target.range) }
    let value = try evaluate(expression)
    var steps: [Step] = []
    var root = target
    while true {
      switch root.kind {
      case .member(let base, let name, let range):
        steps.insert(.member(name, range), at: 0)
        root = base
        continue
      case .index(let base, let key):
        steps.insert(.index(try evaluate(key), key.range), at: 0)
        root = base
        continue
      default: break
      }
      break
    }
    try checkDepth(value, adding: steps.count, expression.range)
    let range = target.range.through(expression.range)
    guard case .name(let name) = root.kind else {
      var container = try evaluate(root)
      return try store(value, operation, in: &container, steps[...], range)
    }
    if steps.isEmpty && operation == nil { return setVariable(name, value) }
    try change(name, root.range, steps, value, operation, range)
  }

  private func change(
    _ name: String, _ nameRange: SourceRange, _ steps: [Step], _ value: Value,
    _ operation: Syntax.BinaryOperator?, _ range: SourceRange
  ) throws {
    guard var container = variable(name) else {
      if Commands.named(name) != nil || Constants.named(name) != nil {
        try checkAssignable(name, nameRange)
      }
      throw failure(
        "there is no variable '\(name)' to change", nameRange, didYouMean(name, knownNames))
    }
    if frame != nil, frame?.locals[name] == nil {
      guard !steps.isEmpty, try reachesObject(container, steps) else {
        throw failure(
          "'\(name)' belongs to the script; a func reads it but cannot change it", nameRange,
          "return the new value and assign it outside")
      }
    }
    // Emptied out while it changes, so that a list that nobody else holds is not copied.
    let isLocal = frame?.locals[name] != nil
    if isLocal { frame?.locals[name] = .nil } else { globals[name] = .nil }
    defer {
      if isLocal { frame?.locals[name] = container } else { globals[name] = container }
    }
    try store(value, operation, in: &container, steps[...], range)
  }

  /// Whether a path comes to an object of the engine, which is shared and may be changed.
  private func reachesObject(_ container: Value, _ steps: [Step]) throws -> Bool {
    var value = container
    for step in steps {
      if case .object = value { return true }
      switch step {
      case .member(let name, let range): value = try member(of: value, name, range)
      case .index(let key, let range):
        value = try locating(range) { try Indexing.value(of: value, at: key) }
      }
    }
    return false
  }

  /// Puts a value at the end of a path. When it throws, `container` is as it was.
  private func store(
    _ value: Value, _ operation: Syntax.BinaryOperator?, in container: inout Value,
    _ steps: ArraySlice<Step>, _ range: SourceRange
  ) throws {
    guard let step = steps.first else {
      guard let operation else {
        container = value
        return
      }
      return try locating(range) {
        if operation == .add {
          try Operators.add(&container, value)
        } else {
          container = try Operators.apply(operation, container, value)
        }
      }
    }
    let rest = steps.dropFirst()
    // Not a switch over both: a tuple would hold on to the container while it changes.
    if case .list(var list) = container, case .index(let key, let keyRange) = step {
      let position = try locating(keyRange) {
        try Indexing.position(key, count: list.count, of: "list")
      }
      container = .nil
      var item = list.take(position)
      defer {
        list[position] = item
        container = .list(list)
      }
      try store(value, operation, in: &item, rest, range)
    } else if case .record(var record) = container {
      let name = try key(step)
      if record[name] == nil, !rest.isEmpty || operation != nil {
        throw located(Indexing.missing(name, record), step.range)
      }
      guard record[name] != nil || record.count < Limits.listCount else {
        throw failure(
          "this record would hold more than \(Limits.listCount.grouped) values", step.range)
      }
      let exists = record[name] != nil
      container = .nil
      var item = record.take(name) ?? .nil
      defer { container = .record(record) }
      do { try store(value, operation, in: &item, rest, range) } catch {
        if exists { record[name] = item }
        throw error
      }
      record[name] = item
    } else if case .object(let object) = container, case .member(let name, let nameRange) = step {
      try store(value, operation, in: object, name, rest, nameRange, range)
    } else {
      let what = container.typeDescription
      let message: String
      switch step {
      case .member(let name, _): message = "\(what) has no member '\(name)' to change"
      case .index: message = "a part of \(what) cannot be changed"
      }
      throw failure(message, step.range)
    }
  }

  private func key(_ step: Step) throws -> String {
    switch step {
    case .member(let name, _): return name
    case .index(let key, let range): return try locating(range) { try Indexing.key(key) }
    }
  }

  private func store(
    _ value: Value, _ operation: Syntax.BinaryOperator?, in object: any LangObject,
    _ name: String, _ rest: ArraySlice<Step>, _ nameRange: SourceRange, _ range: SourceRange
  ) throws {
    if rest.isEmpty && operation == nil {
      return try locating(nameRange) { try object.setMember(name, to: value) }
    }
    var part = try member(of: .object(object), name, nameRange)
    try store(value, operation, in: &part, rest, range)
    // A member that is an object itself has changed in place.
    if case .object = part, !rest.isEmpty { return }
    try locating(nameRange) { try object.setMember(name, to: part) }
  }
}
