import ASTKit

/// What lists, ranges and curves can do.
enum ListMembers {
  private static let list = Argument<List>("list", "the list")

  static let all: [Member] = properties + methods

  static let properties: [Member] = [
    .property(
      Command("count", "How many values it holds.", example: "[1, 2].count", list) { _, list in
        .count(list.count)
      }),
    .property(
      Command("first", "Its first value, or nil.", example: "[1, 2].first", list) { _, list in
        list.first ?? .nil
      }),
    .property(
      Command("last", "Its last value, or nil.", example: "[1, 2].last", list) { _, list in
        list.last ?? .nil
      }),
    .property(
      Command("reversed", "Its values from last to first.", example: "[1, 2].reversed", list) {
        _, list in .list(List(list.items.reversed()))
      }),
    .property(
      Command("unique", "Its values without repetitions.", example: "[1, 1, 2].unique", list) {
        session, list in .list(try unique(list, session.interrupt))
      }),
    .property(
      Command("sum", "The sum of its numbers.", example: "[1, 2].sum", list) { _, list in
        .number(try Statistics.numbers(list).reduce(0, +))
      }),
    .property(
      Command("mean", "The mean of its numbers.", example: "[1, 2].mean", list) { _, list in
        .number(try Statistics.mean(Statistics.numbers(list)))
      }),
    .property(
      Command("min", "Its smallest number.", example: "[1, 2].min", list) { _, list in
        try Statistics.least(list, by: <)
      }),
    .property(
      Command("max", "Its largest number.", example: "[1, 2].max", list) { _, list in
        try Statistics.least(list, by: >)
      }),
  ]

  static let methods: [Member] = [
    .method(
      Command(
        "sorted", "Its values in order; records by one of their members.",
        example: "[3, 1].sorted(descending: true)", list,
        Argument<String?>("by", "the member of each record to sort by"),
        Argument<Bool>("descending", "largest first", default: false)
      ) { session, list, key, descending in
        .list(try sorted(list, by: key, descending, session.interrupt))
      }),
    .method(
      Command(
        "contains", "Whether a value is in it.", example: "[1, 2].contains(2)", list,
        Argument<Value>("value", "the value to look for")
      ) { session, list, value in
        .bool(try list.position(of: value, session.interrupt) != nil)
      }),
    .method(
      Command(
        "index", "Where a value stands first, or nil.", example: "[5, 6].index(6)", list,
        Argument<Value>("value", "the value to look for")
      ) { session, list, value in
        try list.position(of: value, session.interrupt).map(Value.count) ?? .nil
      }),
    .method(
      Command(
        "map", "What a func gives for each value.", example: "[1, 4].map(sqrt)", list,
        Argument<FunctionValue>("func", "called with each value")
      ) { session, list, function in
        .list(try list.map { try session.call(function, [$0]) })
      }),
    .method(
      Command(
        "filter", "The values for which a func gives true.",
        example: "[1, 5].filter(func(x) { return x > 2 })", list,
        Argument<FunctionValue>("func", "called with each value, gives true or false")
      ) { session, list, function in
        .list(
          try list.filter { item in
            let answer = try session.call(function, [item])
            guard case .bool(let keep) = answer else {
              throw CommandError(
                "'func' must give true or false, found \(answer.found)", argument: "func")
            }
            return keep
          })
      }),
    .method(
      Command(
        "joined", "Its values as one text.", example: "[1, 2].joined(\", \")", list,
        Argument<String>("separator", "what stands between", default: "")
      ) { session, list, separator in
        var text = ""
        for (position, item) in list.enumerated() {
          try session.interrupt.check()
          if position > 0 { text += separator }
          text += try item.text(interrupt: session.interrupt)
          guard text.utf8.count <= Limits.stringBytes else {
            throw CommandError(
              "the joined text would be longer than \(Limits.stringBytes / 1_000_000) MB")
          }
        }
        return .string(text)
      }),
  ]

  private static func unique(_ list: List, _ interrupt: InterruptFlag) throws -> List {
    var seen = ValueSet()
    return List(
      try list.filter { item in
        try interrupt.check()
        return try seen.insert(item, interrupt)
      })
  }

  private static func sorted(
    _ list: List, by key: String?, _ descending: Bool, _ interrupt: InterruptFlag
  ) throws -> List {
    let keys = try list.map { item -> Value in
      guard let key else {
        if case .record(let record) = item {
          throw CommandError(
            "records are sorted by a member",
            hint: record.keys.first.map { "write .sorted(\($0.quoted))" })
        }
        return item
      }
      guard case .record(let record) = item else {
        throw CommandError(
          "\(key.quoted) sorts records, found \(item.typeDescription)", argument: "by")
      }
      guard let value = record[key] else {
        throw CommandError(
          "a record has no \(key.quoted)", argument: "by", hint: didYouMean(key, record.keys))
      }
      return value
    }
    let order = try keys.indices.sorted { a, b in
      try interrupt.check()
      // Ties keep their order, which also makes the result independent of the algorithm.
      if try Statistics.isLess(keys[a], keys[b]) { return !descending }
      if try Statistics.isLess(keys[b], keys[a]) { return descending }
      return a < b
    }
    return List(order.map { list[$0] })
  }
}

extension List {
  /// Where a value that is equal to `value` stands first, or `nil`.
  func position(of value: Value, _ interrupt: InterruptFlag?) throws -> Int? {
    try firstIndex { item in
      try interrupt?.check()
      return try ValueComparison.areEqual(item, value, interrupt: interrupt)
    }
  }
}
