/// A value that every script can name, such as `pi`, or a position of an adapter.
public struct Constant: Sendable {
  public let name: String
  /// One line for help.
  public let summary: String
  public let value: Value

  public init(_ name: String, _ summary: String, _ value: Value) {
    self.name = name
    self.summary = summary
    self.value = value
  }
}

/// Every constant of the language, family by family.
public enum Constants {
  public static let all: [Constant] = positions + numbers

  static let numbers: [Constant] = [
    Constant("pi", "The ratio of a circle's circumference to its diameter.", .number(.pi)),
    Constant("inf", "A number greater than every other.", .number(.infinity)),
    Constant("nan", "The result of a computation that has none.", .number(.nan)),
  ]

  private static let byName: [String: Constant] =
    Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// The constant called `name`.
  public static func named(_ name: String) -> Constant? { byName[name] }
}
