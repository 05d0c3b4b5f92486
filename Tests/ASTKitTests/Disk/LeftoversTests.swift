import Foundation
import TestSupport
import Testing

@testable import ASTKit

@Suite("Only what nobody will miss is tidied away")
struct LeftoversTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test(
    "what a killed process left goes with the next write; a lock keeps it, and so does another machine's name"
  )
  func killed() throws {
    let (dead, living) = (Leftovers.newName(), Leftovers.newName())
    let foreign = ".petl-othermachine-1234.tmp"
    let others = [foreign, ".petl-1234-1.tmp", ".petl-.tmp", "x.tmp", ".petl-notes"]
    for name in [dead, living] + others { try writeQuickly([1], to: folder.file(name)) }
    let descriptor = open(folder.file(living), O_RDONLY)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    try AtomicFile.write(folder.file("a"), text: "a")
    #expect(try names() == (others + [living, "a"]).sorted())
    close(descriptor)
    try AtomicFile.write(folder.file("a"), text: "a")
    #expect(try names() == (others + ["a"]).sorted())
  }

  @Test("links of such a name are not followed, and folders only go if petl was making them")
  func planted() throws {
    let precious = folder.file("precious")
    try FileManager.default.createDirectory(atPath: precious, withIntermediateDirectories: true)
    try writeQuickly([1], to: "\(precious)/file")
    #expect(symlink(precious, folder.file(Leftovers.newName())) == 0)
    try FileManager.default.createDirectory(
      atPath: folder.file(Leftovers.newName()), withIntermediateDirectories: true)
    let unfinished = folder.file(Leftovers.newName("1-kind"))
    try FileManager.default.createDirectory(
      atPath: "\(unfinished)/sub", withIntermediateDirectories: true)
    #expect(symlink(precious, "\(unfinished)/sub/link") == 0)
    let count = try names().count
    try AtomicFile.write(folder.file("a"), text: "a")
    #expect(try names().count == count)
    #expect(access(unfinished, F_OK) != 0)
    #expect(access("\(precious)/file", F_OK) == 0)
  }

  @Test("in a folder where strangers may rename, no folder is taken for ours")
  func strangers() throws {
    let unfinished = folder.file(Leftovers.newName("1-kind"))
    mkdir(unfinished, 0o700)
    chmod(folder.path, 0o777)
    try AtomicFile.write(folder.file("a"), text: "a")
    #expect(access(unfinished, F_OK) == 0)
    chmod(folder.path, 0o1777)
    try AtomicFile.write(folder.file("a"), text: "a")
    #expect(access(unfinished, F_OK) != 0)
  }

  @Test("names differ, and 200 of another process do not stop a write")
  func names200() throws {
    #expect(Set((0..<1000).map { _ in Leftovers.newName() }).count == 1000)
    for i in 1...200 { try writeQuickly([], to: folder.file(".petl-\(getpid())-\(i).tmp")) }
    try AtomicFile.write(folder.file("a"), text: "a")
    #expect(try names().count == 201)
  }
}
