import TestSupport
import Testing

@testable import ASTKit

/// Measures of clips with several classes are those of scikit-learn, which
/// `scripts/check-measures.py` stored.
struct SeveralLabelsEvaluationTests {
  @Test(arguments: ScikitLearnSetsCase.all)
  func equalToScikitLearn(_ right: ScikitLearnSetsCase) throws {
    let width = right.thresholds.count
    let result = Evaluation(
      loss: 0, classes: (0..<width).map { "class \($0)" }, labelSets: right.labels,
      thresholds: right.thresholds,
      logits: right.labels.indices.map {
        Array(right.logits[($0 * width)..<(($0 + 1) * width)])
      },
      names: right.labels.indices.map { "\($0).wav" })
    func expectEqual(_ found: [Double?], _ right: [Double?]) {
      #expect(found.count == right.count)
      for (found, right) in zip(found, right) {
        guard let found, let right else {
          #expect(found == right)
          continue
        }
        #expect(abs(found - right) < 1e-9)
      }
    }
    let ranked = try result.classRankings()
    expectEqual(ranked.rankings.map(\.averagePrecision), right.averagePrecisions)
    expectEqual(ranked.rankings.map(\.rocArea), right.rocAreas)
    let scores = result.classScores
    #expect(scores.map(\.count) == right.counts)
    expectEqual(scores.map(\.precision), right.precisions)
    expectEqual(scores.map(\.recall), right.recalls)
    expectEqual(scores.map(\.f1), right.f1s)
    expectEqual(
      [result.macroPrecision, result.macroRecall, result.macroF1, result.microF1, result.accuracy],
      [right.macroPrecision, right.macroRecall, right.macroF1, right.microF1, right.accuracy])
    expectEqual([result.losses.reduce(0, +) / Double(result.count)], [right.logLoss])
    #expect(result.topK(1) == nil && result.confusion.isEmpty && result.labels.isEmpty)
    #expect(
      result.worst(1)[0].labels == right.labels[Int(result.worst(1)[0].name.dropLast(4)) ?? 0])
  }

  @Test("A model's evaluation has the sets of the clips in the head's order, and the mean loss")
  func ofAModel() throws {
    let set = try SeveralLabels.load()
    let net = try TinyModel.classifier(classes: ["c", "other", "a", "b"])
    let result = try net.evaluate(set.all, batch: 5)
    #expect(
      result.labelSets.map { $0.map { result.classes[$0] }.sorted() } == SeveralLabels.labels)
    #expect(abs(result.losses.reduce(0, +) / 12 - result.loss) < 1e-6)
    #expect(try result.classRankings().withoutAveragePrecision == ["other"])
  }
}

extension ScikitLearnSetsCase: CustomTestStringConvertible {
  var testDescription: String { name }
}
