import CLinux
import Foundation
import TestSupport
import Testing

@testable import ASTKit

@Suite("Files appear whole or not at all")
struct AtomicFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func entries() -> [String] {
    guard let stream = opendir(folder.path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private func contents(_ path: String) throws -> [UInt8] { try MappedFile(path).contents() }

  @Test("writes, replaces, and keeps small and large pieces in order")
  func writesAndReplaces() throws {
    let path = folder.file("a.bin")
    try AtomicFile.write(path, text: "old")
    let large = [UInt8](repeating: 7, count: 200_000)
    try AtomicFile.write(path) { sink in
      try sink.write("head")
      try sink.write(large)
      try sink.write("tail")
    }
    #expect(try contents(path) == Array("head".utf8) + large + Array("tail".utf8))
    #expect(entries() == ["a.bin"])
  }

  @Test("a failure while writing keeps the old file and leaves nothing behind")
  func failureKeepsOldFile() throws {
    struct Stop: Error {}
    let path = folder.file("a.bin")
    try AtomicFile.write(path, text: "old")
    #expect(throws: Stop.self) {
      try AtomicFile.write(path) { sink in
        try sink.write([UInt8](repeating: 1, count: 100_000))
        throw Stop()
      }
    }
    #expect(try contents(path) == Array("old".utf8))
    #expect(entries() == ["a.bin"])
  }

