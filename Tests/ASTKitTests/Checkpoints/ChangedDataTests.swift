import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// A run goes on with the clips that it was trained on, or not at all.
@Suite struct ChangedDataTests {
  private let run: CheckpointRun
  private let tones: String

  init() throws {
    run = try CheckpointRun()
    tones = run.folder.file("tones")
    try Checkpoint.save(run.full(), to: run.path)
  }

  private func change() throws -> DataChange? {
    do {
      _ = try Checkpoint.resume(run.path)
      return nil
    } catch CheckpointError.changedData(let folder, let change) {
      #expect(folder == tones)
      return change
    }
  }

  @Test("A file that is gone, of another size, rewritten, unreadable, moved; a class that is new")
  func changes() throws {
    let manager = FileManager.default
    let file = run.folder.file("tones/a/00.wav")
    let sound = try MappedFile(file).contents()

    try manager.removeItem(atPath: file)
    #expect(try change()?.description == "'a/00.wav' is gone")

    try AtomicFile.write(file, bytes: sound + [0, 0])
    let size = sound.count
    #expect(
      try change()?.description == "'a/00.wav' had \(size) bytes and has \(size + 2)")

    var other = sound
    other[size - 100] ^= 1
    try AtomicFile.write(file, bytes: other)
    #expect(
      try change()
        == {
          var c = DataChange(); c.rewritten = ["a/00.wav"]; return c
        }())

    try AtomicFile.write(file, bytes: [UInt8](repeating: 7, count: size))
    #expect(try change()?.unusable.map(\.name) == ["a/00.wav"])

    try manager.removeItem(atPath: file)
    try AtomicFile.write(run.folder.file("tones/b/09.wav"), bytes: sound)
    #expect(try change()?.gone == ["a/00.wav"])
    try AtomicFile.write(file, bytes: sound)
    // More of a class that was there changes nothing of the run.
    #expect(try change() == nil)

    try run.folder.write("tones/d/00.wav", sound)
    #expect(try change()?.description == "a class is new: d")
    #expect(try change()?.newClasses == ["d"])
    try manager.removeItem(atPath: run.folder.file("tones/d"))
    #expect(try change() == nil)
  }

  @Test("Several changes are told together")
  func several() throws {
    for name in ["a/00", "a/02", "b/00"] {
      try FileManager.default.removeItem(atPath: run.folder.file("tones/\(name).wav"))
    }
    try run.folder.write("tones/e/x.wav", MappedFile(run.folder.file("tones/b/01.wav")).contents())
    #expect(
      try change()?.description
        == "3 files are gone, such as: 'a/00.wav' is gone; a class is new: e")
  }

  @Test("A folder that has moved is found by its new path, wherever the program runs")
  func moved() throws {
    let before = try run.bytes(Checkpoint.resume(run.path))
    try FileManager.default.moveItem(atPath: tones, toPath: run.folder.file("moved"))
    #expect(throws: CheckpointError.noFolder(path: tones)) { try Checkpoint.resume(run.path) }
    var options = Checkpoint.Options()
    options.path = run.folder.file("moved")
    let resumed = try Checkpoint.resume(run.path, options)
    #expect(resumed.train.clips.allSatisfy { $0.path.hasPrefix(run.folder.file("moved")) })
    try FileManager.default.moveItem(atPath: run.folder.file("moved"), toPath: tones)
    try resumed.advance()
    let never = try Checkpoint.resume(run.path)
    #expect(try run.bytes(never) == before)
    try never.advance()
    #expect(resumed.model.allValues == never.model.allValues)
  }

  @Test("Sets made otherwise are given, in any order; others are refused with the difference")
  func given() throws {
    let listing = try FolderSource(path: tones).listing()
    let set = try Dataset.load(listing, settings: TinyData.settings, cache: .none)
    let byHand = DatasetView(
      dataset: set, indices: set.clips.indices.filter { $0 % 3 != 1 }, name: "mine")
    let valid = DatasetView(
      dataset: set, indices: set.clips.indices.filter { $0 % 3 == 1 }, name: "v")
    let trainer = try Trainer(
      TinyRun.model(), train: byHand, valid: valid, CheckpointRun.settings())
    try trainer.advance(by: 4)
    try Checkpoint.save(trainer, to: run.path)
    #expect(throws: CheckpointError.unknownData(part: "train")) { try Checkpoint.resume(run.path) }

    var options = Checkpoint.Options()
    options.train = DatasetView(dataset: set, indices: byHand.indices.reversed(), name: "turned")
    options.valid = valid
    let resumed = try Checkpoint.resume(run.path, options)
    #expect(resumed.train.indices == byHand.indices)
    try trainer.advance()
    try resumed.advance()
    #expect(try run.bytes(resumed) == run.bytes(trainer))

    func refusal(_ view: DatasetView) -> String? {
      options.train = view
      do {
        _ = try Checkpoint.resume(run.path, options)
        return nil
      } catch { return "\(error)" }
    }
    #expect(refusal(set.all)?.contains("it has 13 clips, expected 9") == true)
    let shifted = DatasetView(dataset: set, indices: Array(0..<9), name: "shifted")
    #expect(refusal(shifted)?.contains("it lacks '") == true)
    let longer = try Dataset.load(
      listing, settings: FeatureSettings(melBins: 36, frames: 40), cache: .none)
    let other = DatasetView(dataset: longer, indices: byHand.indices, name: "longer")
    #expect(refusal(other)?.contains("36 frames then, 40 frames now") == true)
  }
}
