import Lang

/// A session's text, kept for a look.
final class RecordedOutput: OutputSink {
  private(set) var output = ""
  private(set) var error = ""
  let isTerminal = false
  let usesColor = false
  let size = (columns: 80, rows: 24)

  func write(_ text: String) { output += text }
  func writeError(_ text: String) { error += text }
  func showProgress(_ line: String?) {}
}
