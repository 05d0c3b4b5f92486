import Foundation
import TestSupport
import Testing

@testable import ASTKit

@Suite("The files of a save are replaced as one, and all else in the folder stays")
struct AtomicFolderTests {
  let root: TemporaryFolder
  let path: String

  init() throws {
    root = try TemporaryFolder()
    path = root.file("m")
  }

  /// A save of two files that once had a third.
  private func save(_ word: String, to path: String? = nil) throws {
    try AtomicFolder.write(
      path ?? self.path,
      [
        .init("tensors") { try $0.write("tensors of \(word)") },
        .init("config") { try $0.write("config of \(word)") }, .absent("features"),
      ])
  }

  private func saved(_ word: String) -> [String: String] {
    ["tensors": "644 tensors of \(word)", "config": "644 config of \(word)"]
  }

  private static let others = [
    "README": "600 mine", ".hidden": "644 mine", "link": "-> nowhere", "sub": "folder 750",
    "sub/deep": "folder 777", "sub/deep/file": "444 mine", "empty": "folder 700",
  ]

  /// The folder of an older save, with other files.
  private func fill() throws {
    try save("old")
    let manager = FileManager.default
    try AtomicFile.write("\(path)/features", text: "of old")
    for (name, text) in Self.others.sorted(by: { $0.key < $1.key }) {
      let entry = "\(path)/\(name)"
      if text.hasPrefix("->") {
        try manager.createSymbolicLink(atPath: entry, withDestinationPath: "nowhere")
        continue
      }
      if text.hasPrefix("folder") {
        try manager.createDirectory(atPath: entry, withIntermediateDirectories: true)
      } else {
        try writeQuickly(Array("mine".utf8), to: entry)
      }
    }
    for (name, text) in Self.others where !text.hasPrefix("->") {
      let words = text.split(separator: " ")
      let mode = words[words[0] == "folder" ? 1 : 0]
      chmod("\(path)/\(name)", mode_t(mode, radix: 8) ?? 0)
    }
  }

  private var old: [String: String] {
    saved("old").merging(["features": "644 of old"]) { $1 }.merging(Self.others) { $1 }
  }

  private func new(_ word: String) -> [String: String] {
    saved(word).merging(Self.others) { $1 }
  }

