import Foundation
import TestSupport
import Testing

@testable import Shell

@Suite("Scripts that are no plain files")
struct ScriptFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func shell(_ command: String) throws -> Program {
    try Program(
      "/bin/bash", ["-c", command], environment: ["PETL": Program.built("petl")],
      folder: folder.path)
  }

  @Test("A device or a pipe in a script's place is refused, not waited for")
  func refused() throws {
    #expect(mkfifo(folder.file("pipe.petl"), 0o600) == 0)
    for path in ["/dev/zero", "pipe.petl"] {
      let run = try shell("$PETL run \(path)")
      #expect(run.status == 2)
      #expect(run.error == "error: '\(path)' is a device or pipe, expected a file\n")
    }
  }

  @Test("/dev/stdin and <(…) are read to their end")
  func streams() throws {
    let run = try shell(
      "echo print 1 | $PETL run /dev/stdin; $PETL run <(echo print 2; sleep 0.2; echo print 3)")
    #expect(run.output == "1\n2\n3\n")
    #expect(run.error == "")
  }

  @Test("An endless standard input ends at a bound")
  func endless() throws {
    let run = try shell("$PETL - < /dev/zero")
    #expect(run.status == 2)
    #expect(run.error.contains("has more than the 4,000,000 bytes that a script may have"))
  }
}
