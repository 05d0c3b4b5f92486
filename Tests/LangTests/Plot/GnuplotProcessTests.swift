import ASTKit
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Lang

@Suite("gnuplot as a process")
struct GnuplotProcessTests {
  /// A program that does as `script` says, in place of gnuplot.
  private func program(_ script: String, in folder: TemporaryFolder) throws -> String {
    let path = folder.file("fake-gnuplot")
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private func failure(_ program: String, timeout: Double = 10) -> PlotError? {
    let process = GnuplotProcess(program: program, timeout: timeout)
    // Much more than a pipe holds, so that writing meets the trouble, too.
    let commands = String(repeating: "x = 1\n", count: 100_000)
    do {
      _ = try process.run(commands)
      return nil
    } catch {
      return error as? PlotError
    }
  }

  private func reason(_ program: String, timeout: Double = 10) -> String? {
    guard case .gnuplotFailed(let reason)? = failure(program, timeout: timeout) else { return nil }
    return reason
  }

  @Test("one process does one run after the other")
  func reuse() throws {
    let process = GnuplotProcess(program: "gnuplot", timeout: 20)
    for number in 1...3 {
      let output = try process.run("set print '-'\nprint \(number) + 1\n")
      #expect(output == Array("\(number + 1)\n".utf8))
    }
  }

  @Test("an error of gnuplot is reported in its words, and the next run works")
  func reportedError() throws {
    let process = GnuplotProcess(program: "gnuplot", timeout: 20)
    #expect(throws: PlotError.gnuplotFailed(reason: "gnuplot reports: undefined function: no")) {
      try process.run("set terminal dumb\nplot no(x)\n")
    }
    #expect(try process.run("set print '-'\nprint 7\n") == Array("7\n".utf8))
  }

  @Test("a gnuplot that ends in the middle is replaced by a new one")
  func restart() throws {
    let process = GnuplotProcess(program: "gnuplot", timeout: 20)
    #expect(throws: PlotError.self) { try process.run("exit\n") }
    #expect(try process.run("set print '-'\nprint 7\n") == Array("7\n".utf8))
  }

  @Test("a gnuplot that is not there, or is no program")
  func missing() throws {
    for program in ["/no/such/gnuplot", "no-such-gnuplot-in-the-path", "/etc/passwd/gnuplot"] {
      guard case .missingGnuplot(let name, let reason, nil)? = failure(program) else {
        Issue.record("\(program) started")
        continue
      }
      #expect(name == program && reason.contains(program))
    }
    #expect(
      PlotError.missingGnuplot(program: "gnuplot", reason: "", script: nil).hint
        == "install it with: apt-get install gnuplot-nox")
  }

  @Test("a gnuplot that is there and cannot be started is not told to be missing")
  func notStarted() throws {
    let folder = try TemporaryFolder()
    let noProgram = try program("exit", in: folder)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: noProgram)
    for program in ["/", noProgram] {
      #expect(reason(program) == "cannot start '\(program)': Permission denied")
      #expect(failure(program)?.hint == nil)
    }
  }

  @Test("a gnuplot that gives a byte now and then is ended at the limit of a drawing")
  func drips() throws {
    let folder = try TemporaryFolder()
    let pids = folder.file("pids")
    let dripping = try program(
      "echo $$ >> '\(pids)'; while :; do echo; sleep 0.02; done", in: folder)
    let process = GnuplotProcess(program: dripping, timeout: 20, limit: 0.5)
    #expect(
      throws: PlotError.gnuplotFailed(reason: "gnuplot took more than 0.5 s and was ended")
    ) { try process.run("plot x\n") }
    let started = try String(contentsOfFile: pids, encoding: .utf8)
      .split(separator: "\n").compactMap { pid_t($0) }
    for process in started { #expect(Self.ends(process)) }
  }

  @Test("a gnuplot that ends at once, with its status")
  func endsAtOnce() {
    #expect(reason("/bin/false")?.contains("ended with status 1") == true)
    #expect(reason("/bin/true")?.contains("ended with status 0") == true)
  }

  @Test("a gnuplot that dies after its first line, with its last words")
  func diesMidWay() throws {
    let folder = try TemporaryFolder()
    let words = try program("read line; echo 'cannot go on' >&2; exit 3", in: folder)
    let dead = reason(words)
    #expect(dead?.contains("ended with status 3") == true)
    #expect(dead?.hasSuffix("cannot go on") == true)
    let killed = reason(try program("read line; kill -9 $$", in: folder))
    #expect(killed?.contains("killed by signal 9") == true)
  }

  @Test("a gnuplot that hangs is ended after the timeout, with all that it started")
  func hangs() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("processes")
    let hanging = try program(
      "sleep 1000 & echo \"$$ $!\" > '\(file).new'; mv '\(file).new' '\(file)'; wait", in: folder)
    // On a busy machine it may be ended before it has come to hang.
    for timeout in [0.3, 3, 30] where !FileManager.default.fileExists(atPath: file) {
      #expect(
        reason(hanging, timeout: timeout)?.contains("did nothing for \(Self.text(timeout)) s")
          == true)
    }
    let processes = try String(contentsOfFile: file, encoding: .utf8)
      .split(whereSeparator: \.isWhitespace).compactMap { pid_t($0) }
    #expect(processes.count == 2)
    for process in processes { #expect(Self.ends(process), "\(process) is still there") }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
  }

  /// Whether a process is gone or comes to its end soon; one that nobody has waited for counts
  /// as gone.
  private static func ends(_ process: pid_t) -> Bool {
    for _ in 0..<2000 {
      let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      // "PID (NAME) STATE ..."
      guard let status, let end = status.lastIndex(of: ")") else { return true }
      if status[end...].dropFirst(2).first == "Z" { return true }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return false
  }

  @Test("nobody draws in a process that was to be used once only")
  func usedOnce() {
    let process = GnuplotProcess(program: "gnuplot", timeout: 60)
    let commands = "set print '-'\nprint exists('used') ? 'used' : 'new'\nused = 1\n"
    let answers = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 24) { _ in
      let answer = try? process.run(commands, isLast: true)
      answers.withLock { $0.append(answer.map { String(decoding: $0, as: UTF8.self) } ?? "") }
    }
    #expect(answers.withLock { $0 } == [String](repeating: "new\n", count: 24))
  }

  @Test("a program that swallows everything and never answers times out, too")
  func swallows() throws {
    let folder = try TemporaryFolder()
    let swallowing = try program("cat > /dev/null", in: folder)
    #expect(reason(swallowing, timeout: 0.3)?.contains("did nothing") == true)
  }

  @Test("a program that prints rubbish without end is ended")
  func rubbish() throws {
    let folder = try TemporaryFolder()
    let rubbish = try program("exec yes", in: folder)
    #expect(reason(rubbish)?.contains("prints without end") == true)
  }

  @Test("an interrupt ends the wait at once")
  func interrupt() throws {
    let folder = try TemporaryFolder()
    // A wait to the end of the program or to the timeout would be another error.
    let process = GnuplotProcess(program: try program("sleep 30", in: folder), timeout: 20)
    let flag = InterruptFlag()
    flag.raise()
    #expect(throws: EngineError.interrupted) { try process.run("x = 1\n", interrupt: flag) }
  }
}
