import Foundation
import Glibc
import TestSupport
import Testing

@testable import ASTKit

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

  @Test("what had to be copied is not in memory twice", arguments: [0, 1])
  func copiedPagesAreForgotten(_ shift: Int) throws {
    let path = folder.file("copied")
    let count = 1 << 20
    try AtomicFile.write(path, bytes: [UInt8](repeating: 1, count: 4 * count + 8))
    let file = try MappedFile(path)
    let tensor = StoredElements(file: file, offset: shift, type: .float32).tensor([count])
    #expect(tensor.values.last == Float(bitPattern: 0x0101_0101))
    let kilobytes = try withExtendedLifetime((file, tensor)) { try resident(path) }
    // Aligned numbers are the file's own pages.
    #expect(shift == 0 ? kilobytes >= 4 << 10 : kilobytes <= 64)
  }

  /// Kilobytes of a mapped file that are in this process's memory.
  private func resident(_ path: String) throws -> Int {
    let text = try FileHandle(forReadingAtPath: "/proc/self/smaps")?.readToEnd() ?? Data()
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    let start = try #require(lines.firstIndex { $0.hasSuffix(path) })
    let line = try #require(lines[start...].first { $0.hasPrefix("Rss:") })
    return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
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
