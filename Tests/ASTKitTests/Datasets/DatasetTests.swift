import ASTKit
import Foundation
import TestSupport
import Testing

/// A data set is loaded whole or not at all, says what it left out, and its features are those
/// of its files.
struct DatasetTests {
  let folder: TemporaryFolder
  let settings = FeatureSettings(melBins: 16, frames: 4)

  init() throws { folder = try TemporaryFolder() }

  func load(
    skip: Bool = false, interrupt: InterruptFlag? = nil,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> Dataset {
    let listing = try FolderSource(path: folder.path).listing()
    return try Dataset.load(
      listing, settings: settings, skip: skip, cache: .none, interrupt: interrupt,
      progress: progress)
  }

  @Test func loadsClassesCountsAndSeconds() throws {
    try folder.writeTones(["b": 3, "a": 2])
    var calls: [[Int]] = []
    let dataset = try load { calls.append([$0, $1]) }
    #expect(dataset.classes == ["a", "b"])
    #expect(dataset.counts == [2, 3])
    #expect(
      dataset.clips.map(\.name) == ["a/00.wav", "a/01.wav", "b/00.wav", "b/01.wav", "b/02.wav"])
    #expect(dataset.clips.map(\.label) == [0, 0, 1, 1, 1])
    #expect(abs(dataset.seconds - 5 * 720.0 / 16000) < 1e-9)
    #expect(calls.first == [0, 5])
    #expect(calls.last == [5, 5])
  }

  @Test func featuresAreThoseOfTheFile() throws {
    try folder.writeTones(["a": 2, "b": 2])
    let dataset = try load()
    let extractor = try FeatureExtractor(settings)
    let (input, labels, lengths) = try Batches(inOrder: dataset.all, size: 4).fill([3, 0])
    #expect(input.shape == [2, 4, 16])
    #expect(labels == [1, 0] && lengths == [3, 3])
    for (row, clip) in [3, 0].enumerated() {
      // 720 samples are 3 frames, so the last one is padding.
      let logMel = try extractor.logMel(path: dataset.clips[clip].path)
      let expected = settings.inputValues(logMel)
      let found = input.elements[(row * 64)..<(row * 64 + 64)]
      for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-6) }
      #expect(found.suffix(16).allSatisfy { $0 == settings.padding })
    }
  }

  @Test func labelsOfOnesOwn() throws {
    try folder.writeTones(["x": 2])
    let listing = DatasetListing(
      name: "mine",
      entries: [
        .init(path: folder.file("x/01.wav"), label: "no", group: "1"),
        .init(path: folder.file("x/00.wav"), label: "yes"),
      ])
    let dataset = try Dataset.load(listing, settings: settings, cache: .none)
    #expect(dataset.classes == ["no", "yes"])
    #expect(dataset.clips.map(\.label) == [1, 0])
    #expect(dataset.clips.map(\.group) == [nil, "1"])
  }

  func addBadFiles() throws {
    try folder.write("a/text.wav", Array("hello".utf8))
    try folder.write("b/empty.wav", [])
    try folder.write("b/short.wav", Sounds.wav([0, 0.5]))
    try folder.write("b/none.wav", Sounds.wav([]))
  }

  @Test func undecodableFilesAreNamedWithReasons() throws {
    try folder.writeTones(["a": 2, "b": 1])
    try addBadFiles()
    let error = #expect(throws: DatasetError.self) { try load() }
    #expect(
      error?.description
        == "4 of 7 files cannot be used: "
        + "a/text.wav: not a sound file of a known format (it looks like text); "
        + "b/empty.wav: the file is empty (0 bytes); "
        + "b/none.wav: the file holds no samples; "
        + "and 1 more ('skip: true' goes on without them)")
  }

  @Test func skipGoesOnWithoutThem() throws {
    try folder.writeTones(["a": 2, "b": 1])
    try folder.write("lost/text.wav", Array("hello".utf8))
    try addBadFiles()
    let dataset = try load(skip: true)
    #expect(dataset.counts == [2, 1])
    #expect(dataset.classes == ["a", "b"])
    let names = ["a/text.wav", "b/empty.wav", "b/none.wav", "b/short.wav", "lost/text.wav"]
    #expect(dataset.skipped.map(\.name) == names)
    #expect(dataset.skipped[3].reason == "too short: 2 samples at 16000 Hz, one frame needs 400")
    // What remains still finds its own features.
    let extractor = try FeatureExtractor(settings)
    let last = try Batches(inOrder: dataset.all, size: 1).fill([2]).input
    let expected = settings.inputValues(try extractor.logMel(path: folder.file("b/00.wav")))
    for (a, b) in zip(last.values, expected) { #expect(abs(a - b) < 1e-6) }
  }

  @Test func skipMayNotLeaveASingleClass() throws {
    try folder.writeTones(["a": 2])
    try folder.write("b/1.wav", [])
    #expect(throws: DatasetError.noClasses(path: folder.url.lastPathComponent, found: ["a"])) {
      try load(skip: true)
    }
  }

  @Test func whatCannotBeLookedAtIsSkippedOrAnError() throws {
    try folder.writeTones(["a": 2, "b": 1])
    var listing = try FolderSource(path: folder.path).listing()
    listing.unusable = [UnusableFile(name: "b/x.wav", reason: "why")]
    #expect(throws: DatasetError.undecodable(files: listing.unusable, of: 4)) {
      try Dataset.load(listing, settings: settings, cache: .none)
    }
    let dataset = try Dataset.load(listing, settings: settings, skip: true, cache: .none)
    #expect(dataset.skipped == listing.unusable)
    #expect(dataset.count == 3)
  }

  @Test func namesInTwoUnicodeFormsAreTwoClasses() throws {
    try folder.writeTones(["z": 1])
    try folder.write("e\u{301}/1.wav", Sounds.wav(Sounds.tone(440, samples: 720)))
    try folder.write("\u{E9}/1.wav", Sounds.wav(Sounds.tone(880, samples: 720)))
    let dataset = try load()
    #expect(
      dataset.classes.map { Array($0.utf8) } == ["e\u{301}", "z", "\u{E9}"].map { Array($0.utf8) })
    #expect(dataset.counts == [1, 1, 1])
  }

  @Test func nothingUsableIsAnErrorEvenWithSkip() throws {
    try folder.write("a/1.wav", [])
    try folder.write("b/1.wav", [])
    #expect(throws: DatasetError.self) { try load(skip: true) }
  }

  @Test func interruptLoadsNothing() throws {
    try folder.writeTones(["a": 2, "b": 2])
    let flag = InterruptFlag()
    #expect(throws: EngineError.interrupted) {
      try load(interrupt: flag) { _, _ in flag.raise() }
    }
  }
}
