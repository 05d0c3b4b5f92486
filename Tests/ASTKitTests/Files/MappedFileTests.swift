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
    #expect(try MappedFile(path).contents() == Array("abc".utf8))
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
    let tensor = try StoredElements(file: file, offset: shift, type: .float32).tensor([count])
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

  // MARK: - Files that others change

  /// What other programs do to a file in use, and how that is told.
  private static let changes: [(name: String, words: String, change: @Sendable (String) -> Void)] =
    [
      ("cp", "it was written to", { overwrite($0, 0, [UInt8](repeating: 9, count: 1 << 16)) }),
      ("one byte", "it was written to", { overwrite($0, 60_000, [9]) }),
      ("append", "it had 65536 bytes then and has 65537 now", { overwrite($0, 65_536, [9]) }),
      (": >", "it had 65536 bytes then and has 0 now", { truncate($0, 0) }),
      ("cut in half", "it had 65536 bytes then and has 30000 now", { truncate($0, 30_000) }),
      (
        "cut and made long again", "it was written to",
        {
          truncate($0, 0)
          truncate($0, 1 << 16)
        }
      ),
    ]

  private static func overwrite(_ path: String, _ offset: Int, _ bytes: [UInt8]) {
    let descriptor = open(path, O_WRONLY)
    _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, offset) }
    close(descriptor)
  }

  private func mapped() throws -> (file: MappedFile, path: String) {
    let path = folder.file("weights")
    try AtomicFile.write(path, bytes: [UInt8](repeating: 7, count: 1 << 16))
    // As if it had lain there for a while: the clock of files has a grain of milliseconds.
    var times = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 0)]
    utimensat(AT_FDCWD, path, &times, 0)
    return (try MappedFile(path), path)
  }

  @Test("a file changed in place is an error that says how, again and again", arguments: 0..<6)
  func changed(_ which: Int) throws {
    let (file, path) = try mapped()
    let (_, words, change) = Self.changes[which]
    #expect(try file.contents().allSatisfy { $0 == 7 })
    change(path)
    for _ in 0..<2 {
      #expect(throws: FileError.changed(path: path, how: words)) { try file.contents() }
    }
    // What the reader made of the new bytes does not count.
    #expect(throws: FileError.changed(path: path, how: words)) {
      try file.reading { throw EngineError.interrupted }
    }
    #expect(try MappedFile(path).contents().count == file.count || which > 1)
  }

  @Test("pages that a file no longer has read as zeros, on every thread")
  func cut() throws {
    let (file, path) = try mapped()
    truncate(path, 0)
    nonisolated(unsafe) let bytes = file.bytes
    DispatchQueue.concurrentPerform(iterations: 8) { i in
      #expect(bytes[i * 8192] == 0 && bytes[65_535] == 0)
    }
    truncate(path, 1 << 16)
    // Also when it is long again: what was read is not what the file had.
    #expect(throws: FileError.self) { try file.requireUnchanged() }
  }

  @Test("a hundred mapped files are watched at once, and each is told apart")
  func many() throws {
    var files: [MappedFile] = []
    for i in 0..<100 {
      try AtomicFile.write(folder.file("f\(i)"), bytes: [UInt8](repeating: UInt8(i), count: 4096))
      files.append(try MappedFile(folder.file("f\(i)")))
    }
    truncate(folder.file("f99"), 0)
    for (i, file) in files.enumerated() { #expect(file.bytes[5] == (i == 99 ? 0 : UInt8(i))) }
    for file in files.dropLast() { try file.requireUnchanged() }
    #expect(throws: FileError.self) { try files[99].requireUnchanged() }
  }

  @Test("another file under its name, a new name, other permissions leave the bytes alone")
  func replaced() throws {
    let (file, path) = try mapped()
    try AtomicFile.write(path, text: "short")
    #expect(try file.contents().allSatisfy { $0 == 7 })
    let second = try mapped()
    rename(path, path + ".old")
    chmod(path + ".old", 0o400)
    link(path + ".old", path)
    #expect(try second.file.contents().count == 1 << 16)
    unlink(path)
    unlink(path + ".old")
    try second.file.requireUnchanged()
  }
}
