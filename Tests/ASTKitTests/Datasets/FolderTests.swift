import ASTKit
import Foundation
import TestSupport
import Testing

/// Folders name classes, and every layout that gives none is told why.
struct FolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Listing looks at names only, so empty files serve.
  func make(_ names: String...) throws { for name in names { try folder.write(name, []) } }

  func listing(label: Int? = nil, extensions: [String]? = nil) throws -> DatasetListing {
    try FolderSource(path: folder.path, label: label, extensions: extensions).listing()
  }

  @Test func labelChoosesTheFolder() throws {
    try make("de/alpha/a.ogg", "de/syllab/b.ogg", "cs/alpha/c.OGG")
    #expect(try listing(label: 1).entries.map(\.label) == ["cs", "de", "de"])
    #expect(try listing(label: 2).entries.map(\.label) == ["alpha", "alpha", "syllab"])
    #expect(try listing().entries.map(\.label) == ["alpha", "alpha", "syllab"])
    let names = ["cs/alpha/c.OGG", "de/alpha/a.ogg", "de/syllab/b.ogg"]
    #expect(try listing().entries.map(\.name) == names)
    #expect(try listing().entries.map(\.path) == names.map(folder.file))
    #expect(try listing().name == folder.url.lastPathComponent)
  }

  @Test func otherFilesAreIgnored() throws {
    try make("a/1.wav", "a/notes.txt", "a/p.png", "b/2.flac", "b/.3.wav", ".c/4.wav", "b/README")
    #expect(try listing().entries.map(\.name) == ["a/1.wav", "b/2.flac"])
    let passedOver = [
      PassedOver(reason: .ending("flac"), count: 1, example: "b/2.flac"),
      PassedOver(reason: .ending(""), count: 1, example: "b/README"),
    ]
    #expect(
      throws: DatasetError.noClasses(path: folder.path, found: ["a"], passedOver: passedOver)
    ) { try listing(extensions: [".WAV"]) }
    #expect(
      throws: DatasetError.noAudio(path: folder.path, others: 5, extensions: ["aac"])
    ) { try listing(extensions: ["aac"]) }
  }

  @Test func linksAreFollowedOnce() throws {
    try make("a/1.wav", "b/2.wav")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder.file("a/up"), withDestinationPath: "..")
    let elsewhere = try TemporaryFolder()
    try elsewhere.write("3.wav", [])
    try files.createSymbolicLink(
      atPath: folder.file("c"), withDestinationPath: elsewhere.path)
    try files.createSymbolicLink(atPath: folder.file("b/gone.wav"), withDestinationPath: "nowhere")
    #expect(
      try listing(label: 1).entries.map(\.name) == ["a/1.wav", "b/2.wav", "b/gone.wav", "c/3.wav"])
  }

  @Test func wrongPaths() throws {
    try make("a/1.wav")
    func listing(_ path: String) throws {
      _ = try FolderSource(path: path).listing()
    }
    let missing = folder.file("x")
    #expect(throws: DatasetError.missing(path: missing)) { try listing(missing) }
    let file = folder.file("a/1.wav")
    #expect(throws: DatasetError.notFolder(path: file)) { try listing(file) }
  }

  @Test func foldersWithoutClasses() throws {
    try make("1.wav", "2.wav")
    let flat = DatasetError.noClasses(path: folder.path, found: [])
    #expect(throws: flat) { try listing() }
    #expect(throws: flat) { try listing(label: 1) }
    try make("a/3.wav")
    #expect(throws: DatasetError.notDeepEnough(file: "1.wav", label: nil, folders: 0)) {
      try listing()
    }
    #expect(throws: DatasetError.notDeepEnough(file: "1.wav", label: 2, folders: 0)) {
      try listing(label: 2)
    }
    #expect(throws: EngineError.setting(name: "label", expected: "between 1 and 64", found: "0")) {
      try listing(label: 0)
    }
  }

  @Test func emptyFolder() throws {
    let error = #expect(throws: DatasetError.self) { try listing() }
    #expect(error?.message.contains("holds no sound files (0 other files") == true)
  }

  @Test func interruptStopsTheSearch() throws {
    try make("a/1.wav", "b/2.wav")
    let flag = InterruptFlag()
    flag.raise()
    let source = try FolderSource(path: folder.path)
    #expect(throws: EngineError.interrupted) { try source.listing(interrupt: flag) }
  }

  @Test func messages() {
    #expect(
      DatasetError.notDeepEnough(file: "a/1.wav", label: 2, folders: 1).description
        == "'a/1.wav' lies in 1 folder, so there is no folder 2 to take its class from "
        + "(choose a smaller 'label', or leave it out)")
    #expect(
      DatasetError.noClasses(path: "x", found: []).description
        == "'x' has no classes: expected at least two folders with sound files, found none "
        + "(put each class in a folder of its own, or choose another 'label' level)")
  }
}
