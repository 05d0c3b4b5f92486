/// A place where a person types entries: the real one, or a test's.
protocol Terminal: AnyObject {
  /// Shows `prompt` and waits for one line; a pasted block arrives as one line that holds
  /// newlines.
  func readLine(prompt: Prompt) -> TerminalInput
  /// Puts an entry where arrow-up finds it.
  func remember(_ entry: String)
  /// What Tab offers for a line and an offset in its UTF-8.
  var completer: ((_ line: String, _ offset: Int) -> CompletionList)? { get set }
}

/// What came from a prompt.
enum TerminalInput: Equatable {
  case line(String)
  /// Ctrl-C: the line is abandoned.
  case interrupted
  /// Ctrl-D on an empty line.
  case endOfInput
  /// Nobody is there any more, and nobody can be asked.
  case gone
  /// A request to end petl (SIGTERM, or the window was closed).
  case terminated(signal: Int32)
}

/// The two prompts.
enum Prompt: String {
  case primary = "petl> "
  case continuation = "  ... "

  /// The prompt with colour, its escape sequences marked as taking no room for readline.
  func text(color: Bool) -> String {
    guard color else { return rawValue }
    let style = self == .primary ? Highlighting.boldBlue : Highlighting.dim
    return "\u{1}\(style)\u{2}\(rawValue)\u{1}\(Highlighting.reset)\u{2}"
  }
}
