import Foundation
import TestSupport
import Testing

/// Started with standard streams that are closed: nothing is lost without a word, and none of
/// our own files takes their numbers.
@Suite struct StandardStreamsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func shell(_ arguments: String) throws -> Program {
    try Program(
      "/bin/bash", ["-c", "\(Program.built("petl")) \(arguments)"],
      environment: ["HOME": folder.path], folder: folder.path)
  }

  @Test(
    "Output that reaches nobody is an error, whatever else is closed",
    arguments: [">&-", "<&- >&-"])
  func closedOutput(_ closed: String) throws {
    for code in ["plot [1, 2], to: \"x.svg\"", "print 1"] {
      let run = try shell("-e '\(code)' \(closed)")
      #expect(run.status == 1)
      #expect(run.error == "error: cannot write to standard output: Bad file descriptor\n")
    }
    let version = try shell("--version \(closed)")
    #expect(version.status == 1)
  }

  @Test("Input that is closed is told as such")
  func closedInput() throws {
    let run = try shell("<&-")
    #expect(run.status == 2)
    #expect(run.error.contains("cannot read 'standard input': bad file descriptor"))
  }

  @Test(
    "Files are what they should be, with any of the streams closed",
    arguments: ["<&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"])
  func files(_ closed: String) throws {
    let run = try shell("-e 'write csv [[a: 1]], \"t.csv\"; nonsense' \(closed)")
    #expect(run.status == 1)
    #expect(try String(contentsOfFile: folder.file("t.csv"), encoding: .utf8) == "a\n1\n")
  }
}
