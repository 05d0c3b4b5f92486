import CKernels

/// The sizes of a convolution, and its forward pass: blocks of rows are unfolded and
/// multiplied with the kernels, each block small enough to stay in the cache.
struct ConvolutionPlan {
  let batch: Int, time: Int, channels: Int
  let outputs: Int, taps: Int, groups: Int
  /// Output steps.
  let steps: Int
  let stride: Int, left: Int

  init(
    x: [Int], weight: [Int], stride: Int, padding: (left: Int, right: Int), groups: Int
  ) throws {
    guard x.count == 3 else {
      throw EngineError.shape(
        operation: "convolution", expected: "[batch, time, channels]", found: x)
    }
    guard stride > 0, groups > 0, padding.left >= 0, padding.right >= 0 else {
      throw EngineError.setting(
        name: "stride, groups, padding", expected: "positive numbers",
        found: "\(stride), \(groups), \(padding)")
    }
    guard weight.count == 3, weight[0] % groups == 0, weight[1] * groups == x[2], weight[2] > 0
    else {
      throw EngineError.shape(
        operation: "convolution with \(groups) groups over \(x[2]) channels",
        expected: "a weight [outputs, channels / groups, k]", found: weight)
    }
    let room = x[1] + padding.left + padding.right - weight[2]
    guard room >= 0 else {
      throw EngineError.shape(
        operation: "convolution", expected: "at least \(weight[2]) steps in time", found: x)
    }
    (batch, time, channels) = (x[0], x[1], x[2])
    (outputs, taps, self.groups) = (weight[0], weight[2], groups)
    (self.stride, left) = (stride, padding.left)
    steps = room / stride + 1
  }

  var groupChannels: Int { channels / groups }
  var groupOutputs: Int { outputs / groups }
  /// Columns of the unfolded matrix: `taps * groupChannels`.
  var inner: Int { taps * groupChannels }
  var inputShape: [Int] { [batch, time, channels] }
  /// Rows unfolded at once: 256 kB of them, but no fewer than a product needs to be fast.
  var blockRows: Int { min(steps, max(64, 65_536 / inner)) }
  var shape: ck_convolution_shape {
    ck_convolution_shape(
      time: time, channels: channels, width: groupChannels, taps: taps, stride: stride,
      left: left)
  }

  /// The weight with the taps outside the channels, `[out, k, in / groups]`, as the unfolded
  /// rows have them.
  func kernels(from weight: Tensor) throws -> Tensor {
    if taps == 1 || groupChannels == 1 { return weight }
    let result = try Tensor(uninitialized: [outputs, taps, groupChannels])
    let (target, source) = (result.pointer, weight.pointer)
    Threads.split(outputs, grain: rowGrain(inner)) { range in
      let i = range.lowerBound * inner
      ck_convolution_swap(target + i, source + i, range.count, groupChannels, taps)
    }
    return result
  }

  /// The reverse of `kernels(from:)`.
  func weightGradient(_ kernels: Tensor) throws -> Tensor {
    let result = try Tensor(uninitialized: [outputs, groupChannels, taps])
    ck_convolution_swap(result.pointer, kernels.pointer, outputs, taps, groupChannels)
    return result
  }

  func convolve(_ x: Tensor, kernels: Tensor, bias: Tensor?) throws -> Tensor {
    try OpenBLAS.prepare()
    let y = try Tensor(uninitialized: [batch, steps, outputs])
    if let bias { Linear.fillRows(y, with: bias) }
    ProductTrace.note(
      m: steps, n: groupOutputs, k: inner, .plain, .transposed, batch: batch * groups)
    let blocks = (steps + blockRows - 1) / blockRows
    let (output, input, weights) = (y.pointer, x.pointer, kernels.pointer)
    let items = batch * groups * blocks
    let scratch = try Tensor(uninitialized: [Threads.pieces(items), blockRows * inner])
    let scratchStart = scratch.pointer
    Threads.splitPieces(items) { piece, range in
      var shape = shape
      let columns = scratchStart + piece * blockRows * inner
      for item in range {
        let (example, group) = (item / blocks / groups, item / blocks % groups)
        let first = item % blocks * blockRows
        let rows = min(blockRows, steps - first)
        let source = example * time * channels + group * groupChannels
        ck_convolution_unfold(columns, input + source, &shape, first, rows)
        MatrixProduct.serial(
          m: rows, n: groupOutputs, k: inner, columns, lda: inner,
          weights + group * groupOutputs * inner, .transposed, ldb: inner,
          beta: bias == nil ? 0 : 1,
          into: output + (example * steps + first) * outputs + group * groupOutputs,
          ldc: outputs)
      }
    }
    withExtendedLifetime((kernels, scratch)) {}
    return y
  }
}
