import CKernels

extension Tape {
  /// Group norm with one group per channel (Wu and He, 2018), as after the first convolution
  /// of wav2vec 2.0: `y = (x - mean) / sqrt(variance + epsilon) * weight + bias`, with mean
  /// and biased variance over time, for each example and channel.
  ///
  /// Shapes: `x` `[batch, time, channels]`, `weight` and `bias` `[channels]`, the result as
  /// `x`. Saved: `x` if it or `weight` needs a gradient, and two numbers per example and
  /// channel.
  /// - Throws: `EngineError.shape` if sizes do not fit.
  public func groupNorm(
    _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5
  ) throws -> Tensor {
    guard x.shape.count == 3, x.shape[1] > 0 else {
      throw EngineError.shape(
        operation: "group norm", expected: "[batch, time, channels]", found: x.shape)
    }
    let (batch, time, channels) = (x.shape[0], x.shape[1], x.shape[2])
    for tensor in [weight, bias] where tensor.count != channels {
      throw EngineError.shape(
        operation: "group norm", expected: "\(channels) channels", found: tensor.shape)
    }
    let mean = try Tensor(uninitialized: [batch, channels])
    let inverse = try Tensor(uninitialized: [batch, channels])
    let y = try Tensor(uninitialized: x.shape)
    let (output, input, scale, shift) = (y.pointer, x.pointer, weight.pointer, bias.pointer)
    let (means, inverses) = (mean.pointer, inverse.pointer)
    Threads.forEach(batch) { b in
      let i = b * time * channels
      let (centre, inverse) = (means + b * channels, inverses + b * channels)
      var sums = [Double](repeating: 0, count: 2 * channels)
      ck_batch_norm_sums(&sums, input + i, time, channels)
      var factors = [Float](repeating: 0, count: channels)
      for c in 0..<channels {
        let average = sums[c] / Double(time)
        let variance = sums[channels + c] / Double(time) - average * average
        centre[c] = Float(average)
        inverse[c] = Float(1 / ((variance < 0 ? 0 : variance) + Double(epsilon)).squareRoot())
        factors[c] = scale[c] * inverse[c]
      }
      ck_batch_norm_apply(output + i, input + i, centre, factors, shift, time, channels)
    }
    withExtendedLifetime((mean, inverse)) {}
    if needs(x, weight, bias) {
      let keepsInput = x.gradientSlot != nil || weight.gradientSlot != nil
      record(
        GroupNorm(
          x: x.gradientSlot, weight: weight.gradientSlot, bias: bias.gradientSlot,
          input: keepsInput ? x : nil, scale: weight, mean: mean, inverse: inverse), output: y)
    }
    return y
  }
}

/// Saves the input where it is needed, the mean and the inverse deviation. The gradient is
/// that of batch norm with each example as a batch of its own.
private struct GroupNorm: Op {
  let x: GradientSlot?, weight: GradientSlot?, bias: GradientSlot?
  let input: Tensor?
  let scale: Tensor
  let mean: Tensor, inverse: Tensor

  func backward(_ gradient: Tensor) throws {
    let (batch, time, channels) = (gradient.shape[0], gradient.shape[1], gradient.shape[2])
    let result = try x == nil ? nil : Tensor(uninitialized: gradient.shape)
    let (g, values) = (gradient.pointer, (input ?? gradient).pointer)
    let (means, inverses, scale) = (mean.pointer, inverse.pointer, scale.pointer)
    let dx = result?.pointer
    var sums = [Double](repeating: 0, count: batch * 2 * channels)
    sums.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      Threads.forEach(batch) { b in
        let i = b * time * channels
        let (centre, inverse) = (means + b * channels, inverses + b * channels)
        let sums = base + b * 2 * channels
        ck_batch_norm_gradient_sums(sums, g + i, values + i, centre, time, channels)
        for c in channels..<(2 * channels) { sums[c] *= Double(inverse[c - channels]) }
        guard let dx else { return }
        var factors = [Float](repeating: 0, count: 3 * channels)
        for c in 0..<channels {
          let factor = Double(scale[c] * inverse[c])
          factors[c] = Float(factor)
          factors[channels + c] = Float(
            -factor / Double(time) * Double(inverse[c]) * sums[channels + c])
          factors[2 * channels + c] = Float(-factor / Double(time) * sums[c])
        }
        factors.withUnsafeBufferPointer { factors in
          guard let f = factors.baseAddress else { return }
          ck_batch_norm_gradient(
            dx + i, g + i, values + i, centre, f, f + channels, f + 2 * channels, time, channels)
        }
      }
    }
    /// The sums over the examples, starting at a column of `sums`.
    func total(from first: Int) throws -> Tensor {
      let total = try Tensor(uninitialized: [channels])
      for c in 0..<channels {
        var sum = 0.0
        for b in 0..<batch { sum += sums[b * 2 * channels + first + c] }
        total.pointer[c] = Float(sum)
      }
      return total
    }
    if let bias { try bias.add(total(from: 0)) }
    if let weight { try weight.add(total(from: channels)) }
    if let x, let result { try x.add(result) }
  }
}
