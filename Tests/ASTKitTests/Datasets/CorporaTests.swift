import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// The five corpora give the classes, groups and folds that their papers' experiments used.
struct CorporaTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(_ source: String, _ path: String) throws -> DatasetView {
    try Dataset.load(
      DatasetSources.listing(source, path: path), settings: TinyData.settings,
      cache: .none
    ).all
  }

  private func listing(_ source: String, _ path: String) throws -> DatasetListing {
    try DatasetSources.listing(source, path: path)
  }

  /// Every run is made of all clips, each in one part.
  private func requireWhole(_ folds: [Fold], _ clips: DatasetView) throws {
    for fold in folds {
      let valid = try #require(fold.valid)
      let all = fold.train.indices + valid.indices + fold.test.indices
      #expect(all.sorted() == clips.indices, "\(fold.name)")
    }
  }

  @Test func environmentalSounds() throws {
    let tree = try CorpusTrees.esc50(in: folder)
    // The folder above the corpus will do as well.
    let clips = try load("esc50", folder.path)
    #expect(clips.count == 30 && clips.classes == ["dog", "rooster", "rain"])
    #expect(clips.counts == [10, 10, 10])
    #expect(clips.clips.map(\.name) == (try load("esc50", tree.path)).clips.map(\.name))
    #expect(Set(clips.clips.compactMap(\.group)).count == 15)
    let folds = try Fold.ofCorpus(clips)
    #expect(folds.map(\.name) == ["fold5", "fold1", "fold2", "fold3", "fold4"])
    #expect(folds.map { $0.valid?.clips.first?.part } == ["4", "5", "1", "2", "3"])
    #expect(folds.allSatisfy { $0.train.count == 18 && $0.test.count == 6 })
    try requireWhole(folds, clips)
  }

  @Test func cityNoise() throws {
    _ = try CorpusTrees.urbanSound8K(in: folder)
    let clips = try load("urbansound8k", folder.path)
    #expect(clips.count == 20 && clips.classes == ["car_horn", "dog_bark"])
    #expect(clips.clips[0].group == "1001")
    let folds = try Fold.ofCorpus(clips)
    #expect(folds.map(\.name) == [10, 1, 2, 3, 4, 5, 6, 7, 8, 9].map { "fold\($0)" })
    #expect(folds[0].valid?.clips.first?.part == "9" && folds[1].valid?.clips.first?.part == "10")
    try requireWhole(folds, clips)
    let published = try Fold.ofCorpus(clips, validOnTest: true)
    #expect(published.allSatisfy { $0.train.count == 18 && $0.valid?.indices == $0.test.indices })
  }

  @Test func spokenWords() throws {
    _ = try CorpusTrees.speechCommands(in: folder)
    let clips = try load("speechcommands", folder.path)
    #expect(clips.count == 12 && clips.classes == ["go", "no", "yes"])
    #expect(Set(clips.clips.compactMap(\.group)) == ["0a7c", "1b2d", "3c4e", "5d6f"])
    let folds = try Fold.ofCorpus(clips)
    #expect(folds.map(\.train.count) == [6])
    #expect(folds[0].valid?.clips.map(\.group) == ["3c4e", "3c4e", "3c4e"])
    try requireWhole(folds, clips)
  }

  @Test func spokenOrders() throws {
    _ = try CorpusTrees.fluentSpeech(in: folder)
    let clips = try load("fluentspeech", folder.path)
    #expect(
      clips.classes
        == ["change language/none/none", "activate/lights/kitchen", "bring/newspaper/none"])
    #expect(clips.count == 18 && Set(clips.clips.compactMap(\.group)) == ["s0", "s1", "s2"])
    let folds = try Fold.ofCorpus(clips)
    #expect(folds.count == 1 && folds[0].test.clips.allSatisfy { $0.name.contains("test") })
    try requireWhole(folds, clips)
    #expect(FluentSpeech.intents.count == 31 && Set(FluentSpeech.intents).count == 31)
  }

  @Test func actedEmotions() throws {
    _ = try CorpusTrees.iemocap(in: folder)
    let clips = try load("iemocap", folder.path)
    #expect(clips.classes == ["neutral", "happy", "sad", "angry"])
    // Excitement counts as happiness; frustration is left out.
    #expect(clips.counts == [10, 20, 10, 10])
    let folds = try Fold.ofCorpus(clips)
    #expect(
      folds.map(\.name)
        == [5, 1, 2, 3, 4].flatMap { ["session\($0)M", "session\($0)F"] })
    #expect(folds[0].valid?.clips.allSatisfy { $0.group == "session5F" } == true)
    #expect(folds[0].train.clips.allSatisfy { $0.part != "session5" })
    try requireWhole(folds, clips)
  }

  @Test func classesAndFoldsOfACopyWithLessAreThoseItHas() throws {
    let tree = try CorpusTrees.esc50(in: folder)
    for name in ["1-100-A-0.wav", "1-100-B-0.wav"] { try tree.remove("audio/\(name)") }
    let listing = try listing("esc50", tree.path)
    #expect(listing.entries.count == 28)
    #expect(
      listing.notices.contains { $0.hasPrefix("2 of 30 clips are missing: 'audio/1-100-A-0.wav'") })
    #expect(listing.notices.contains { $0.contains("30 of the 2000 clips") })
    let text = try tree.text("meta/esc50.csv").split(separator: "\n")
    let two = text.filter { !$0.hasPrefix("3") && !$0.hasPrefix("4") && !$0.hasPrefix("5") }
    try tree.write("meta/esc50.csv", two.joined(separator: "\n"))
    let clips = try load("esc50", tree.path)
    #expect(throws: DatasetError.folds(needed: 3, found: 2, what: "folds")) {
      try Fold.ofCorpus(clips)
    }
  }

  @Test(arguments: ["esc50", "urbansound8k", "speechcommands", "fluentspeech", "iemocap"])
  func anotherFolderIsSaidToBeNone(_ source: String) throws {
    try folder.writeTones(["a": 1])
    let error = #expect(throws: DatasetError.self) { try listing(source, folder.path) }
    guard case .notCorpus(folder.path, source, _, ["a"])? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(throws: DatasetError.missing(path: "/none")) { try listing(source, "/none") }
    #expect(throws: DatasetError.settingUnused(source: source, setting: "label", known: [])) {
      try DatasetSources.listing(source, path: folder.path, ["label": .number(1)])
    }
  }

  /// What is wrong stands with file, line and column.
  @Test(
    arguments: [
      ("\n1-100-A-0.wav,1,", "\n1-100-A-0.wav,9,", 2, "fold", "a number from 1 to 5", "'9'"),
      ("\n1-100-B-0.wav,1,0,", "\n1-100-B-0.wav,1,3,", 3, "target", "0 for 'dog'", "'3'"),
      ("\n1-100-B-0.wav", "\n../1-100-B-0.wav", 3, "filename", "the path of a file", "'../1-"),
      ("\n1-100-B-0.wav,1", "\n1-100-B-0.wav", 3, nil, "7 fields", "6"),
      ("\n1-100-B-0.wav,1,0,dog", "\n1-100-B-0.wav,1,0,", 3, "category", "a name", "''"),
      ("\n1-100-B-0.wav", "\n1-100-A-0.wav", 3, "filename", "a file that is not in line 2", "'1-"),
      ("category", "class", 1, nil, "a column 'category'", "only 'filename'"),
      ("\n1-100-B-0.wav", "\n\"1-100-B-0.wav", 3, nil, "a closing quote", "the end"),
      ("\n1-100-B-0.wav", "\n\"1-100\"-B-0.wav", 3, nil, "a separator", "more text"),
    ] as [(String, String, Int, String?, String, String)])
  func aDamagedTableIsRefused(
    _ part: String, _ damaged: String, _ line: Int, _ column: String?, _ expected: String,
    _ found: String
  ) throws {
    let tree = try CorpusTrees.esc50(in: folder)
    try tree.write(
      "meta/esc50.csv",
      try tree.text("meta/esc50.csv").replacing(part, with: damaged, maxReplacements: 1))
    let error = try #require(throws: DatasetError.self) { try listing("esc50", tree.path) }
    guard
      case .manifest("\(tree.path)/meta/esc50.csv", line, column, let wanted, let there) = error
    else { throw error }
    #expect(wanted.hasPrefix(expected) && there.hasPrefix(found), "\(error)")
  }

  @Test func damagedListsAreRefused() throws {
    let words = try CorpusTrees.speechCommands(in: folder)
    try words.write("testing_list.txt", "yes/5d6f_nohash_0.wav\nyes.wav\n")
    let error = try #require(throws: DatasetError.self) {
      try listing("speechcommands", words.path)
    }
    #expect(error.message.contains("testing_list.txt', line 2, column 'file': expected WORD/FILE"))
    let acted = try CorpusTrees.iemocap(in: folder)
    let list = "Session2/dialog/EmoEvaluation/Ses02F_impro01.txt"
    try acted.write(list, "[1.0 - 2.0]\tSes02F_impro01\n")
    let other = try #require(throws: DatasetError.self) { try listing("iemocap", acted.path) }
    #expect(other.message.contains("Ses02F_impro01.txt', line 1"))
    let orders = try CorpusTrees.fluentSpeech(in: folder)
    try orders.write(
      "data/valid_data.csv",
      try orders.text("data/valid_data.csv").replacing("bring,newspaper", with: "bring,paper"))
    let third = try #require(throws: DatasetError.self) { try listing("fluentspeech", orders.path) }
    #expect(third.message.contains("line 2, column 'action/object/location'"))
  }

  @Test func aRunOnACorpusIsTakenUpAgain() throws {
    let tree = try CorpusTrees.esc50(in: folder)
    let fold = try Fold.ofCorpus(load("esc50", folder.path))[1]
    let net = try TinyModel.classifier(classes: ["dog", "rooster", "rain"])
    let settings = CheckpointRun.settings()
    let trainer = try Trainer(net, train: fold.train, valid: fold.valid, settings)
    try trainer.advance(by: 2)
    let path = folder.file("run.checkpoint")
    try Checkpoint.save(trainer, to: path)
    let resumed = try Checkpoint.resume(path)
    #expect(resumed.train.clips.map(\.name) == fold.train.clips.map(\.name))
    try resumed.advance(by: 2)
    try trainer.advance(by: 2)
    #expect(resumed.model.allValues == trainer.model.allValues)

    // A clip that is of another class by now is no longer the run's.
    let table = try tree.text("meta/esc50.csv")
    let clip = try #require(fold.train.clips.first { $0.label == 0 })
    let file = PathBytes.lastComponent(of: clip.name)
    let row = try #require(table.split(separator: "\n").first { $0.hasPrefix(file) })
    try tree.write(
      "meta/esc50.csv", table.replacing(row, with: row.replacing(",0,dog,", with: ",1,rooster,")))
    let error = try #require(throws: CheckpointError.self) { try Checkpoint.resume(path) }
    #expect(error.message.contains("'\(clip.name)' was of class 'dog'"), "\(error.message)")
  }
}
