import ASTKit
import Glibc
import TestSupport
import Testing

@Suite("Mapped files")
struct MappedFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("writing to the mapping does not change the file")
  func copyOnWrite() throws {
    let path = folder.file("a")
    try AtomicFile.write(path, text: "abc")
    let first = try MappedFile(path)
    first.bytes[0] = 0
    #expect(try MappedFile(path).contents == Array("abc".utf8))
  }

  @Test("an empty file maps to no bytes")
  func empty() throws {
    let path = folder.file("empty")
    try AtomicFile.write(path, text: "")
    #expect(try MappedFile(path).count == 0)
  }

  @Test("a missing file, a folder, a device and a pipe are errors, at once")
  func refused() throws {
    let missing = folder.file("missing")
    #expect(throws: FileError.missing(path: missing)) { try MappedFile(missing) }
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in [folder.path, "/dev/zero", pipe] {
      #expect(throws: FileError.notAFile(path: path)) { try MappedFile(path) }
    }
  }
}
