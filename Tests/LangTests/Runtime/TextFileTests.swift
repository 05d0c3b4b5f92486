import Foundation
import TestSupport
import Testing

@testable import Lang

@Suite("Files of text are read within a bound, and only what ends is read")
struct TextFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("a device and a pipe nobody writes to are refused at once", .timeLimit(.minutes(1)))
  func notRegular() throws {
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in ["/dev/zero", "/dev/null", pipe] {
      #expect(throws: TextFileError.notRegular(path: path)) { try TextFile.read(path) }
    }
  }

  @Test("a stream that the process was given is read, as by <(…)")
  func givenStream() throws {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    let text = "print 1\n"
    #expect(write(ends[1], text, text.utf8.count) == text.utf8.count)
    close(ends[1])
    #expect(try TextFile.read("/dev/fd/\(ends[0])") == text)
    close(ends[0])
  }

  @Test("the bound holds, to the byte")
  func limit() throws {
    let path = folder.file("a.petl")
    try "12345".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try TextFile.read(path, limit: 5) == "12345")
    #expect(throws: TextFileError.tooLarge(path: path, limit: 4, found: 5)) {
      try TextFile.read(path, limit: 4)
    }
    // It would go on for ever.
    let descriptor = open("/dev/zero", O_RDONLY)
    defer { close(descriptor) }
    #expect(throws: TextFileError.tooLarge(path: "zero", limit: 200_000, found: nil)) {
      try TextFile.read(descriptor, called: "zero", limit: 200_000)
    }
  }

  @Test("a file that is too large for a script is told with both numbers, before it is read")
  func tooLarge() throws {
    let path = folder.file("data.petl")
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(truncate(path, 20_000_000_000) == 0)
    #expect { try TextFile.read(path) } throws: { error in
      (error as? TextFileError)?.message
        == "'\(path)' has 20,000,000,000 bytes, a script may have 4,000,000"
    }
  }

  @Test("folders, missing files and bytes that are no text are told apart")
  func others() throws {
    let path = folder.file("binary.petl")
    try Data([0xFF, 0xFE]).write(to: URL(fileURLWithPath: path))
    #expect(throws: TextFileError.notText(path: path)) { try TextFile.read(path) }
    #expect(throws: TextFileError.system(path: folder.path, code: EISDIR)) {
      try TextFile.read(folder.path)
    }
    let missing = folder.file("missing")
    #expect(throws: TextFileError.system(path: missing, code: ENOENT)) {
      try TextFile.read(missing)
    }
  }
}
