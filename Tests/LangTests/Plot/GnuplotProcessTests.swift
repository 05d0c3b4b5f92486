import ASTKit
import Foundation
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
    for program in ["/no/such/gnuplot", "no-such-gnuplot-in-the-path", "/tmp"] {
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
    let marker = folder.file("alive")
    let hanging = try program("(sleep 2; touch '\(marker)') & sleep 30", in: folder)
    let start = ContinuousClock.now
    #expect(reason(hanging, timeout: 0.3)?.contains("did nothing for 0.3 s") == true)
    #expect(ContinuousClock.now - start < .seconds(5))
    Thread.sleep(forTimeInterval: 2.2)
    #expect(!FileManager.default.fileExists(atPath: marker))
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
    let process = GnuplotProcess(program: try program("sleep 30", in: folder), timeout: 20)
    let flag = InterruptFlag()
    flag.raise()
    let start = ContinuousClock.now
    #expect(throws: EngineError.interrupted) { try process.run("x = 1\n", interrupt: flag) }
    #expect(ContinuousClock.now - start < .seconds(3))
  }
}