  @Test("a new folder is made with those it lies in, or nothing at all")
  func newFolder() throws {
    let deep = root.file("a/b/m/")
    try save("one", to: deep)
    #expect(try tree(deep) == saved("one"))
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try AtomicFolder.write(root.file("c/d"), [.init("x") { _ in throw Stop() }])
    }
    #expect(
      try tree(root.path).keys.filter { !$0.hasPrefix("a/b/m/") }.sorted() == ["a", "a/b", "a/b/m"])
  }

  @Test(
    "other files, links and folders stay what they are, whatever the file system can do",
    arguments: FaultyDisk.lacking)
  func othersStay(lacking: [Disk.Call: Int32]) throws {
    try fill()
    // A name that is no text, and a file that has a second name elsewhere.
    let odd = Array(path.utf8CString.dropLast()) + [CChar(UInt8(ascii: "/")), -1, -2, 0]
    close(open(odd, O_CREAT | O_WRONLY, 0o644))
    let second = root.file("second")
    #expect(link("\(path)/README", second) == 0)
    let before = try #require(Disk.status("\(path)/sub/deep"))

    #expect(try FaultyDisk.run(lacking: lacking) { try save("new") })
    #expect(access(odd, F_OK) == 0)
    unlink(odd)
    #expect(try tree(path) == new("new"))
    #expect(try tree(root.path).finished.count == new("new").count + 2)
    #expect(try tree(root.path).count == new("new").count + 2)
    let (one, two) = (Disk.status("\(path)/README"), Disk.status(second))
    #expect(try #require(one).isSame(as: try #require(two)))
    let after = try #require(Disk.status("\(path)/sub/deep"))
    #expect(before.st_mtim.tv_sec == after.st_mtim.tv_sec)
    #expect(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec)
  }

  @Test(
    "killed at any step, the folder is the old one or the new one, and the next save tidies up",
    arguments: FaultyDisk.lacking)
  func everyStep(lacking: [Disk.Call: Int32]) throws {
    // Where folders cannot be swapped, one file after the other is replaced.
    let isWhole = lacking[.exchange] == nil && lacking[.link] == nil
    try fill()
    var step = 0
    while true {
      let isAlive = FaultyDisk.run(killedBefore: step, lacking: lacking) { try? save("new") }
      let found = try tree(path).finished
      #expect(!isWhole || found == old || found == new("new"), "step \(step)")
      #expect(found.filter { Self.others[$0.key] != nil } == Self.others, "step \(step)")
      #expect(try FaultyDisk.run(lacking: lacking) { try save("old") })
      #expect(try tree(path) == new("old"), "step \(step)")
      #expect(try tree(root.path).count == new("old").count + 1, "step \(step)")
      if isAlive { break }
      try writeQuickly(Array("of old".utf8), to: "\(path)/features")
      step += 1
    }
    #expect(step > 5)
  }

  @Test("killed at any step, a new folder is whole or not there", arguments: FaultyDisk.lacking)
  func everyStepOfANewFolder(lacking: [Disk.Call: Int32]) throws {
    var step = 0
    while true {
      let isAlive = FaultyDisk.run(killedBefore: step, lacking: lacking) { try? save("one") }
      let found = try tree(root.path).finished
      let isThere = !found.isEmpty
      if isThere { #expect(try tree(path) == saved("one"), "step \(step)") }
      #expect(try FaultyDisk.run(lacking: lacking) { try save("two") })
      #expect(try tree(root.path).count == 3, "step \(step)")
      try FileManager.default.removeItem(atPath: path)
      if isAlive { break }
      step += 1
    }
    #expect(step > 2)
  }

  @Test(
    "what another program writes into the folder meanwhile is not lost, not even by a kill",
    arguments: [false, true])
  func written(isKilled: Bool) throws {
    try fill()
    let path = path
    let late: @Sendable (Disk.Call) -> Void = { call in
      guard call == .exchange else { return }
      try? AtomicFile.write("\(path)/late", text: "late")
      try? AtomicFile.write("\(path)/sub/late", text: "late")
      try? AtomicFile.write("\(path)/README", text: "newer")
    }
    let exchanged = Steps()
    _ = FaultyDisk.run(before: { exchanged.note($0) }) { try? save("older") }
    let step = isKilled ? try #require(exchanged.first(.exchange)) + 1 : .max
    #expect(
      FaultyDisk.run(killedBefore: step, before: late) { try? save("new") } == !isKilled)
    if isKilled { try save("newest") }
    var expected = new(isKilled ? "newest" : "new")
    (expected["late"], expected["sub/late"], expected["README"]) = (
      "644 late", "644 late", "600 newer"
    )
    #expect(try tree(path) == expected)
    #expect(try tree(root.path).count == expected.count + 1)
  }

  @Test("a link to the folder stays a link, one to a file in it gives way to the file")
  func links() throws {
    try fill()
    let link = root.file("link")
    #expect(symlink(path, link) == 0)
    let blob = root.file("blob")
    try AtomicFile.write(blob, text: "blob")
    unlink("\(path)/tensors")
    #expect(symlink(blob, "\(path)/tensors") == 0)
    try save("new", to: link)
    #expect(try tree(path) == new("new"))
    #expect(try tree(root.path)["link"] == "-> \(path)")
    #expect(try tree(root.path)["blob"] == "644 blob")
  }

  @Test("a folder that a process works in, or one with very many files, stays the same folder")
  func inUse() throws {
    try fill()
    let identity = try #require(Disk.status(path))
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sleep")
    child.arguments = ["100"]
    child.currentDirectoryURL = URL(fileURLWithPath: "\(path)/sub")
    try child.run()
    try save("new")
    // Not SIGTERM: where the tests are run with it ignored, the child ignores it, too.
    kill(child.processIdentifier, SIGKILL)
    child.waitUntilExit()
    #expect(try #require(Disk.status(path)).isSame(as: identity))
    #expect(try tree(path) == new("new"))

    let many = root.file("many")
    try save("old", to: many)
    for i in 0...FolderMirror.mostEntries { link("\(many)/config", "\(many)/\(i)") }
    let other = try #require(Disk.status(many))
    try save("new", to: many)
    #expect(try #require(Disk.status(many)).isSame(as: other))
    #expect(try tree(root.path).finished.keys.contains("many/10000"))
  }

  @Test("two that save at once lose nothing")
  func together() throws {
    try fill()
    // The loop ends before this function does.
    nonisolated(unsafe) let test = self
    DispatchQueue.concurrentPerform(iterations: 2) { i in
      for _ in 0..<10 { try? test.save(["one", "two"][i]) }
    }
    let found = try tree(path)
    #expect(found == new("one") || found == new("two"))
    #expect(try tree(root.path).count == found.count + 1)
  }

  @Test("modes are kept, and what is write-protected is refused before anything changes")
  func modes() throws {
    try fill()
    chmod("\(path)/config", 0o640)
    chmod(path, 0o2770)
    try save("new")
    #expect(try tree(path)["config"] == "640 config of new")
    #expect(try #require(Disk.status(path)).st_mode & 0o7777 == 0o2770)
    chmod("\(path)/config", 0o400)
    #expect(throws: FileError.protected(path: "\(path)/config")) { try save("newer") }
    chmod("\(path)/config", 0o644)
    chmod(path, 0o555)
    #expect(throws: FileError.protected(path: path)) { try save("newer") }
    chmod(path, 0o755)
    #expect(try tree(path) == new("new"))
    try AtomicFile.write(root.file("file"), text: "x")
    #expect(throws: FileError.notAFolder(path: root.file("file"))) {
      try save("x", to: root.file("file"))
    }
  }

  /// The calls of a run, in order.
  private final class Steps: Sendable {
    private let calls = Guarded<[Disk.Call]>([])
    func note(_ call: Disk.Call) { calls.change { $0.append(call) } }
    func first(_ call: Disk.Call) -> Int? { calls.value.firstIndex(of: call) }
  }
}

/// A value that several threads may change.
final class Guarded<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var held: Value
  init(_ value: Value) { held = value }
  var value: Value { lock.withLock { held } }
  func change(_ body: (inout Value) -> Void) { lock.withLock { body(&held) } }
}
