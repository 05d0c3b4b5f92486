import ASTKit
@preconcurrency import CReadline
import Glibc

/// The person's terminal, through GNU readline's callback interface.
///
/// petl waits for keys itself and hands them to readline one at a time, so a signal ends the
/// wait by an ordinary return. Readline installs no handlers and jumps over no Swift frame.
final class ReadlineTerminal: Terminal {
  var completer: ((_ line: String, _ offset: Int) -> CompletionList)?

  /// Readline is one per process, and its callbacks carry no context.
  nonisolated(unsafe) fileprivate static var current: ReadlineTerminal?

  private let output: StandardOutput
  private let color: Bool
  fileprivate var accepted: TerminalInput?
  /// Whether the terminal has gone: in readline's mode it has no end that a key could make.
  fileprivate var isGone = false
  fileprivate var offered = CompletionList.empty
  /// Whether `offered` belongs to the line as it stands.
  fileprivate var isOffered = false
  /// The text between two word breaks, as readline wants it: a C string that lives on.
  fileprivate var wordBreaks: UnsafeMutablePointer<CChar>?

  init(output: StandardOutput, color: Bool, history: [String]) {
    self.output = output
    self.color = color
    Self.current = self
    setUpCharacters()
    setUpReadline()
    using_history()
    stifle_history(Int32(History.capacity))
    for entry in history { remember(entry) }
  }

  /// What arrow-up brings back is shown as it stands; nothing in it may be obeyed.
  func remember(_ entry: String) { add_history(entry.printableLines) }

  func readLine(prompt: Prompt) -> TerminalInput {
    output.startLine()
    output.flush()
    Interrupts.holdSuspend(true)
    defer { Interrupts.holdSuspend(false) }
    accepted = nil
    Interrupts.endWork()
    // Whoever has asked petl to end need not see another prompt.
    if Interrupts.endSignal != nil, let signal = Interrupts.take() {
      return .terminated(signal: signal)
    }
    // While petl worked, the window may have changed.
    if Interrupts.takeResize() { rl_resize_terminal() }
    _ = Interrupts.takeResume()
    using_history()
    rl_callback_handler_install(prompt.text(color: color)) { line in
      ReadlineTerminal.current?.accept(line)
    }
    while accepted == nil {
      let hasInput = Interrupts.waitForInput()
      // Ctrl-C has dropped the keys before it, so it comes before the keys that wait.
      if let signal = Interrupts.take() {
        accepted = abandonLine(signal)
      } else if Interrupts.takeSuspend() {
        suspend()
      } else if Interrupts.takeResume() {
        showAgain()
      } else if Interrupts.takeResize() {
        rl_resize_terminal()
      } else if hasInput {
        // Inside an entry, a tab before anything else is indentation.
        rl_inhibit_completion = prompt == .continuation && isLineBlank ? 1 : 0
        rl_callback_read_char()
      }
    }
    return accepted ?? .endOfInput
  }

  fileprivate func accept(_ line: UnsafeMutablePointer<CChar>?) {
    // Before anything else, or readline would show its prompt again.
    rl_callback_handler_remove()
    if isGone {
      // Half a line is no entry.
      free(line)
      accepted = .gone
      return
    }
    guard let line else {
      // With bracketed paste, readline has ended the line already.
      if !Self.isOn("enable-bracketed-paste") { writeLineEnd() }
      accepted = .endOfInput
      return
    }
    accepted = .line(String(cString: line))
    free(line)
  }

  private func abandonLine(_ signal: Int32) -> TerminalInput {
    rl_callback_sigcleanup()
    rl_point = rl_end
    rl_redisplay()
    rl_free_line_state()
    if signal == SIGINT { rl_echo_signal_char(SIGINT) }
    writeLineEnd()
    rl_callback_handler_remove()
    return signal == SIGINT ? .interrupted : .terminated(signal: signal)
  }

  private func writeLineEnd() {
    rl_crlf()
    fflush(rl_outstream)
  }

  /// Whether nothing but blanks stands before the cursor.
  private var isLineBlank: Bool {
    UnsafeRawBufferPointer(start: rl_line_buffer, count: Int(rl_point))
      .allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
  }

  private static func isOn(_ variable: String) -> Bool {
    rl_variable_value(variable).map { String(cString: $0) == "on" } ?? false
  }

  /// Ctrl-Z: the shell that started petl gets its terminal as it was.
  private func suspend() {
    rl_deprep_terminal()
    // The signal's own default action: it does not stop a program that no shell could resume.
    Interrupts.holdSuspend(false)
    raise(SIGTSTP)
    Interrupts.holdSuspend(true)
    showAgain()
  }

  private func showAgain() {
    _ = Interrupts.takeResume()
    rl_prep_terminal(1)
    rl_resize_terminal()
    rl_on_new_line()
    rl_redisplay()
  }
}

// MARK: - Setting up

extension ReadlineTerminal {
  /// Makes sure of a UTF-8 locale: readline counts characters by it, and in the plain one
  /// would show the bytes of a letter beyond ASCII.
  private func setUpCharacters() {
    setlocale(LC_CTYPE, "")
    guard let encoding = nl_langinfo(nl_item(CODESET)), String(cString: encoding) != "UTF-8"
    else { return }
    // Readline asks the environment anew for every line.
    setenv("LC_ALL", "C.UTF-8", 1)
    setlocale(LC_CTYPE, "")
  }

