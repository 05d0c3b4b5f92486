import ASTKit
import Glibc

/// A program at a terminal of its own, driven as a person would: types, looks, waits.
///
/// Every wait has an end, and the program is killed with the driver, so that no test hangs.
public final class PseudoTerminal {
  public enum Failure: Error, CustomStringConvertible {
    case system(String, code: Int32)
    /// The text did not appear in time; what the screen showed instead.
    case missing(String, screen: String)
    case stillRunning(screen: String)

    public var description: String {
      switch self {
      case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
      case .missing(let text, let screen): "no '\(text)' on the screen:\n\(screen)"
      case .stillRunning(let screen): "still running; the screen:\n\(screen)"
      }
    }
  }

  public let process: pid_t
  /// The program's side of the terminal, `/dev/pts/N`.
  public let device: String
  private let master: Int32
  private var isHungUp = false
  private var terminal: TerminalScreen
  /// Everything the program wrote, escape sequences too.
  public private(set) var bytes: [UInt8] = []
  /// How much of the screen's text earlier `expect`s have looked at.
  private var seen = 0
  private var exitStatus: Int32?

  /// Starts `path` at a terminal of `columns` by 24, in `folder` or where the tests run.
  public init(
    _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
    folder: String? = nil, columns: Int = 80
  ) throws(Failure) {
    terminal = TerminalScreen(columns: columns)
    // What posix_openpt, unlockpt and ptsname do, which Swift's Glibc does not show.
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard master >= 0 else { throw .system("open /dev/ptmx", code: errno) }
    self.master = master
    var locked: Int32 = 0
    var number: UInt32 = 0
    let setLock: UInt = 0x4004_5431  // TIOCSPTLCK
    let getNumber: UInt = 0x8004_5430  // TIOCGPTN
    guard ioctl(master, setLock, &locked) == 0, ioctl(master, getNumber, &number) == 0 else {
      throw .system("ioctl /dev/ptmx", code: errno)
    }
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    var all = ["TERM": "xterm-256color", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
    all.merge(environment) { $1 }
    device = "/dev/pts/\(number)"
    let enter = folder.map { ["/usr/bin/env", "-C", $0] } ?? []
    process = try Self.spawn(
      enter + [path] + arguments, all.map { "\($0)=\($1)" }, terminal: device)
  }

  deinit {
    if exitStatus == nil {
      kill(process, SIGKILL)
      var status: Int32 = 0
      waitpid(process, &status, 0)
    }
    if !isHungUp { close(master) }
  }

  /// What a person would see, from the first line of the session on.
  public var screen: String {
    drain(milliseconds: 0)
    return terminal.text
  }

  /// Types `text` as it stands.
  public func send(_ text: String) {
    var rest = Array(text.utf8)
    while !rest.isEmpty {
      let count = write(master, rest, rest.count)
      if count < 0 && errno != EINTR { return }
      if count > 0 { rest.removeFirst(count) }
    }
  }

  /// Types one line and Enter.
  public func sendLine(_ text: String) { send(text + "\r") }

  /// Sends a signal to the program, as `kill` does.
  public func signal(_ signal: Int32) { kill(process, signal) }

  /// Takes the terminal away, as a window that closes does. Nothing can be typed or seen after.
  public func hangUp() {
    isHungUp = true
    close(master)
  }

  /// Waits until the screen shows `text` somewhere after what earlier calls found.
  @discardableResult
  public func expect(_ text: String, seconds: Double = 60) throws(Failure) -> String {
    let deadline = SteadyClock.now + seconds
    while true {
      let shown = Array(terminal.text.utf8)
      let start = min(seen, shown.count)
      let wanted = Array(text.utf8)
      if let end = Self.end(of: wanted, in: shown[start...]) {
        seen = end
        return String(decoding: shown, as: UTF8.self)
      }
      guard SteadyClock.now < deadline, drain(milliseconds: 50) else {
        throw .missing(text, screen: terminal.text)
      }
    }
  }

  /// Waits for the end; the exit status, or 128 + the signal that ended the program.
  @discardableResult
  public func waitForExit(seconds: Double = 60) throws(Failure) -> Int32 {
    if let exitStatus { return exitStatus }
    let deadline = SteadyClock.now + seconds
    while true {
      drain(milliseconds: 20)
      var status: Int32 = 0
      if waitpid(process, &status, WNOHANG) == process {
        drain(milliseconds: 0)
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        exitStatus = code
        return code
      }
      guard SteadyClock.now < deadline else { throw .stillRunning(screen: terminal.text) }
    }
  }

  /// Reads what has come, waiting for the first byte; `false` when the program is gone.
  @discardableResult
  private func drain(milliseconds: Int32) -> Bool {
    if isHungUp {
      usleep(UInt32(milliseconds) * 1000)
      return true
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    var timeout = milliseconds
    while true {
      var waiting = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, timeout) > 0 else { return true }
      let count = read(master, &buffer, buffer.count)
      // EIO: nobody holds the other side any more.
      guard count > 0 else { return count < 0 && errno == EINTR }
      bytes += buffer[..<count]
      terminal.feed(Array(buffer[..<count]))
      timeout = 0
    }
  }

  private static func end(of wanted: [UInt8], in shown: ArraySlice<UInt8>) -> Int? {
    guard shown.count >= wanted.count else { return nil }
    return (shown.startIndex...(shown.endIndex - wanted.count))
      .first { shown[$0...].starts(with: wanted) }
      .map { $0 + wanted.count }
  }

  /// Starts a program as the leader of a session of its own: the first terminal it opens then
  /// controls it, so that Ctrl-C reaches it.
  private static func spawn(
    _ arguments: [String], _ environment: [String], terminal: String
  ) throws(Failure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A test runner may ignore or hold back signals; the program must not inherit that.
    var all = sigset_t()
    var none = sigset_t()
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID
    let flags = newSession | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var argv = arguments.map { strdup($0) } + [nil]
    var envp = environment.map { strdup($0) } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, arguments[0], &actions, &attributes, &argv, &envp)
    guard code == 0 else { throw .system("posix_spawn \(arguments[0])", code: code) }
    return process
  }
}
