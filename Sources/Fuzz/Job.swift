import Foundation
import Fuzzing

/// One worker process after the other, each going on where the last one ended.
final class Job {
  enum State { case running, done, died(String) }

  let board: Board
  private(set) var isDone = false
  private let options: Options
  private let target: any FuzzTarget.Type
  private var process: pid_t = 0
  private var findings = Pipe()
  private var text: [UInt8] = []
  private let errors: String
  private var last = (number: -2, since: ContinuousClock.now)

  init(_ options: Options, _ target: any FuzzTarget.Type, first: Int) throws {
    self.options = options
    self.target = target
    board = try Board()
    errors = NSTemporaryDirectory() + "/petl-fuzz-\(getpid())-\(target.name)-\(first).txt"
    _ = fcntl(findings.fileHandleForReading.fileDescriptor, F_SETFL, O_NONBLOCK)
    try spawn(first: first)
  }

  deinit { unlink(errors) }

  private func spawn(first: Int) throws {
    board.number = -1
    last = (-2, .now)
    let arguments = [
      "/proc/self/exe", "--target", target.name, "--inputs", "\(options.inputs)", "--seed",
      "\(options.seed)", "--megabytes", "\(options.megabytes)", "--first", "\(first)", "--step",
      "\(options.jobs)",
    ]
    var environment = ProcessInfo.processInfo.environment
    // A crash is told by its number; drawing its stack takes seconds.
    environment["SWIFT_BACKTRACE"] = "enable=no"
    let actions = UnsafeMutablePointer<posix_spawn_file_actions_t>.allocate(capacity: 1)
    posix_spawn_file_actions_init(actions)
    defer {
      posix_spawn_file_actions_destroy(actions)
      actions.deallocate()
    }
    // libsndfile writes to standard output about some damaged files.
    posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // Past 3 and 4 first, which may be what is handed over.
    let writing = findings.fileHandleForWriting.fileDescriptor
    posix_spawn_file_actions_adddup2(actions, board.descriptor, 100)
    posix_spawn_file_actions_adddup2(actions, writing, 101)
    posix_spawn_file_actions_adddup2(actions, 100, Worker.board)
    posix_spawn_file_actions_adddup2(actions, 101, Worker.findings)
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    guard posix_spawn(&process, "/proc/self/exe", actions, nil, &argv, &envp) == 0 else {
      throw Options.Mistake(what: "a worker cannot be started")
    }
  }

  func restart(after number: Int) throws {
    if number + options.jobs >= options.inputs {
      isDone = true
    } else {
      try spawn(first: number + options.jobs)
    }
  }

  func stop() {
    if !isDone { end() }
    isDone = true
  }

  /// Complete lines that the worker has sent.
  func lines() -> [String] {
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let got = read(findings.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
      if got <= 0 { break }
      text += buffer[..<got]
    }
    guard let end = text.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    defer { text.removeSubrange(...end) }
    return text[..<end].split(separator: UInt8(ascii: "\n")).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  func state(hang: Duration, now: ContinuousClock.Instant) -> State {
    var status: Int32 = 0
    if waitpid(process, &status, WNOHANG) == process {
      if status == 0 {
        isDone = true
        return .done
      }
      Scratch.remove(leftBy: process)
      let code = (status >> 8) & 0xFF
      if status & 0x7F == 0, code == Worker.tooMuchMemory {
        return .died("more than \(options.megabytes) MB of memory")
      }
      let how = status & 0x7F == 0 ? "exit \(code)" : "signal \(status & 0x7F)"
      return .died("crash: \(how) \(lastWords)")
    }
    if board.number != last.number {
      last = (board.number, now)
    } else if now - last.since > (board.number < 0 ? hang * 10 : hang) {
      end()
      return .died("hang: longer than \(hang)")
    }
    return .running
  }

  private func end() {
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    Scratch.remove(leftBy: process)
  }

  /// What the worker said of its death.
  private var lastWords: String {
    let words = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
    let lines = words.split(separator: "\n")
    let told = lines.first { $0.contains("ERROR: AddressSanitizer") || $0.contains("Fatal error") }
    return String((told ?? lines.last ?? "").prefix(300))
  }
}