  private func setUpReadline() {
    rl_catch_signals = 0
    rl_catch_sigwinch = 0
    // Tables ask for the window's size themselves.
    rl_change_environment = 0
    if isatty(1) == 0 { rl_outstream = fdopen(dup(2), "w") }
    // Lasts as long as readline: the process.
    rl_readline_name = UnsafePointer(strdup("petl"))
    // Before the user's ~/.inputrc is read, which may say otherwise.
    rl_variable_bind("show-all-if-ambiguous", "on")
    rl_variable_bind("revert-all-at-newline", "on")
    rl_variable_bind("completion-query-items", "0")
    rl_initialize()
    setUpKeys()
    setUpCompletion()
  }

  private func setUpKeys() {
    rl_bind_keyseq("\\e[200~") { _, _ in ReadlineTerminal.insertPasted() }
    rl_bind_keyseq_if_unbound("\\e[5~", rl_history_search_backward)
    rl_bind_keyseq_if_unbound("\\e[6~", rl_history_search_forward)
    rl_getc_function = { _ in ReadlineTerminal.readKey() }
  }

  /// One byte from standard input, or -1 at its end. Ctrl-C ends the wait with its own code.
  private static func readKey() -> Int32 {
    var byte: UInt8 = 0
    while !Interrupts.isPending {
      guard Interrupts.waitForInput() else { continue }
      let count = read(0, &byte, 1)
      if count == 1 { return Int32(byte) }
      if count == 0 || (errno != EINTR && errno != EAGAIN) {
        ReadlineTerminal.current?.isGone = true
        return -1
      }
    }
    return 3
  }

  /// A bracketed paste: everything up to its end mark, newlines too, becomes part of the line.
  private static func insertPasted() -> Int32 {
    let endMark = Array("\u{1B}[201~".utf8)
    var bytes: [UInt8] = []
    while !bytes.suffix(endMark.count).elementsEqual(endMark) {
      // The end mark may be lost; a person who waits gets the line back.
      guard Descriptor.hasInput(0, withinMilliseconds: 3000) else { break }
      let key = rl_read_key()
      if key <= 0 || Interrupts.isPending { break }
      bytes.append(UInt8(truncatingIfNeeded: key))
    }
    if bytes.suffix(endMark.count).elementsEqual(endMark) { bytes.removeLast(endMark.count) }
    bytes.removeAll { $0 == 0 }
    var text = Paste.visible(String(decoding: bytes, as: UTF8.self))
    // Enter is the person's to press, after a look at what came.
    while text.last == "\n" { text.removeLast() }
    rl_insert_text(text)
    return 0
  }
}

// MARK: - Completion

extension ReadlineTerminal {
  private func setUpCompletion() {
    rl_completion_word_break_hook = { ReadlineTerminal.current?.breakWord() }
    rl_attempted_completion_function = { _, _, _ in
      // Nothing of readline's own: no file names for lack of commands, no closing quotes.
      rl_attempted_completion_over = 1
      rl_completion_append_character = 0
      rl_completion_suppress_append = 1
      rl_completion_suppress_quote = 1
      return ReadlineTerminal.current?.matches()
    }
    rl_basic_quote_characters = UnsafePointer(strdup(""))
    rl_completion_display_matches_hook = { _, _, _ in ReadlineTerminal.current?.showMatches() }
  }

  /// Asks the language what fits, and returns a set of word breaks that makes readline
  /// replace just that part of the line: the one byte before it.
  private func breakWord() -> UnsafeMutablePointer<CChar>? {
    let line = Array(UnsafeRawBufferPointer(start: rl_line_buffer, count: Int(rl_end)))
    offered = completer?(String(decoding: line, as: UTF8.self), Int(rl_point)) ?? .empty
    isOffered = true
    let start = offered.candidates.isEmpty ? Int(rl_point) : offered.replaced.lowerBound
    wordBreaks?.deallocate()
    let breaks = UnsafeMutablePointer<CChar>.allocate(capacity: 2)
    breaks[0] = start > 0 && start <= line.count ? CChar(bitPattern: line[start - 1]) : 0
    breaks[1] = 0
    wordBreaks = breaks
    return breaks
  }

  /// The matches as readline wants them: the common beginning, then each, then `NULL`.
  private func matches() -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    // At the start of a line, readline does not ask for word breaks.
    if !isOffered { _ = breakWord() }
    isOffered = false
    let texts = offered.candidates.map(\.text)
    guard let first = texts.first else { return nil }
    let all = texts.count == 1 ? [first] : [Self.commonBeginning(texts)] + texts
    let size = (all.count + 1) * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride
    guard let memory = malloc(size) else { return nil }
    let array = memory.bindMemory(
      to: UnsafeMutablePointer<CChar>?.self, capacity: all.count + 1)
    for (index, text) in all.enumerated() { (array + index).initialize(to: strdup(text)) }
    (array + all.count).initialize(to: nil)
    return array
  }

  /// What all of `texts` start with; what is typed already when they differ in its case.
  private static func commonBeginning(_ texts: [String]) -> String {
    guard var common = texts.first?[...] else { return "" }
    for text in texts {
      while !text.hasPrefix(common) { common.removeLast() }
    }
    return String(common)
  }

  private func showMatches() {
    rl_crlf()
    for line in offered.lines(columns: output.size.columns) {
      fputs(line + "\n", rl_outstream)
    }
    rl_on_new_line()
    rl_redisplay()
  }
}
