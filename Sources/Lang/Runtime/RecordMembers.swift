/// What records can do; a record's own names go before these.
enum RecordMembers {
  private static let record = Argument<Record>("record", "the record")

  static let all: [Member] = [
    .property(
      Command("count", "How many values it holds.", example: "[a: 1].count", record) {
        _, record in .count(record.count)
      }),
    .property(
      Command("keys", "Its names as a list.", example: "[a: 1].keys", record) { _, record in
        .strings(record.keys)
      }),
    .property(
      Command("values", "Its values as a list.", example: "[a: 1].values", record) { _, record in
        .list(List(record.values))
      }),
    .method(
      Command(
        "contains", "Whether it has a name.", example: "[a: 1].contains(\"a\")", record,
        Argument<String>("key", "the name to look for")
      ) { _, record, key in .bool(record[key] != nil) }),
    .method(
      Command(
        "without", "The record without one of its names.", example: "[a: 1, b: 2].without(\"a\")",
        record, Argument<String>("key", "the name to leave out")
      ) { _, record, key in
        var result = record
        result[key] = nil
        return .record(result)
      }),
  ]
}

/// What numbers with a unit can do.
enum QuantityMembers {
  static let all: [Member] = [
    .property(
      Command(
        "amount", "The number without its unit.", example: "(10ms).amount",
        Argument<Value>("quantity", "the quantity")
      ) { _, value in
        if case .quantity(let quantity) = value { .number(quantity.amount) } else { value }
      }),
    .property(
      Command(
        "unit", "The name of its unit.", example: "(10ms).unit",
        Argument<Value>("quantity", "the quantity")
      ) { _, value in
        if case .quantity(let quantity) = value { .string(quantity.unit.name) } else { .nil }
      }),
  ]
}
