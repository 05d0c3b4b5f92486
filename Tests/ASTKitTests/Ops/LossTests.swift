import ASTKit
import Foundation
import TestSupport
import Testing

/// Losses of targets that are no class indices: those of PyTorch, which `scripts/check-losses.py`
/// stored, with gradients that are those of finite differences.
struct LossTests {
  @Test(arguments: TorchLoss.all)
  func equalToTorch(_ right: TorchLoss) throws {
    let shape = [right.batch, right.logits.count / right.batch]
    let logits = Parameter("logits", try Tensor(shape, values: right.logits))
    logits.isTrainable = true
    let targets = try Tensor(shape, values: right.targets)
    let tape = Tape(.training)
    let loss =
      right.isBinary
      ? try tape.binaryCrossEntropy(
        logits.value, targets: targets, positiveWeights: right.weights,
        clipWeights: right.clipWeights)
      : try tape.crossEntropy(
        logits.value, targets: targets, weights: right.weights, smoothing: right.smoothing)
    #expect(abs(Double(loss.values[0]) - right.loss) <= 1e-6 * max(1, right.loss))
    try tape.backward(from: loss)
    let gradient = try #require(logits.gradient).values
    for (found, wanted) in zip(gradient, right.gradient) {
      #expect(abs(Double(found) - wanted) < 1e-7)
    }
  }

  private let targets = DoubleTensor.random([3, 4], seed: 2, in: 0...1)

  @Test("gradients are those of finite differences")
  func gradients() throws {
    let (weights, clips): ([Float], [Float]) = ([0.5, 1, 2, 3], [1, 0.5, 2])
    #expect(
      try gradientMismatches(["logits": .random([3, 4], seed: 1, in: -3...3)]) {
        try $0.binaryCrossEntropy(
          $1[0], targets: targets.tensor, positiveWeights: weights, clipWeights: clips)
      } reference: { inputs in
        let terms = inputs[0].values.indices.map { i -> Double in
          let (x, z) = (inputs[0].values[i], targets.values[i])
          let p = Double(weights[i % 4])
          return Double(clips[i / 4])
            * (p * z * log(1 + exp(-x)) + (1 - z) * log(1 + exp(x)))
        }
        return DoubleTensor([], [terms.reduce(0, +) / 12])
      } == [])
    #expect(
      try gradientMismatches(["logits": .random([3, 4], seed: 1, in: -3...3)]) {
        try $0.crossEntropy($1[0], targets: targets.tensor, weights: weights, smoothing: 0.2)
      } reference: { inputs in
        var (total, divisor) = (0.0, 0.0)
        for i in inputs[0].values.indices {
          let row = inputs[0].values[(i / 4 * 4)..<(i / 4 * 4 + 4)]
          let loss = log(row.reduce(0) { $0 + exp($1) }) - inputs[0].values[i]
          total += Double(weights[i % 4]) * (0.8 * targets.values[i] + 0.05) * loss
          divisor += Double(weights[i % 4]) * targets.values[i]
        }
        return DoubleTensor([], [total / divisor])
      } == [])
  }

  @Test("one class a clip is the loss of class indices")
  func oneClass() throws {
    let logits = DoubleTensor.random([2, 3], seed: 4, in: -5...5).tensor
    let tape = Tape(.training)
    let soft = try tape.crossEntropy(
      logits, targets: Tensor([2, 3], values: [0, 0, 1, 0, 1, 0])
    ).values[0]
    #expect(abs(soft - (try tape.crossEntropy(logits, labels: [2, 1]).values[0])) < 1e-6)
  }

  @Test("what is not finite gives a loss that is not; other shapes and targets are refused")
  func refusals() throws {
    let tape = Tape(.training)
    let ones = try Tensor([1, 2], values: [1, 0])
    for row in [[Float.nan, 0], [0, .nan]] {
      let logits = try Tensor([1, 2], values: row)
      #expect(try tape.crossEntropy(logits, targets: ones).values[0].isNaN)
      #expect(try tape.binaryCrossEntropy(logits, targets: ones).values[0].isNaN)
    }
    let logits = try Tensor([1, 2])
    for bad: [Float] in [[-0.1, 1], [0, 1.5], [.nan, 0]] {
      let targets = try Tensor([1, 2], values: bad)
      #expect(throws: EngineError.self) { try tape.crossEntropy(logits, targets: targets) }
      #expect(throws: EngineError.self) { try tape.binaryCrossEntropy(logits, targets: targets) }
    }
    #expect(throws: EngineError.self) { try tape.crossEntropy(Tensor([1, 3]), targets: ones) }
    #expect(throws: EngineError.self) {
      try tape.binaryCrossEntropy(Tensor([2, 2]), targets: ones)
    }
    #expect(throws: EngineError.self) {
      try tape.binaryCrossEntropy(logits, targets: ones, positiveWeights: [1])
    }
    #expect(throws: EngineError.self) { try tape.crossEntropy(logits, targets: ones, weights: [1]) }
  }
}

extension TorchLoss: CustomTestStringConvertible {
  var testDescription: String { name }
}
