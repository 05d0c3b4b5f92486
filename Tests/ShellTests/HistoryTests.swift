import Foundation
import TestSupport
import Testing

@testable import Shell

/// Entries survive: other sessions, many lines, long files, places that cannot be written.
@Suite struct HistoryTests {
  private let folder: TemporaryFolder
  private var path: String { folder.file("state/petl/history") }

  init() throws { folder = try TemporaryFolder() }

  private func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test("An entry is in the file at once, for its owner only")
  func appended() throws {
    let history = History(path: path)
    history.add("x = 1")
    #expect(try text() == "x = 1\n")
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(history.failure == nil)
  }

  @Test("The next session finds the entries, those of many lines in one piece")
  func loaded() {
    let entries = ["x = 1", "for i in [1] {\n  print i\n\n\tprint 2\n}", "print \"ä\""]
    let first = History(path: path)
    for entry in entries { first.add(entry) }
    #expect(History(path: path).entries == entries)
  }

  @Test("Not worth keeping: blanks, what starts with a space, the same again")
  func skipped() {
    let history = History(path: path)
    let kept = ["", "  ", " secret", "a", "a", "a ", "b", "a"].map { history.add($0) }
    #expect(kept == [false, false, false, true, false, false, true, true])
    #expect(History(path: path).entries == ["a", "b", "a"])
  }

  @Test("Two sessions at once lose nothing")
  func together() {
    let one = History(path: path)
    let other = History(path: path)
    for index in 0..<20 {
      one.add("one \(index)")
      other.add("other \(index)")
    }
    #expect(Set(History(path: path).entries).count == 40)
  }

  @Test("A file that has grown long is shortened to the newest entries, and appended to")
  func shortened() throws {
    let old = History(path: path)
    old.add("first")
    let many = (0..<12_000).map { "entry \($0)\n" }.joined()
    try many.write(toFile: path, atomically: false, encoding: .utf8)
    let history = History(path: path)
    #expect(history.entries.count == History.capacity)
    #expect(history.entries.last == "entry 11999")
    old.add("from a session that was open")
    let again = History(path: path)
    #expect(again.entries.count == History.capacity)
    #expect(again.entries.last == "from a session that was open")
    #expect(again.entries.first == "entry 2001")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("state/petl"))
    #expect(left == ["history"])
  }

  @Test("A last line cut short by a crash does not swallow the next entry")
  func cutShort() throws {
    History(path: path).add("a")
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("half".utf8))
    try handle.close()
    History(path: path).add("b")
    #expect(History(path: path).entries == ["a", "half", "b"])
  }

  @Test("A file of bytes that are no text does no harm")
  func binary() throws {
    History(path: path).add("a")
    let bytes = Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 37) })
    try bytes.write(to: URL(fileURLWithPath: path))
    let history = History(path: path)
    history.add("b")
    #expect(History(path: path).entries.last == "b")
  }

  @Test(
    "A place that cannot be written keeps the entries in memory",
    arguments: [
      "/proc/petl/history", "/dev/null/history",
    ])
  func unwritable(path: String) {
    let history = History(path: path)
    history.add("a")
    history.add("b")
    #expect(history.entries == ["a", "b"])
    #expect(history.failure?.contains(path) == true)
  }

  @Test("A folder in the file's place is told and does no harm")
  func folderInPlace() {
    let history = History(path: folder.path)
    history.add("a")
    #expect(history.entries == ["a"])
    #expect(history.failure?.contains("Is a directory") == true)
  }

  @Test("A pipe or device in the file's place is not waited for, and stays as it is")
  func pipeInPlace() throws {
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o644) == 0)
    for path in [pipe, "/dev/null"] {
      let before = try FileManager.default.attributesOfItem(atPath: path)
      let history = History(path: path)
      history.add("a")
      #expect(history.entries == ["a"])
      #expect(history.failure?.contains("is a device or pipe") == true)
      let after = try FileManager.default.attributesOfItem(atPath: path)
      #expect(
        before[.posixPermissions] as? Int == after[.posixPermissions] as? Int)
    }
  }

  @Test("Reading makes a file that others could read private")
  func madePrivate() throws {
    History(path: path).add("a")
    chmod(path, 0o644)
    _ = History(path: path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test("A history kept elsewhere through a link is shortened there")
  func linked() throws {
    let real = folder.file("real")
    try (0..<12_000).map { "entry \($0)\n" }.joined()
      .write(toFile: real, atomically: false, encoding: .utf8)
    let link = folder.file("link")
    #expect(symlink(real, link) == 0)
    #expect(History(path: link).entries.count == History.capacity)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == real)
    #expect(
      History.decode(try String(contentsOfFile: real, encoding: .utf8)).count == History.capacity)
  }

  @Test("Folders for it are made even when a name begins with a combining mark")
  func combiningMark() throws {
    let path = folder.path + "/\u{301}state/petl/history"
    History(path: path).add("x = 1")
    #expect(History(path: path).entries == ["x = 1"])
  }
}
