/// Where a session's text goes: a terminal, a pipe, a page of a report or a test's string.
public protocol OutputSink: AnyObject {
  /// Values and tables, to standard output. `text` holds its own newlines.
  func write(_ text: String)
  /// Diagnostics and notices, to standard error.
  func writeError(_ text: String)
  /// Shows `line` as the live progress line in place of the last one; `nil` takes it away.
  /// Does nothing when nobody is watching.
  func showProgress(_ line: String?)
  /// Whether a person watches, so that progress and colour make sense.
  var isTerminal: Bool { get }
  /// Whether escape sequences for colour may be written (a terminal, and no `NO_COLOR`).
  var usesColor: Bool { get }
  /// Columns and rows to fit tables and text plots into.
  var size: (columns: Int, rows: Int) { get }
}
