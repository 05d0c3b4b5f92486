import Lang

/// An output that counts what it is given, and looks at what is said of errors.
package final class CollectedOutput: OutputSink {
  package let isTerminal = false
  package let usesColor = false
  package let size = (columns: 80, rows: 24)
  /// A digest of all that was written.
  package private(set) var digest = 0
  /// The first error's text that a terminal would not show as it stands.
  package private(set) var fault: String?

  package init() {}

  package func write(_ text: String) { add(text) }

  package func writeError(_ text: String) {
    add(text)
    if fault == nil { fault = Self.fault(of: text) }
  }

  package func showProgress(_ line: String?) {}

  private func add(_ text: String) {
    digest = text.utf8.reduce(digest) { $0 &* 31 &+ Int($1) }
  }

  /// What is wrong with the drawing of an error: control characters, or nothing at all.
  package static func fault(of text: String) -> String? {
    if text.allSatisfy(\.isWhitespace) { return "an error without words" }
    let bad = text.unicodeScalars.first {
      $0.properties.generalCategory == .control && $0 != "\n"
    }
    return bad.map {
      "an error with U+\(String($0.value, radix: 16)): \(text.debugDescription.prefix(300))"
    }
  }
}
