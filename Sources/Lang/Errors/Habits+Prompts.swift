extension Habits {
  /// Prompts that stand before a blank or the end of a line: petl's own two, and what other
  /// programs write.
  private static let prompts = [
    "petl>", "...", ">>>", "...:", "julia>", "gnuplot>", "ghci>", ">>", ">", "$",
  ]

  /// What to say about a line that was copied with the prompt before it; `nil` for any other.
  static func prompt(_ line: String) -> (text: String, message: String, hint: String)? {
    guard
      let text = prompts.first(where: { line == $0 || line.hasPrefix($0 + " ") })
        ?? numberedPrompt(line)
    else { return nil }
    let hint =
      text == "$"
      ? "what follows it is a command for the shell, not for petl"
      : "leave out the prompt '\(text)'"
    return (text, "'\(text)' is the prompt of a session, not a part of its line", hint)
  }

  /// `In [3]:` of IPython and `octave:3>`.
  private static func numberedPrompt(_ line: String) -> String? {
    for (start, end) in [("In [", "]:"), ("octave:", ">")] where line.hasPrefix(start) {
      let number = line.dropFirst(start.count).prefix(while: \.isNumber)
      if !number.isEmpty, line[number.endIndex...].hasPrefix(end) {
        return start + number + end
      }
    }
    return nil
  }
}
