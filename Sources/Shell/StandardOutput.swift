import ASTKit
import Glibc
import Lang

/// A session's text on standard output and standard error.
///
/// Escape sequences and the progress line appear only where a terminal shows them.
final class StandardOutput: OutputSink {
  let usesColor: Bool
  let isTerminal: Bool
  /// Stops the work when our output reaches nobody any more.
  var stop: () -> Void = {}
  /// Whether standard output was closed by its reader.
  private(set) var isClosed = false
  /// Why standard output could not be written, for instance a full disk.
  private(set) var failure: String?
  /// Whether nobody has read standard output when petl was asked to end.
  private var isAbandoned = false
  /// Whether the last byte on the screen ended a line.
  private(set) var isAtLineStart = true

  private let colorsErrors: Bool
  private let showsProgress: Bool
  private let buffers: Bool
  private var buffer: [UInt8] = []
  /// When the buffer was last sent, in the seconds of `SteadyClock`.
  private var flushed = 0.0
  private var progress = ProgressLine()

  init(color: ColorChoice) {
    let outputIsTerminal = isatty(1) == 1
    let errorIsTerminal = isatty(2) == 1
    let canMoveCursor = Environment.terminalIsCapable
    isTerminal = outputIsTerminal
    usesColor = color.isOn(terminal: outputIsTerminal)
    colorsErrors = color.isOn(terminal: errorIsTerminal)
    showsProgress = errorIsTerminal && canMoveCursor && Environment["NO_COLOR"] == nil
    buffers = !outputIsTerminal
  }

  var size: (columns: Int, rows: Int) {
    var window = winsize()
    for descriptor: Int32 in [1, 2, 0]
    where ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0 {
      return (Int(window.ws_col), max(1, Int(window.ws_row)))
    }
    let columns = Environment["COLUMNS"].flatMap { Int($0) }
    let rows = Environment["LINES"].flatMap { Int($0) }
    return (max(20, columns ?? 80), max(5, rows ?? 24))
  }

  func write(_ text: String) {
    guard !text.isEmpty else { return }
    clearProgress()
    isAtLineStart = text.utf8.last == UInt8(ascii: "\n")
    buffer.append(contentsOf: text.utf8)
    // A log that somebody follows shows each epoch as it ends; a flood of lines is gathered.
    if !buffers || buffer.count >= 1 << 16 || SteadyClock.now - flushed > 0.1 { flush() }
  }

  func writeError(_ text: String) {
    guard !text.isEmpty else { return }
    clearProgress()
    flush()
    isAtLineStart = text.utf8.last == UInt8(ascii: "\n")
    // Whoever wrote it asked about standard output, which may be another place.
    let shown = colorsErrors ? Highlighting.diagnostic(text) : Highlighting.plain(text)
    _ = Descriptor.write(Array(shown.utf8), to: 2)
  }

  func showProgress(_ line: String?) {
    guard showsProgress else { return }
    guard let line else { return clearProgress() }
    guard let bytes = progress.bytes(showing: line, columns: size.columns, now: SteadyClock.now)
    else {
      return
    }
    flush()
    _ = Descriptor.write(bytes, to: 2)
  }

  /// Starts a new line on the screen unless one has just begun.
  func startLine() {
    clearProgress()
    if !isAtLineStart { write("\n") }
  }

  /// Sends what is held back to standard output.
  func flush() {
    guard !buffer.isEmpty else { return }
    defer {
      buffer.removeAll(keepingCapacity: true)
      flushed = SteadyClock.now
    }
    guard !isClosed, !isAbandoned, failure == nil,
      let error = Descriptor.write(buffer, to: 1)
    else { return }
    switch error {
    case EPIPE: isClosed = true
    // The end of petl is under way and has its own status.
    case EINTR: isAbandoned = true
    default:
      failure = "cannot write to standard output: \(String(cString: strerror(error)))"
    }
    stop()
  }

  private func clearProgress() {
    if let bytes = progress.clearing() {
      _ = Descriptor.write(bytes, to: 2)
    } else if showsProgress, isAtLineStart, Interrupts.isPending {
      // The terminal has echoed ^C where the next line starts.
      _ = Descriptor.write(ProgressLine.clear, to: 2)
    }
  }
}
