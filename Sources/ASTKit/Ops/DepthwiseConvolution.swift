import CKernels

extension Tape {
  /// Convolution along the tokens, each channel with a kernel of its own and as many tokens out
  /// as in (PyTorch: `groups = channels`, `padding = "same"`):
  /// `y[b, t, c] = bias[c] + sum over j of weight[c, 0, j] * x[b, t + j - (k - 1) / 2, c]`,
  /// where `x` outside its tokens is 0.
  ///
  /// Shapes: `x` `[batch, tokens, channels]`, `weight` `[channels, 1, k]` (or
  /// `[channels, k]`), `bias` `[channels]`, the result as `x`.
  /// Saved: `x` if `weight` needs a gradient; the weight itself.
  /// - Throws: `EngineError.shape` if sizes do not fit.
  public func depthwiseConvolution(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil
  ) throws -> Tensor {
    guard x.shape.count == 3 else {
      throw EngineError.shape(
        operation: "depthwise convolution", expected: "[batch, tokens, channels]",
        found: x.shape)
    }
    let channels = x.columns
    guard weight.shape.first == channels, weight.rows == channels, weight.columns > 0 else {
      throw EngineError.shape(
        operation: "depthwise convolution", expected: "a weight [\(channels), 1, k]",
        found: weight.shape)
    }
    if let bias, bias.count != channels {
      throw EngineError.shape(
        operation: "depthwise convolution", expected: "a bias [\(channels)]", found: bias.shape)
    }
    let y = try DepthwiseBlocks(of: weight, reversed: false).convolve(x, bias: bias)
    if needs(x, weight, bias) {
      record(
        DepthwiseConvolution(
          x: x.gradientSlot, weight: weight.gradientSlot, bias: bias?.gradientSlot,
          input: weight.gradientSlot == nil ? nil : x, kernel: weight), output: y)
    }
    return y
  }
}

/// Saves the input for the gradient of the weight. The gradient of the input is the
/// convolution of `dy` with the reversed kernel; `dbias` sums `dy`.
private struct DepthwiseConvolution: Op {
  let x: GradientSlot?, weight: GradientSlot?, bias: GradientSlot?
  let input: Tensor?
  let kernel: Tensor

  func backward(_ gradient: Tensor) throws {
    if let x {
      try x.add(DepthwiseBlocks(of: kernel, reversed: true).convolve(gradient, bias: nil))
    }
    if let weight, let input {
      try weight.add(DepthwiseBlocks.weightGradient(gradient, input, shape: kernel.shape))
    }
    if let bias {
      let (db, beta) = try bias.destination([gradient.columns])
      Reductions.sumRows(gradient, into: db, beta: beta)
    }
  }
}

/// A depthwise kernel laid out for the C loops: blocks of `width` channels, `[taps, width]`
/// each, the last one filled up with zeros.
private struct DepthwiseBlocks {
  static let width = Int(CK_DEPTHWISE_BLOCK)
  let channels: Int, taps: Int
  /// Zero tokens put before and after an example.
  let left: Int, right: Int
  let blocks: Tensor

  init(of weight: Tensor, reversed: Bool) throws {
    channels = weight.rows
    taps = weight.columns
    let before = (taps - 1) / 2
    left = reversed ? taps - 1 - before : before
    right = taps - 1 - left
    let width = Self.width
    blocks = try Tensor([Self.count(channels), taps, width])
    for c in 0..<channels {
      let target = blocks.pointer + c / width * taps * width + c % width
      for j in 0..<taps {
        target[j * width] = weight.pointer[c * taps + (reversed ? taps - 1 - j : j)]
      }
    }
  }

  static func count(_ channels: Int) -> Int { (channels + width - 1) / width }

  func convolve(_ x: Tensor, bias: Tensor?) throws -> Tensor {
    let (batch, tokens, width) = (x.shape[0], x.shape[1], Self.width)
    let count = Self.count(channels)
    let y = try Tensor(uninitialized: x.shape)
    let biases = try Tensor([count * width])
    if let bias { biases.pointer.update(from: bias.pointer, count: channels) }
    let (output, input, weights) = (y.pointer, x.pointer, blocks.pointer)
    let biasStart = biases.pointer
    let scratchSize = (tokens + taps) * width
    let scratch = try Tensor(uninitialized: [Threads.pieces(batch * count), scratchSize])
    let scratchStart = scratch.pointer
    Threads.splitPieces(batch * count) { piece, range in
      let padded = scratchStart + piece * scratchSize
      for item in range {
        let (b, block) = (item / count, item % count)
        let offset = b * tokens * channels + block * width
        let used = min(width, channels - block * width)
        ck_depthwise_pad(padded, input + offset, channels, used, tokens, left, right)
        ck_depthwise_forward(
          output + offset, channels, used, padded, weights + block * taps * width,
          biasStart + block * width, tokens, taps)
      }
    }
    withExtendedLifetime((biases, blocks, scratch)) {}
    return y
  }

  /// The gradient of the weight, given those of the output `[batch, tokens, channels]` and the
  /// input: examples apart, so that threads do not meet, then added up in order.
  static func weightGradient(_ gradient: Tensor, _ input: Tensor, shape: [Int]) throws -> Tensor {
    let (batch, tokens, channels) = (input.shape[0], input.shape[1], input.shape[2])
    let result = try Tensor(shape)
    let taps = result.columns
    let (count, before) = (count(channels), (taps - 1) / 2)
    let size = taps * width
    let partial = try Tensor(uninitialized: [batch, count, size])
    let (parts, dy, x) = (partial.pointer, gradient.pointer, input.pointer)
    let scratchSize = (2 * tokens + taps) * width
    let scratch = try Tensor(uninitialized: [Threads.pieces(batch * count), scratchSize])
    let scratchStart = scratch.pointer
    Threads.splitPieces(batch * count) { piece, range in
      let block = scratchStart + piece * scratchSize
      let padded = block + tokens * width
      for item in range {
        let (b, i) = (item / count, item % count)
        let offset = b * tokens * channels + i * width
        let used = min(width, channels - i * width)
        ck_depthwise_pad(block, dy + offset, channels, used, tokens, 0, 0)
        ck_depthwise_pad(padded, x + offset, channels, used, tokens, before, taps - 1 - before)
        ck_depthwise_weight_gradient(parts + item * size, block, padded, tokens, taps)
      }
    }
    withExtendedLifetime(scratch) {}
    for c in 0..<channels {
      let first = parts + c / width * size + c % width
      for j in 0..<taps {
        var sum = 0.0
        for b in 0..<batch {
          let place = b * count * size + j * width
          sum += Double(first[place])
        }
        result.pointer[c * taps + j] = Float(sum)
      }
    }
    withExtendedLifetime(partial) {}
    return result
  }
}
