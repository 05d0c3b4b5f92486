import ASTKit
import TestSupport
import Testing

struct ConvolutionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var time = 9
    var channels = 4
    var outputs = 6
    var taps = 3
    var stride = 1
    var left = 0
    var right = 0
    var groups = 1
    var testDescription: String {
      "\(time)x\(channels) to \(outputs), k \(taps), stride \(stride), "
        + "padding \(left)+\(right), groups \(groups)"
    }
  }

  static let cases = [
    // Convpass: three taps, as many tokens out as in.
    Case(left: 1, right: 1),
    // wav2vec 2.0's feature extractor: one channel in, stride below the kernel's length.
    Case(time: 31, channels: 1, taps: 10, stride: 5),
    Case(time: 10, taps: 2, stride: 2), Case(time: 12, taps: 3, stride: 2),
    // Its positional convolution: groups, an even kernel longer than what is left over.
    Case(time: 7, channels: 6, outputs: 6, taps: 8, left: 4, right: 4, groups: 3),
    Case(taps: 1), Case(stride: 4), Case(time: 2, taps: 7, stride: 3, left: 5, right: 6),
    Case(channels: 4, outputs: 4, left: 2, groups: 4),
  ]

  @Test("output and gradients", arguments: cases)
  func gradients(_ c: Case) throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "x": .random([3, c.time, c.channels], seed: 1),
      "weight": .random([c.outputs, c.channels / c.groups, c.taps], seed: 2),
      "bias": .random([c.outputs], seed: 3),
    ]
    #expect(
      try gradientMismatches(inputs, samples: 30) {
        try $0.convolution(
          $1[0], weight: $1[1], bias: $1[2], stride: c.stride, padding: (c.left, c.right),
          groups: c.groups)
      } reference: {
        Naive.convolution(
          $0[0], $0[1], $0[2], stride: c.stride, padding: (c.left, c.right), groups: c.groups)
      } == [])
  }

  @Test("one example, one group and no bias take the same ways")
  func single() throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "x": .random([1, 8, 2], seed: 1), "weight": .random([3, 2, 3], seed: 2),
    ]
    #expect(
      try gradientMismatches(inputs) {
        try $0.convolution($1[0], weight: $1[1])
      } reference: {
        Naive.convolution($0[0], $0[1], nil)
      } == [])
  }

  /// 700 steps of 160 unfolded columns do not fit into one block of rows.
  @Test("a sequence of several blocks")
  func blocks() throws {
    let x = DoubleTensor.random([1, 700, 16], seed: 1)
    let weight = DoubleTensor.random([2, 16, 10], seed: 2)
    let y = try Tape(.inference).convolution(x.tensor, weight: weight.tensor, padding: (4, 5))
    let expected = Naive.convolution(x, weight, nil, padding: (4, 5))
    #expect(y.shape == expected.shape)
    let worst = zip(DoubleTensor(y).values, expected.values).map { abs($0 - $1) }.max()
    #expect((worst ?? 1) < 1e-5)
  }

  @Test("what does not fit is refused")
  func wrongShapes() {
    let tape = Tape(.inference)
    #expect(throws: EngineError.self) {
      try tape.convolution(Tensor([1, 2, 4]), weight: Tensor([2, 4, 3]))
    }
    #expect(throws: EngineError.self) {
      try tape.convolution(Tensor([1, 5, 4]), weight: Tensor([2, 3, 3]))
    }
    #expect(throws: EngineError.self) {
      try tape.convolution(Tensor([1, 5, 4]), weight: Tensor([2, 4, 3]), stride: 0)
    }
    #expect(throws: EngineError.self) {
      try tape.convolution(Tensor([1, 5, 4]), weight: Tensor([3, 2, 3]), groups: 2)
    }
  }
}
