import ASTKit
import Foundation
import TestSupport
import Testing

/// What a search leaves out is counted, by reason, and classes that vanish are named.
struct PassedOverTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func make(_ names: String...) throws { for name in names { try folder.write(name, []) } }

  func listing(label: Int? = nil) throws -> DatasetListing {
    try FolderSource(path: folder.path, label: label).listing()
  }

  @Test func filesByEndingAndTheirClass() throws {
    try make("a/1.wav", "b/1.wav", "c/0.m4a", "c/1.m4a", "c/2.M4A", "a/2.wma")
    #expect(
      try listing().notices == [
        "4 files passed over: 4 by ending (3 .m4a, 1 .wma), such as 'c/0.m4a'",
        "no clips, and so no class, from 'c': no file there is a sound file that is read",
      ])
  }

  @Test("what goes with sound, and what is hidden, is passed over in silence")
  func companions() throws {
    try make(
      "a/1.wav", "b/1.wav", "a/notes.txt", "labels.csv", "b/1.TextGrid", "pictures/1.png",
      "a/._1.wav", "__MACOSX/a/1.m4a", ".DS_Store", "b/.m4a")
    #expect(try listing().notices == [])
    #expect(try listing(label: 1).notices == [])
  }

  @Test("folders without any file are classes that vanish")
  func emptyFolders() throws {
    try make("a/1.wav", "b/1.wav", "c/.hidden")
    #expect(try listing().silentFolders == ["c"])
    #expect(try listing(label: 1).silentFolders == ["c"])
  }

  @Test("the level of 'label' is the one that is missed")
  func levels() throws {
    try make("de/x/1.wav", "de/z/1.wav", "cs/x/1.wav", "cs/y/1.m4a", "fr/x/1.m4a", "fr/y/2.m4a")
    #expect(try listing(label: 1).silentFolders == ["fr"])
    // 'x' has clips elsewhere.
    #expect(try listing(label: 2).silentFolders == ["cs/y", "fr/y"])
  }

  @Test func links() throws {
    try make("a/1.wav", "b/1.wav")
    func link(_ name: String, to target: String) throws {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file(name), withDestinationPath: target)
    }
    try link("c", to: "a")
    try link("d", to: "nowhere")
    // Back to a folder above: all of it is read there.
    try link("b/up", to: "..")
    let listing = try listing()
    #expect(
      listing.passedOver == [
        PassedOver(reason: .linkToFolderRead, count: 1, example: "c"),
        PassedOver(reason: .deadLink, count: 1, example: "d"),
      ])
    #expect(
      listing.notices == [
        "2 files passed over: 1 as a link to a folder read before, such as 'c'; "
          + "1 as a link that leads nowhere, such as 'd'",
        "no clips, and so no class, from 'c': no file there is a sound file that is read",
      ])
  }

  @Test func classesThatLookAlike() throws {
    try make("e\u{301}/1.wav", "\u{E9}/1.wav", "\u{E9}/2.wav", "z/1.wav")
    let notices = try listing().notices
    #expect(notices.count == 1)
    #expect(notices.first?.contains("(1 and 2 clips)") == true)
  }

  /// A slash or a point with a combining mark behind it is another Character.
  @Test func namesThatBeginWithACombiningMark() throws {
    try make("a/\u{301}x.wav", "b/\u{308}/1.wav", "c/.\u{301}x.wav")
    #expect(try listing(label: 1).entries.map(\.label) == ["a", "b"])
    #expect(try listing(label: 1).silentFolders == ["c"])
    let last = try #require(try listing().entries.last)
    #expect(last.label.utf8.elementsEqual("\u{308}".utf8))
  }

  /// Names of old corpora in Latin-1.
  @Test func namesThatAreNoTextAreUnusable() throws {
    try make("a/1.wav", "b/2.wav")
    func add(_ bytes: [UInt8], folder isFolder: Bool = false) {
      let path = Array(folder.file("a").utf8) + [UInt8(ascii: "/")] + bytes + [0]
      path.withUnsafeBytes { raw in
        guard let base = raw.bindMemory(to: CChar.self).baseAddress else { return }
        if isFolder { mkdir(base, 0o700) } else { close(open(base, O_CREAT | O_WRONLY, 0o600)) }
      }
    }
    let name = Array("caf".utf8) + [0xE9]
    add(name + Array(".txt".utf8))
    #expect(try listing().unusable == [])
    add(name + Array(".wav".utf8))
    add(name, folder: true)
    let listing = try listing()
    #expect(listing.entries.count == 2)
    let why = "the name is not UTF-8 text; rename it (convmv does)"
    #expect(
      listing.unusable == [
        UnusableFile(name: "a/caf\u{FFFD}", reason: "the folder cannot be read: \(why)"),
        UnusableFile(name: "a/caf\u{FFFD}.wav", reason: "cannot be read: \(why)"),
      ])
  }

  @Test("a path that is too long is not a folder that is not there")
  func tooLong() throws {
    try make("a/1.wav", "b/1.wav")
    let name = String(repeating: "n", count: 250)
    // Deeper than one path can say: made from inside.
    var descriptor = open(folder.file("a"), O_RDONLY | O_DIRECTORY)
    for _ in 0..<17 {
      try #require(mkdirat(descriptor, name, 0o700) == 0)
      let next = openat(descriptor, name, O_RDONLY | O_DIRECTORY)
      close(descriptor)
      descriptor = next
    }
    close(descriptor)
    let unusable = try listing().unusable
    #expect(unusable.count == 1)
    #expect(unusable.first?.reason == "the folder cannot be read: File name too long")
  }
}
