import ASTKit
import TestSupport
import Testing

struct DepthwiseConvolutionTests {
  @Test(
    "output and gradients for odd, even and long kernels, and channels off the block size",
    arguments: [(1, 3), (2, 5), (8, 4), (31, 2), (9, 17), (8, 33)])
  func gradients(taps: Int, channels: Int) throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "x": .random([2, 11, channels], seed: 1),
      "weight": .random([channels, 1, taps], seed: 2),
      "bias": .random([channels], seed: 3),
    ]
    #expect(
      try gradientMismatches(inputs, samples: 30) {
        try $0.depthwiseConvolution($1[0], weight: $1[1], bias: $1[2])
      } reference: {
        Naive.depthwiseConvolution($0[0], $0[1], $0[2])
      } == [])
  }

  @Test("without a bias")
  func noBias() throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "x": .random([1, 6, 4], seed: 1), "weight": .random([4, 1, 3], seed: 2),
    ]
    #expect(
      try gradientMismatches(inputs) {
        try $0.depthwiseConvolution($1[0], weight: $1[1])
      } reference: {
        Naive.depthwiseConvolution($0[0], $0[1], nil)
      } == [])
  }

  /// torch: F.conv1d(x, w, padding="same") of x = [1, 2, 3, 4], w = [1, 10]: an even kernel
  /// looks ahead, not back.
  @Test("an even kernel is padded on the right, as PyTorch pads")
  func evenKernel() throws {
    let y = try Tape(.inference).depthwiseConvolution(
      try Tensor([1, 4, 1], values: [1, 2, 3, 4]), weight: Tensor([1, 1, 2], values: [1, 10]))
    #expect(y.values == [21, 32, 43, 4])
  }

  @Test("a weight for other channels is refused")
  func wrongWeight() {
    #expect(throws: EngineError.self) {
      try Tape(.inference).depthwiseConvolution(Tensor([1, 4, 2]), weight: Tensor([3, 1, 3]))
    }
  }
}
