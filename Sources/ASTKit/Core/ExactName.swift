/// A name that equals another only if its bytes do.
///
/// A `String` equals every canonically equivalent one: "é" as one code point and as a letter
/// with an accent behind it. To the system these are two files, to a label file two classes.
public struct ExactName: Hashable, Comparable, Sendable {
  /// The name as it stands.
  public let text: String

  /// The name `text`, whose bytes decide what it equals.
  public init(_ text: String) { self.text = text }

  /// Whether the bytes of both are the same.
  public static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  /// By bytes, which is by code point, whatever the user's locale.
  public static func < (a: Self, b: Self) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }

  /// Hashes the bytes, as equality compares them.
  public func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}