  @Test("a full disk is an error that names the path and the reason")
  func fullDisk() throws {
    #expect(throws: FileError.unwritable(path: "/dev/full", reason: "No space left on device")) {
      try AtomicFile.write("/dev/full", text: "x")
    }
  }

  /// In a process of its own, since the limit holds for all of a process.
  @Test("a file size limit is an error, not the end of the process")
  func fileSizeLimit() async {
    await #expect(processExitsWith: .success) {
      let own = try AtomicFileTests()
      let path = own.folder.file("a.bin")
      try AtomicFile.write(path, text: "old")
      // The threads of tests hold signals back, those of petl do not.
      var held = sigset_t()
      sigemptyset(&held)
      sigaddset(&held, SIGXFSZ)
      pthread_sigmask(SIG_UNBLOCK, &held, nil)
      let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
      var old = rlimit()
      getrlimit(resource, &old)
      var small = rlimit(rlim_cur: 1 << 20, rlim_max: old.rlim_max)
      try #require(setrlimit(resource, &small) == 0)
      // What is told of a failure may go to a file, too.
      defer { setrlimit(resource, &old) }
      let piece = [UInt8](repeating: 0, count: 1 << 16)
      let error = #expect(throws: FileError.self) {
        try AtomicFile.write(path) { sink in for _ in 0..<17 { try sink.write(piece) } }
      }
      try #require(error == .unwritable(path: path, reason: "File too large"))
      try #require(try own.contents(path) == Array("old".utf8))
      try #require(own.entries() == ["a.bin"])
    }
  }

  @Test("a missing folder and a folder as target are errors")
  func badTargets() throws {
    let missing = folder.file("no/such/a.bin")
    #expect(
      throws: FileError.unwritable(path: missing, reason: "No such file or directory")
    ) {
      try AtomicFile.write(missing, text: "x")
    }
    #expect(throws: FileError.notAFile(path: folder.path)) {
      try AtomicFile.write(folder.path, text: "x")
    }
  }

  @Test("a symbolic link stays a link, and a name of the greatest length works")
  func linksAndLongNames() throws {
    let target = folder.file("target")
    let link = folder.file("link")
    try AtomicFile.write(target, text: "old")
    #expect(symlink(target, link) == 0)
    try AtomicFile.write(link, text: "new")
    #expect(try contents(target) == Array("new".utf8))
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    try AtomicFile.write(folder.file(String(repeating: "n", count: 255)), text: "x")
  }

  @Test("a file keeps its mode and extended attributes; a new one has what the mask leaves")
  func modes() throws {
    let path = folder.file("a")
    close(open(path, O_CREAT | O_WRONLY, 0o666))
    let usual = try #require(Disk.status(path)).st_mode
    try AtomicFile.write(folder.file("new"), text: "x")
    #expect(Disk.status(folder.file("new"))?.st_mode == usual)

    let hasAttributes = setxattr(path, "user.origin", "lab", 3, 0) == 0
    for mode: mode_t in [0o600, 0o640, 0o666, 0o755] {
      chmod(path, mode)
      try AtomicFile.write(path, text: "\(mode)")
      #expect(try #require(Disk.status(path)).st_mode & 0o7777 == mode)
    }
    #expect((getxattr(path, "user.origin", nil, 0) == 3) == hasAttributes)
  }

  @Test("an access list of the folder opens no file that was closed")
  func accessLists() throws {
    // Version 2; owner rwx, the user 1 rwx, group r-x, mask rwx, others none.
    let entries: [(UInt16, UInt16, UInt32)] = [
      (1, 7, .max), (2, 7, 1), (4, 5, .max), (16, 7, .max), (32, 0, .max),
    ]
    var list: [UInt8] = [2, 0, 0, 0]
    for (tag, rights, id) in entries {
      for value in [tag, rights] { withUnsafeBytes(of: value) { list += $0 } }
      withUnsafeBytes(of: id) { list += $0 }
    }
    let path = folder.file("a")
    try AtomicFile.write(path, text: "x")
    chmod(path, 0o640)
    let hasLists = setxattr(folder.path, "system.posix_acl_default", list, list.count, 0) == 0
    try AtomicFile.write(path, text: "y")
    #expect(getxattr(path, "system.posix_acl_access", nil, 0) < 0)
    try AtomicFile.write(folder.file("new"), text: "y")
    #expect((getxattr(folder.file("new"), "system.posix_acl_access", nil, 0) > 0) == hasLists)
  }

  @Test("what is write-protected is refused, by the superuser too, with a way out")
  func protected() throws {
    let path = folder.file("a")
    try AtomicFile.write(path, text: "old")
    chmod(path, 0o400)
    let error = #expect(throws: FileError.protected(path: path)) {
      try AtomicFile.write(path, text: "new")
    }
    #expect(error?.hint?.contains("chmod u+w") == true)
    #expect(try contents(path) == Array("old".utf8))
  }

  @Test("another hard link keeps what it had")
  func hardLinks() throws {
    let (path, other) = (folder.file("a"), folder.file("b"))
    try AtomicFile.write(path, text: "old")
    #expect(link(path, other) == 0)
    try AtomicFile.write(path, text: "new")
    #expect(try contents(path) == Array("new".utf8))
    #expect(try contents(other) == Array("old".utf8))
  }

  @Test(
    "killed at any step, the old or the new file is there, and the next write tidies up",
    arguments: FaultyDisk.lacking, ["absent", "old"])
  func everyStep(lacking: [Disk.Call: Int32], before: String) throws {
    let path = folder.file("a")
    var step = 0
    while true {
      unlink(path)
      if before == "old" { try AtomicFile.write(path, text: "old") }
      let isAlive = FaultyDisk.run(killedBefore: step, lacking: lacking) {
        try? AtomicFile.write(path, text: "new")
      }
      let found = try tree(folder.path).finished
      let states = [before == "old" ? ["a": "644 old"] : [:], ["a": "644 new"]]
      #expect(isAlive ? found == states[1] : states.contains(found), "step \(step)")
      #expect(try FaultyDisk.run(lacking: lacking) { try AtomicFile.write(path, text: "newer") })
      #expect(try tree(folder.path) == ["a": "644 newer"])
      if isAlive { break }
      step += 1
    }
    #expect(step > 0)
  }

  @Test("a name that begins with a combining mark lies in its own folder")
  func combiningMarks() throws {
    mkdir(folder.file("sub"), 0o700)
    let path = folder.path + "/sub/\u{301}x"
    let lacking: [Disk.Call: Int32] = [.createUnnamed: EOPNOTSUPP]
    _ = FaultyDisk.run(killedBefore: 2, lacking: lacking) {
      try? AtomicFile.write(path, text: "new")
    }
    let left = try tree(folder.path).keys.filter { $0.contains(".petl-") }
    #expect(left.count == 1 && left.first?.hasPrefix("sub/") == true)
    try AtomicFile.write(path, text: "new")
    #expect(try contents(path) == Array("new".utf8))
    #expect(try tree(folder.path).count == 2)
  }
}
