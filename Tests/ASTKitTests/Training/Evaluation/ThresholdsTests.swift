import TestSupport
import Testing

@testable import ASTKit

/// The threshold of a class is the one with the highest F1, and is kept with what it was chosen for.
struct ThresholdsTests {
  /// Tries every threshold between two probabilities.
  private func exhaustive(_ scores: [Double], _ isPositive: [Bool]) -> Double {
    let places = [0.0] + Set(scores).sorted()
    return zip(places, places.dropFirst()).map { low, high in
      var found = Decisions()
      for (score, isPositive) in zip(scores, isPositive) {
        found.add(isPredicted: score >= (low + high) / 2, isTrue: isPositive)
      }
      return found.f1
    }.max() ?? 0
  }

  private func f1(_ threshold: Double, _ scores: [Double], _ isPositive: [Bool]) -> Double {
    var found = Decisions()
    for (score, isPositive) in zip(scores, isPositive) {
      found.add(isPredicted: score >= threshold, isTrue: isPositive)
    }
    return found.f1
  }

  @Test("It has the highest F1 of all, with ties and without")
  func best() {
    var random = RandomSource(seed: 4)
    for steps in [4.0, 1000] {
      for count in 1...40 {
        let scores = (0..<count).map { _ in (1 + (random.uniform() * steps).rounded()) / (steps + 2)
        }
        let isPositive = (0..<count).map { _ in random.uniform() < 0.4 }
        let found = Thresholds.best(probabilities: scores, isPositive: isPositive)
        #expect(f1(found, scores, isPositive) == exhaustive(scores, isPositive))
      }
    }
  }

  @Test("It lies in the middle of its neighbours, and of several the highest is taken")
  func places() {
    func best(_ scores: [Double], _ isPositive: [Bool]) -> Double {
      Thresholds.best(probabilities: scores, isPositive: isPositive)
    }
    #expect(best([0.75, 0.25, 0.5], [true, false, true]) == 0.375)
    #expect(best([0.75, 0.5], [true, true]) == 0.25)
    #expect(best([0.75, 0.5], [false, false]) == 0.5)
    // F1 is 2/3 above 0.5 and above 0.125.
    #expect(best([0.75, 0.5, 0.25, 0.125], [true, false, false, true]) == 0.625)
    #expect(best([1, 1], [true, true]) == 0.5)
    #expect(best([.nan, 0.75, 0.25], [true, true, false]) == 0.5)
    // None in between: the lower of the two would be taken, too.
    let next = (0.75).nextUp
    #expect(best([next, 0.75], [true, false]) == next)
    for scores in [[0, 0], [1, (1.0).nextDown], [1e-320, 0]] as [[Double]] {
      let found = best(scores, [true, false])
      #expect(found > 0 && found < 1)
    }
  }

  @Test("A file keeps them with what was in force, to the bit, and refuses others")
  func files() throws {
    let folder = try TemporaryFolder()
    let net = try TinyModel.classifier()
    try net.setThresholds([0.1, 0.2, 1.0 / 3])
    try net.attach("lora", ["rank": .number(2)])
    // Those of the model itself are of other probabilities.
    #expect(net.thresholds == nil)
    try net.setThresholds([0.25, 0.7, (0.9).nextUp])
    let (set, whole) = (folder.file("set.safetensors"), folder.file("net"))
    try AdapterFile.save(net, to: set)
    try ModelFile.save(net, to: whole)
    let fresh = try TinyModel.classifier()
    try AdapterFile.load(set, into: fresh)
    #expect(fresh.thresholds == net.thresholds)
    let read = try ModelFile.load(whole).model
    #expect(read.thresholds == net.thresholds)
    try read.setEnabled(false, "lora")
    #expect(read.thresholds == [0.1, 0.2, 1.0 / 3])
    try net.merge("lora", probe: TinyModel.input())
    #expect(net.thresholds == [0.25, 0.7, (0.9).nextUp])

    for (bad, fault) in [
      ("[0.25,0.7]", "expected a threshold for each of 3 classes, found 2"),
      ("[0.25,0.7,1]", "expected thresholds above 0 and below 1, found 1.0"),
      ("[0.25,0.7,-3]", "expected thresholds above 0 and below 1, found -3.0"),
    ] {
      let source = try Safetensors(set)
      let text = try #require(source.metadata[ModelDescription.key])
      let damaged = text.replacing(
        "\"thresholds\":[0.25,0.7,0.9000000000000001]", with: "\"thresholds\":\(bad)")
      #expect(damaged != text)
      let path = folder.file("damaged.safetensors")
      try Safetensors.write(
        AdapterFile.items(fresh), metadata: ["format": "pt", ModelDescription.key: damaged],
        to: path)
      let other = try TinyModel.classifier()
      #expect(throws: ModelFileError.thresholds(path: path, fault: fault)) {
        try AdapterFile.load(path, into: other)
      }
      #expect(other.attachments.isEmpty && other.thresholds == nil)
    }
    #expect(throws: EngineError.self) { try net.setThresholds([0.5, 0.5, .nan]) }
    #expect(throws: EngineError.self) { try net.setThresholds([0.5]) }
  }

  @Test("Chosen on clips they are what evaluating uses; clips of one class have none")
  func chosen() throws {
    let net = try TinyModel.classifier()
    let clips = try SeveralLabels.load().all
    let before = try net.evaluate(clips)
    #expect(before.thresholds == [0.5, 0.5, 0.5])
    let chosen = try net.chooseThresholds(on: clips)
    let after = try net.evaluate(clips)
    #expect(after.thresholds == net.thresholds && after.thresholds == before.bestThresholds)
    #expect(after.predictionSets == chosen.predictionSets && after.logits == before.logits)
    for (a, b) in zip(after.classScores, before.classScores) { #expect(a.f1 >= b.f1) }
    let single = try TinyData.load()
    #expect(throws: EngineError.self) { try net.chooseThresholds(on: single) }
  }
}
