import TestSupport
import Testing

@testable import ASTKit

struct BatchNormTests {
  private static func buffers(_ channels: Int) throws -> BatchNormBuffers {
    BatchNormBuffers(
      mean: Parameter("running_mean", DoubleTensor.random([channels], seed: 8).tensor),
      variance: Parameter(
        "running_var", DoubleTensor.random([channels], seed: 9, in: 0.5...2).tensor),
      batchCount: Parameter("num_batches_tracked", try Tensor([], filledWith: 4)))
  }

  private static func inputs(_ channels: Int) -> KeyValuePairs<String, DoubleTensor> {
    [
      "x": .random([3, 5, channels], seed: 1, in: -1...3),
      "weight": .random([channels], seed: 2, in: 0.5...1.5),
      "bias": .random([channels], seed: 3),
    ]
  }

  @Test("in training, batch statistics and all gradients", arguments: [1, 7, 16, 21])
  func training(channels: Int) throws {
    #expect(
      try gradientMismatches(Self.inputs(channels)) {
        try $0.batchNorm(
          $1[0], weight: $1[1], bias: $1[2], buffers: Self.buffers(channels))
      } reference: {
        Naive.batchNorm($0[0], $0[1], $0[2])
      } == [])
  }

  @Test("in inference, running statistics and all gradients")
  func inference() throws {
    let buffers = try Self.buffers(7)
    let mean = DoubleTensor(buffers.mean.value).values
    let variance = DoubleTensor(buffers.variance.value).values
    #expect(
      try gradientMismatches(Self.inputs(7), mode: .inference) {
        try $0.batchNorm($1[0], weight: $1[1], bias: $1[2], buffers: buffers)
      } reference: { inputs in
        var y = inputs[0]
        for i in y.values.indices {
          let c = i % 7
          y.values[i] =
            (y.values[i] - mean[c]) / (variance[c] + 1e-5).squareRoot() * inputs[1].values[c]
            + inputs[2].values[c]
        }
        return y
      } == [])
    #expect(DoubleTensor(buffers.mean.value).values == mean)
    #expect(buffers.batchCount?.value.values == [4])
  }

  /// torch.nn.BatchNorm1d(2) on [[[1, 2, 3, 6], [0, 0, 4, 4]]]: mean 3 and 2, unbiased
  /// variance 14/3 and 16/3; buffers start at 0 and 1, momentum 0.1.
  @Test("training moves the buffers towards the mean and the unbiased variance")
  func bufferUpdate() throws {
    let buffers = BatchNormBuffers(
      mean: Parameter("running_mean", try Tensor([2])),
      variance: Parameter("running_var", try Tensor([2], filledWith: 1)),
      batchCount: Parameter("num_batches_tracked", try Tensor([])))
    let x = try Tensor([1, 4, 2], values: [1, 0, 2, 0, 3, 4, 6, 4])
    let tape = Tape(.training)
    _ = try tape.batchNorm(
      x, weight: try Tensor([2], filledWith: 1), bias: Tensor([2]), buffers: buffers)
    #expect(buffers.mean.value.values == [0, 0], "not before the step is accepted")
    try PendingValues(tape.effects).commit()
    #expect(abs(buffers.mean.value.values[0] - 0.3) < 1e-6)
    #expect(abs(buffers.mean.value.values[1] - 0.2) < 1e-6)
    #expect(abs(buffers.variance.value.values[0] - (0.9 + 0.1 * 14 / 3)) < 1e-6)
    #expect(abs(buffers.variance.value.values[1] - (0.9 + 0.1 * 16 / 3)) < 1e-6)
    #expect(buffers.batchCount?.value.values == [1])
  }

  /// Holds the memory that stands for the pages of a mapped file.
  private final class Pages: MemoryOwner {
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: 2)
    init() { memory.initialize(repeating: 5, count: 2) }
    deinit { memory.deallocate() }
    func requireUnchanged() {}
  }

  @Test("buffers that lie in a mapped file are copied before they are moved")
  func mappedBuffers() throws {
    let pages = Pages()
    let mapped = Tensor(
      borrowing: UnsafeMutableRawPointer(pages.memory), shape: [2], owner: pages)
    let buffers = BatchNormBuffers(
      mean: Parameter("running_mean", mapped),
      variance: Parameter("running_var", try Tensor([2], filledWith: 1)))
    let one = try Tensor([2], filledWith: 1)
    let tape = Tape(.training)
    _ = try tape.batchNorm(
      try Tensor([2, 2], values: [1, 2, 3, 4]), weight: one, bias: one, buffers: buffers)
    try PendingValues(tape.effects).commit()
    #expect(pages.memory[0] == 5 && pages.memory[1] == 5)
    #expect(abs(buffers.mean.value.values[0] - 4.7) < 1e-6)
  }

  @Test("many rows are summed in pieces to the same result, whatever the offset")
  func manyRows() throws {
    let x = DoubleTensor.random([1, 1500, 5], seed: 4, in: 99...101)
    let weight = DoubleTensor([5], filledWith: 1)
    let bias = DoubleTensor([5])
    let y = try Tape(.training).batchNorm(
      x.tensor, weight: weight.tensor, bias: bias.tensor, buffers: Self.buffers(5))
    let expected = Naive.batchNorm(x, weight, bias)
    let worst = zip(DoubleTensor(y).values, expected.values).map { abs($0 - $1) }.max()
    #expect((worst ?? 1) < 5e-5)
  }

  @Test("one row cannot be normalised in training, and NaN is not hidden")
  func edges() throws {
    let one = try Tensor([2], filledWith: 1)
    #expect(throws: EngineError.self) {
      try Tape(.training).batchNorm(
        try Tensor([1, 1, 2]), weight: one, bias: one, buffers: Self.buffers(2))
    }
    let y = try Tape(.training).batchNorm(
      try Tensor([2, 2], values: [.nan, 1, 2, 3]), weight: one, bias: one,
      buffers: Self.buffers(2))
    #expect(y.values[0].isNaN && y.values[2].isNaN && y.values[1].isFinite)
  }
}
