import TestSupport
import Testing

@testable import ASTKit

/// Folds and splits keep groups on one side and give every part its share of the classes.
struct FoldTests {
  /// 120 clips of three classes, in 40 groups of 1 to 5 with one class or two; the sound is the
  /// same for all, as only the names count.
  private func clips() throws -> DatasetView {
    let folder = try TemporaryFolder()
    let path = try folder.write("one.wav", Sounds.wav(Sounds.tone(300, samples: 400)))
    var entries: [DatasetListing.Entry] = [], random = RandomSource(seed: 3)
    var group = 0
    while entries.count < 120 {
      let label = random.below(3)
      for _ in 0..<(1 + random.below(5)) {
        let own = random.below(4) == 0 ? (label + 1) % 3 : label
        entries.append(
          .init(path: path, name: "\(entries.count)", label: "c\(own)", group: "g\(group)"))
      }
      group += 1
    }
    return try Dataset.load(
      DatasetListing(name: "made", entries: entries), settings: TinyData.settings, cache: .none
    ).all
  }

  private func groups(_ view: DatasetView) -> Set<String> { Set(view.clips.compactMap(\.group)) }

  @Test(arguments: [3, 5, 10])
  func groupsStayTogetherAndClassesApart(_ count: Int) throws {
    let clips = try clips()
    let folds = try Fold.stratified(clips, count, seed: 1)
    #expect(folds.map(\.name) == (1...count).map { "fold\($0)" })
    #expect(folds.flatMap(\.test.indices).sorted() == clips.indices)
    for (run, fold) in folds.enumerated() {
      let valid = try #require(fold.valid)
      #expect(valid.indices == folds[(run + count - 1) % count].test.indices)
      #expect((fold.train.indices + valid.indices + fold.test.indices).sorted() == clips.indices)
      #expect(groups(fold.train).isDisjoint(with: groups(fold.test)))
      #expect(groups(fold.train).isDisjoint(with: groups(valid)))
      for (own, all) in zip(fold.test.counts, clips.counts) {
        #expect(abs(Double(own) - Double(all) / Double(count)) <= 4, "\(fold.test.counts)")
      }
    }
  }

  @Test func theSeedDecides() throws {
    let clips = try clips()
    func tests(_ seed: UInt64) throws -> [[Int]] {
      try Fold.stratified(clips, 4, seed: seed).map(\.test.indices)
    }
    #expect(try tests(1) == tests(1))
    #expect(try tests(1) != tests(2))
  }

  @Test func withoutGroupsEveryClipStandsAlone() throws {
    let clips = try clips()
    let folds = try Fold.stratified(clips, 4, by: .clip, seed: 1)
    for fold in folds {
      #expect(abs(fold.test.count - 30) <= 1)
      for (own, all) in zip(fold.test.counts, clips.counts) {
        #expect(abs(Double(own) - Double(all) / 4) < 1)
      }
    }
  }

  @Test func aSplitByGroupsSharesNone() throws {
    let clips = try clips()
    let split = try Split.stratified(clips, train: 0.6, valid: 0.2, test: 0.2, by: .group, seed: 1)
    #expect(split.sharedGroups == 0)
    #expect(abs(split.train.count - 72) <= 5 && abs((split.test?.count ?? 0) - 24) <= 5)
    let torn = try Split.stratified(clips, train: 0.6, valid: 0.2, test: 0.2, by: .clip, seed: 1)
    #expect(torn.sharedGroups > 10)
    let half = try Split.stratified(clips, train: 0.5, by: .group, seed: 1)
    #expect(abs(half.train.count - 60) <= 5 && half.test == nil)
    let few = try Split.stratified(
      clips, train: 0.6, test: 0.4, by: .group, seed: 1, perClass: 3)
    #expect(few.train.counts == [3, 3, 3] && few.sharedGroups == 0)
  }

  @Test func tooFewGroupsAreSaid() throws {
    let clips = try TinyData.load()
    #expect(throws: DatasetError.folds(needed: 20, found: 13, what: "groups")) {
      try Fold.stratified(clips, 20, seed: 1)
    }
    #expect(throws: DatasetError.folds(needed: 3, found: 2, what: "folds")) {
      try Fold.stratified(clips, 2, seed: 1)
    }
    #expect(throws: DatasetError.noFolds(name: "tones")) { try Fold.ofCorpus(clips) }
  }
}
