import Lang

/// An output that keeps what it is given: standard output and standard error apart.
final class TextSink: OutputSink {
  private(set) var output = ""
  private(set) var errors = ""
  var isTerminal = false
  var usesColor = false
  var size = (columns: 100, rows: 40)
  /// Called with each text for standard output, on the thread that writes it.
  var onWrite: ((String) -> Void)?

  func write(_ text: String) {
    output += text
    onWrite?(text)
  }
  func writeError(_ text: String) { errors += text }
  func showProgress(_ line: String?) {}
  func clear() { (output, errors) = ("", "") }
}

/// Runs text in a new session and gives what it wrote.
func transcript(_ text: String, name: String = "test.petl") -> (output: String, errors: String) {
  let sink = TextSink()
  let session = Session(output: sink, isInteractive: false)
  _ = session.run(Source(name: name, text: text))
  return (sink.output, sink.errors)
}
