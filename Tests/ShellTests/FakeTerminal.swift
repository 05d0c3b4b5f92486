@testable import Shell

/// A terminal whose person has decided in advance what to type.
final class FakeTerminal: Terminal {
  var completer: ((_ line: String, _ offset: Int) -> CompletionList)?
  private(set) var prompts: [Prompt] = []
  private(set) var remembered: [String] = []
  private var inputs: [TerminalInput]
  /// Called before each input, to look at the session while it waits.
  var beforeInput: ((_ index: Int) -> Void)?

  init(_ inputs: [TerminalInput]) { self.inputs = inputs.reversed() }
  convenience init(lines: String...) { self.init(lines.map { .line($0) }) }

  func readLine(prompt: Prompt) -> TerminalInput {
    beforeInput?(prompts.count)
    prompts.append(prompt)
    return inputs.popLast() ?? .endOfInput
  }

  func remember(_ entry: String) { remembered.append(entry) }
}
