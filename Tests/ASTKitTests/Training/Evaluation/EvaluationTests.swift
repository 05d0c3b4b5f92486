import TestSupport
import Testing

@testable import ASTKit

/// Measures of an evaluation are those of scikit-learn, which `scripts/check-measures.py` stored.
struct EvaluationTests {
  @Test(arguments: ScikitLearnCase.all)
  func equalToScikitLearn(_ right: ScikitLearnCase) throws {
    let result = right.evaluation
    let ranked = try result.classRankings()
    expectEqual(ranked.rankings.map(\.averagePrecision), right.averagePrecisions)
    expectEqual(ranked.rankings.map(\.rocArea), right.rocAreas)
    expectEqual([ranked.meanAveragePrecision, ranked.meanROCArea], right.rankingMeans)
    let scores = result.classScores
    expectEqual(scores.map(\.precision), right.precisions)
    expectEqual(scores.map(\.recall), right.recalls)
    expectEqual(scores.map(\.f1), right.f1s)
    expectEqual(
      [result.macroPrecision, result.macroRecall, result.macroF1, result.microF1],
      [right.macroPrecision, right.macroRecall, right.macroF1, right.microF1])
    expectEqual((1...3).map(result.topK), right.topK)
    #expect(result.topK(1) == result.accuracy)
    expectEqual([result.losses.reduce(0, +) / Double(result.count)], [right.logLoss])
  }

  @Test("the stored cases have ties, absent classes, a single class and a single clip")
  func storedCases() {
    let cases = ScikitLearnCase.all
    #expect(cases.contains { $0.averagePrecisions.contains(nil) })
    #expect(cases.contains { $0.rocAreas.allSatisfy { $0 == nil } })
    #expect(cases.contains { $0.labels.count == 1 })
    #expect(cases.contains { Set($0.logits).count < $0.labels.count })
  }

  @Test("classes that have no value are named and left out of the mean")
  func leftOut() throws {
    let some = try Self.evaluation(
      labels: [0, 0, 2], [[2, 1, 0], [0, 1, 2], [0, 1, 3]], classes: ["a", "b", "c"]
    ).classRankings()
    #expect(some.withoutAveragePrecision == ["b"] && some.withoutROCArea == ["b"])
    #expect(some.meanAveragePrecision == 1 && some.meanROCArea == 1)
    let one = try Self.evaluation(
      labels: [1, 1], [[2, 1], [0, 1]], classes: ["a", "b"]
    ).classRankings()
    #expect(one.withoutAveragePrecision == ["a"] && one.withoutROCArea == ["a", "b"])
    #expect(one.meanAveragePrecision == 1 && one.meanROCArea == nil)
    let none = try Self.evaluation(labels: [], [], classes: ["a"]).classRankings()
    #expect(none.meanAveragePrecision == nil && none.withoutAveragePrecision == ["a"])
  }

  @Test("clips without finite logits stand last, lose, and are never among the top k")
  func notFinite() throws {
    let finite = try Self.evaluation(
      labels: [0, 1, 0, 1], [[2, 1], [1, 3], [0, 1], [1, 0]], classes: ["a", "b"]
    ).classRankings()
    for bad: [Float] in [[.nan, 0], [0, .infinity], [-.infinity, 0], [.nan, .nan]] {
      for place in 0...4 {
        var (labels, logits) = ([0, 1, 0, 1], [[2, 1], [1, 3], [0, 1], [1, 0]] as [[Float]])
        labels.insert(0, at: place)
        logits.insert(bad, at: place)
        let result = Self.evaluation(labels: labels, logits, classes: ["a", "b"])
        let ranked = try result.classRankings()
        // For b the clip is a negative behind all others; for a it is a positive there, after a
        // tie of a positive and a negative, a positive and a negative.
        #expect(ranked.rankings[1].averagePrecision == finite.rankings[1].averagePrecision)
        expectEqual(
          [ranked.rankings[0].averagePrecision, ranked.rankings[0].rocArea],
          [(1.0 / 2 + 2.0 / 3 + 3.0 / 5) / 3, 2.5 / 6])
        #expect(result.notFinite == 1 && result.topK(2) == 4.0 / 5)
        #expect(result.losses[place] == .infinity && result.worst(1)[0].name == "\(place).wav")
      }
    }
    #expect(Ranking(scores: [.nan, 0.5, .nan], isPositive: [true, true, false]).rocArea == 0.75)
  }

