import TestSupport
import Testing

@testable import ASTKit

/// Classes of data and head are matched by name, and what cannot be matched is told.
struct ClassMatchTests {
  /// Clips of classes a, b, c.
  private let clips: DatasetView

  init() throws { clips = try TinyData.load() }

  /// The tiny model of classes a, b, c with the outputs of its head in another order.
  private func reordered(_ order: [String]) throws -> AudioClassifier {
    let (plain, net) = (try TinyModel.classifier(), try TinyModel.classifier(classes: order))
    for (own, parameter) in zip(plain.parameters, net.parameters) {
      try parameter.setValues(own.value)
    }
    for (own, parameter) in zip(plain.head.parameters, net.head.parameters) {
      let rows = own.shape[0], width = own.count / rows
      for (row, name) in order.enumerated() {
        let from = try #require(plain.classes.firstIndex(of: name))
        for i in 0..<width {
          parameter.value.pointer[row * width + i] = own.value.values[from * width + i]
        }
      }
    }
    return net
  }

  @Test(arguments: [["c", "a", "b"], ["b", "a", "c"], ["c", "b", "a"]])
  func anotherOrderIsTheSameModel(_ order: [String]) throws {
    let right = try TinyModel.classifier().evaluate(clips)
    let found = try reordered(order).evaluate(clips)
    #expect(found.classes == order)
    #expect(found.accuracy == right.accuracy && abs(found.macroF1 - right.macroF1) < 1e-12)
    #expect(abs(found.loss - right.loss) < 1e-6)
    #expect(
      found.predictions.map { found.classes[$0] } == right.predictions.map { right.classes[$0] })
    #expect(found.labels.map { found.classes[$0] } == clips.labels.map { clips.classes[$0] })
    for score in right.classScores {
      let same = try #require(found.classScores.first { $0.name == score.name })
      #expect(same.count == score.count && same.f1 == score.f1)
    }
    for (i, row) in order.enumerated() {
      for (j, column) in order.enumerated() {
        let (a, b) = (
          try #require(right.classes.firstIndex(of: row)),
          try #require(right.classes.firstIndex(of: column))
        )
        #expect(found.confusion[i][j] == right.confusion[a][b])
      }
    }
  }

  @Test func trainingInAnotherOrderIsTheSameRun() throws {
    let (plain, other) = (try TinyModel.classifier(), try reordered(["b", "c", "a"]))
    let runs = try [plain, other].map { net in
      let trainer = try Trainer(net, train: clips, valid: clips, TinyRun.settings(rate: 1e-4))
      try trainer.advance()
      return trainer.history
    }
    #expect(zip(runs[0].losses, runs[1].losses).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(runs[0].accuracies == runs[1].accuracies)
    #expect(runs[0].validations.map(\.accuracy) == runs[1].validations.map(\.accuracy))
    #expect(other.classes == ["b", "c", "a"])
  }

  @Test func classesThatTheDataLacks() throws {
    let net = try TinyModel.classifier(classes: ["z", "c", "y", "a", "x", "b"])
    let match = try net.check(fits: clips)
    #expect(match.indices == [3, 5, 1] && match.absent == ["z", "y", "x"])
    #expect(match.absence == "3 of the model's 6 classes (z, y, x)")
    let result = try net.evaluate(clips)
    #expect(result.classScores.map(\.count) == [0, 4, 0, 5, 0, 4])
    let present = result.classScores.filter { $0.count > 0 }
    #expect(abs(result.macroF1 - present.reduce(0) { $0 + $1.f1 } / 3) < 1e-12)
    #expect(try TinyModel.classifier().check(fits: clips).absence == nil)
  }

  @Test func classesThatTheModelLacks() throws {
    let net = try TinyModel.classifier(classes: ["b", "aa", "dog"])
    let error = try #require(throws: EngineError.self) { try net.evaluate(clips) }
    #expect(error == .classes(missing: ["a", "c"], known: ["b", "aa", "dog"]))
    #expect(error.message == "the model has no class 'a', 'c', it knows b, aa, dog")
    let slip = EngineError.classes(missing: ["yse"], known: ["no", "yes"])
    #expect(slip.hint == "did you mean 'yes' for 'yse'?")
    let many = EngineError.classes(missing: ["p", "q", "r", "s", "t"], known: ["no", "yes"])
    #expect(many.message.contains("'r' and 2 more of the data's"))
    #expect(many.hint?.contains("classes: clips.classes") == true)
  }

  @Test func outputsWithoutNames() throws {
    for names in [["0", "1", "2"], ["LABEL_0", "LABEL_1", "LABEL_2"]] {
      let net = try TinyModel.classifier(classes: names)
      let error = try #require(throws: EngineError.self) { try Trainer(net, train: clips) }
      #expect(error.message.contains("3 classes have no names"))
      #expect(error.hint?.contains("classes: [...]") == true)
    }
    #expect(!ClassificationTask.areNumbers(["1", "0"]))
    #expect(!ClassificationTask.areNumbers(["0", "one"]))
  }

  /// Folders called 0 and 1, as those of digits, have names that are numbers.
  @Test func numbersAreNamesToo() throws {
    #expect(try ClassMatch(["0", "2"], in: ["0", "1", "2"]).indices == [0, 2])
  }

  @Test func composedAndDecomposedLettersAreOneClass() throws {
    let match = try ClassMatch(["caf\u{E9}", "the\u{301}"], in: ["th\u{E9}", "cafe\u{301}"])
    #expect(match.indices == [1, 0] && match.absent == [])
  }
}
