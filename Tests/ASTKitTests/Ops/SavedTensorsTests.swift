import ASTKit
import TestSupport
import Testing

/// What the tape keeps for the backward pass, seen from an op's input: it must die with its
/// last owner unless a wanted gradient needs it. This is what a frozen backbone lives on.
struct SavedTensorsTests {
  enum Trainable: String, CaseIterable, Sendable { case input, weight, bias }
  typealias Forward =
    @Sendable (Tape, _ x: Tensor, _ weight: Tensor, _ bias: Tensor) throws
    -> Tensor

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var weight: [Int]
    /// The gradients for which the input has to be kept.
    var keeps: Set<Trainable>
    var mode = Tape.Mode.training
    var forward: Forward
    var testDescription: String { name }
  }

  /// The input is `[2, 6, 4]`, the bias `[4]`.
  static let cases: [Case] = [
    Case(name: "linear", weight: [4, 4], keeps: [.weight]) {
      try $0.linear($1, weight: $2, bias: $3)
    },
    // Its normalised rows are kept instead.
    Case(name: "layer norm", weight: [4], keeps: []) {
      try $0.layerNorm($1, gamma: $2, beta: $3, eps: 1e-5)
    },
    Case(name: "batch norm in training", weight: [4], keeps: [.input, .weight]) {
      try $0.batchNorm($1, weight: $2, bias: $3, buffers: buffers())
    },
    Case(name: "batch norm in inference", weight: [4], keeps: [.weight], mode: .inference) {
      try $0.batchNorm($1, weight: $2, bias: $3, buffers: buffers())
    },
    Case(name: "group norm", weight: [4], keeps: [.input, .weight]) {
      try $0.groupNorm($1, weight: $2, bias: $3)
    },
    Case(name: "depthwise convolution", weight: [4, 1, 3], keeps: [.weight]) {
      try $0.depthwiseConvolution($1, weight: $2, bias: $3)
    },
    Case(name: "convolution", weight: [4, 4, 3], keeps: [.weight]) {
      try $0.convolution($1, weight: $2, bias: $3)
    },
    Case(name: "product with a constant", weight: [2, 6, 4], keeps: [.weight]) { tape, x, w, _ in
      try tape.multiply(x, w)
    },
    Case(name: "scaling", weight: [1], keeps: [.weight]) { tape, x, w, _ in
      try tape.scale(x, by: w)
    },
    Case(name: "batched product", weight: [4, 3], keeps: [.weight]) { tape, x, w, _ in
      try tape.batchedProduct(x, w)
    },
    Case(name: "weighted sum", weight: [2, 6, 1], keeps: [.weight]) { tape, x, w, _ in
      try tape.weightedSum(experts: [x], weights: w)
    },
    Case(name: "dropout", weight: [1], keeps: []) { tape, x, _, _ in
      try tape.dropout(x, probability: 0.5)
    },
    Case(name: "GLU", weight: [1], keeps: [.input]) { tape, x, _, _ in try tape.glu(x) },
    Case(name: "ReLU keeps its output", weight: [1], keeps: []) { tape, x, _, _ in
      try tape.relu(x)
    },
    Case(name: "softmax keeps its output", weight: [1], keeps: []) { tape, x, _, _ in
      try tape.softmax(x)
    },
  ]

  static func buffers() throws -> BatchNormBuffers {
    BatchNormBuffers(
      mean: Parameter("mean", try Tensor([4])),
      variance: Parameter("variance", try Tensor([4], filledWith: 1)))
  }

  @Test("the input outlives its owner only for a gradient that needs it", arguments: cases)
  func input(_ c: Case) throws {
    for trainable in Trainable.allCases {
      let tape = Tape(c.mode)
      weak var input: Tensor?
      let weight = Parameter("weight", DoubleTensor.random(c.weight, seed: 2).tensor)
      let bias = Parameter("bias", try Tensor([4]))
      weight.isTrainable = trainable == .weight
      bias.isTrainable = trainable == .bias
      // A function of its own, so that nothing here holds on to the input.
      func run() throws {
        let parameter = Parameter("x", DoubleTensor.random([2, 6, 4], seed: 1).tensor)
        parameter.isTrainable = trainable == .input
        input = parameter.value
        _ = try c.forward(tape, parameter.value, weight.value, bias.value)
      }
      try run()
      #expect((input != nil) == c.keeps.contains(trainable), "with trainable \(trainable)")
    }
  }
}