  @Test("the worst clips are those of the highest loss, equal ones in the order of the data")
  func worst() {
    let result = Self.evaluation(
      labels: [0, 0, 1, 1, 0], [[0, 1], [3, 0], [4, 0], [0, 1], [5, 6]], classes: ["a", "b"])
    #expect(result.worst(4).map(\.name) == ["2.wav", "0.wav", "4.wav", "3.wav"])
    #expect(result.worst(1).map(\.label) == [1] && result.worst(1).map(\.prediction) == [0])
    #expect(abs(result.worst(1)[0].loss - 4.018149927917809) < 1e-12)
    #expect(result.worst(9).count == 5 && result.worst(0).isEmpty && result.worst(-1).isEmpty)
    #expect(result.topK(0) == 0 && result.topK(-1) == 0 && result.topK(7) == 1)
  }

  @Test("a model's evaluation has the names of the clips, and losses whose mean is the loss")
  func ofAModel() throws {
    let clips = try TinyData.load()
    let view = DatasetView(dataset: clips.dataset, indices: [7, 2, 11, 0, 5], name: "part")
    let result = try TinyModel.classifier().evaluate(view, batch: 2)
    #expect(result.names == ["b/02.wav", "a/02.wav", "c/02.wav", "a/00.wav", "b/00.wav"])
    #expect(abs(result.losses.reduce(0, +) / 5 - result.loss) < 1e-6)
    let worst = result.worst(5)
    #expect(Set(worst.map(\.name)) == Set(result.names))
    for clip in worst {
      #expect(result.classes[clip.label] == String(clip.name.prefix(1)))
    }
  }

  @Test("ranking can be interrupted")
  func interrupted() throws {
    let flag = InterruptFlag()
    flag.raise()
    let result = Self.evaluation(labels: [0], [[0, 1]], classes: ["a", "b"])
    #expect(throws: EngineError.interrupted) { try result.classRankings(interrupt: flag) }
  }

  /// An evaluation of clips `0.wav`, `1.wav`…; its loss plays no part.
  static func evaluation(labels: [Int], _ logits: [[Float]], classes: [String]) -> Evaluation {
    Evaluation(
      loss: 0, classes: classes, labels: labels,
      predictions: logits.map { row in row.indices.max { row[$0] < row[$1] } ?? 0 },
      logits: logits, names: labels.indices.map { "\($0).wav" })
  }

  private func expectEqual(
    _ found: [Double?], _ right: [Double?], at location: SourceLocation = #_sourceLocation
  ) {
    #expect(found.count == right.count, sourceLocation: location)
    for (found, right) in zip(found, right) {
      guard let found, let right else {
        #expect(found == right, sourceLocation: location)
        continue
      }
      #expect(abs(found - right) < 1e-9, sourceLocation: location)
    }
  }
}

extension ScikitLearnCase: CustomTestStringConvertible {
  var testDescription: String { name }

  var evaluation: Evaluation {
    let width = averagePrecisions.count
    return EvaluationTests.evaluation(
      labels: labels,
      labels.indices.map { Array(logits[($0 * width)..<(($0 + 1) * width)]) },
      classes: (0..<width).map { "class \($0)" })
  }

  /// Means of the values that scikit-learn has.
  var rankingMeans: [Double?] {
    [averagePrecisions, rocAreas].map { values in
      let known = values.compactMap(\.self)
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
  }
}
