import ASTKit
import Glibc
import TestSupport
import Testing

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
}
