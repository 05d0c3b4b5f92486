import CKernels

/// What batch norm measures in training and uses afterwards.
public struct BatchNormBuffers {
  /// Exponential averages of each channel's mean and unbiased variance, `[channels]`.
  public let mean: Parameter, variance: Parameter
  /// Training batches seen so far, a single number.
  public let batchCount: Parameter?

  public init(mean: Parameter, variance: Parameter, batchCount: Parameter? = nil) {
    self.mean = mean
    self.variance = variance
    self.batchCount = batchCount
  }
}

extension Tape {
  /// Batch norm over all but the last dimension (Ioffe and Szegedy, 2015), as in PyTorch:
  /// `y = (x - mean) / sqrt(variance + epsilon) * weight + bias` for each channel.
  ///
  /// In training, `mean` and the biased `variance` are those of `x`, and an effect is noted that
  /// moves the buffers by `momentum` towards the mean and the unbiased variance; in inference
  /// they are the buffers.
  ///
  /// Shapes: `x` `[…, channels]`, `weight` and `bias` `[channels]`, the result as `x`.
  /// Saved: `x` if it or `weight` needs a gradient (in inference: only if `weight` does), and
  /// three numbers a channel.
  /// - Throws: `EngineError.shape` if sizes do not fit, `.refused` for one row in training.
  public func batchNorm(
    _ x: Tensor, weight: Tensor, bias: Tensor, buffers: BatchNormBuffers,
    momentum: Float = 0.1, epsilon: Float = 1e-5
  ) throws -> Tensor {
    let (rows, channels) = (x.rows, x.columns)
    for tensor in [weight, bias, buffers.mean.value, buffers.variance.value]
    where tensor.count != channels {
      throw EngineError.shape(
        operation: "batch norm", expected: "\(channels) channels", found: tensor.shape)
    }
    let training = mode == .training
    if training && rows < 2 && !ProductTrace.isDry {
      throw EngineError.refused(
        "batch norm needs more than one value per channel to train on, and the batch has one; "
          + "choose a batch size that leaves no batch of one clip")
    }
    let mean = try training ? Tensor(uninitialized: [channels]) : buffers.mean.value
    let inverse = try Tensor(uninitialized: [channels])
    if training {
      let variance = channelMoments(of: x, mean: mean)
      for c in 0..<channels {
        inverse.pointer[c] = Float(1 / (variance[c] + Double(epsilon)).squareRoot())
      }
      note(
        RunningStatistics(
          buffers: buffers, mean: mean, variance: variance, rows: rows, momentum: momentum))
    } else {
      let variance = buffers.variance.value.pointer
      for c in 0..<channels {
        inverse.pointer[c] = Float(1 / (Double(variance[c]) + Double(epsilon)).squareRoot())
      }
    }
    let y = try normalise(x, mean: mean, inverse: inverse, weight: weight, bias: bias)
    if needs(x, weight, bias) {
      let keepsInput = weight.gradientSlot != nil || (training && x.gradientSlot != nil)
      record(
        BatchNorm(
          x: x.gradientSlot, weight: weight.gradientSlot, bias: bias.gradientSlot,
          input: keepsInput ? x : nil, scale: weight, mean: training ? mean : try mean.copy(),
          inverse: inverse, usesBatchStatistics: training), output: y)
    }
    return y
  }
}

/// Saves the input where it is needed, the mean and the inverse deviation. With `n` rows,
/// `xhat = (x - mean) * inverse`, `s = sum(dy)` and `t = sum(dy * xhat)` over the rows:
/// `dbias = s`, `dweight = t`, and `dx = weight * inverse * (dy - s / n - xhat * t / n)`;
/// in inference, where the statistics are constants, `dx = weight * inverse * dy`.
private struct BatchNorm: Op {
  let x: GradientSlot?, weight: GradientSlot?, bias: GradientSlot?
  let input: Tensor?
  let scale: Tensor
  let mean: Tensor, inverse: Tensor
  let usesBatchStatistics: Bool

  func backward(_ gradient: Tensor) throws {
    let (rows, channels) = (gradient.rows, gradient.columns)
    // Without the input, the second half of the sums is not used.
    let other = input ?? gradient
    let (g, values, centre) = (gradient.pointer, other.pointer, mean.pointer)
    var sums: [Double] = []
    if weight != nil || bias != nil || usesBatchStatistics {
      sums = ChannelSums.gather(rows: rows, width: 2 * channels) { sums, range in
        let i = range.lowerBound * channels
        ck_batch_norm_gradient_sums(sums, g + i, values + i, centre, range.count, channels)
      }
    }
    if let bias {
      let result = try Tensor(uninitialized: [channels])
      for c in 0..<channels { result.pointer[c] = Float(sums[c]) }
      try bias.add(result)
    }
    if let weight {
      let result = try Tensor(uninitialized: [channels])
      for c in 0..<channels {
        result.pointer[c] = Float(sums[channels + c] * Double(inverse.pointer[c]))
      }
      try weight.add(result)
    }
    guard let x else { return }
    let factors = try Tensor(uninitialized: [3, channels])
    let (scales, slopes) = (factors.pointer, factors.pointer + channels)
    let shifts = slopes + channels
    for c in 0..<channels {
      let inverse = Double(self.inverse.pointer[c])
      let factor = Double(scale.pointer[c]) * inverse
      scales[c] = Float(factor)
      let share = usesBatchStatistics ? factor / Double(rows) : 0
      slopes[c] = share == 0 ? 0 : Float(-share * inverse * inverse * sums[channels + c])
      shifts[c] = share == 0 ? 0 : Float(-share * sums[c])
    }
    let result = try Tensor(uninitialized: gradient.shape)
    let dx = result.pointer
    Threads.split(rows, grain: rowGrain(channels)) { range in
      let i = range.lowerBound * channels
      ck_batch_norm_gradient(
        dx + i, g + i, values + i, centre, scales, slopes, shifts, range.count, channels)
    }
    withExtendedLifetime(factors) {}
    try x.add(result)
  }
}

/// Writes each channel's mean over the rows of `x` to `mean`; returns the biased variances.
private func channelMoments(of x: Tensor, mean: Tensor) -> [Double] {
  let (rows, channels) = (x.rows, x.columns)
  let values = x.pointer
  let sums = ChannelSums.gather(rows: rows, width: 2 * channels) { sums, range in
    ck_batch_norm_sums(sums, values + range.lowerBound * channels, range.count, channels)
  }
  return (0..<channels).map { c in
    let average = sums[c] / Double(rows)
    mean.pointer[c] = Float(average)
    let variance = sums[channels + c] / Double(rows) - average * average
    // `max` would turn NaN into 0.
    return variance < 0 ? 0 : variance
  }
}

private func normalise(
  _ x: Tensor, mean: Tensor, inverse: Tensor, weight: Tensor, bias: Tensor
) throws -> Tensor {
  let channels = x.columns
  let scale = try Tensor(uninitialized: [channels])
  for c in 0..<channels { scale.pointer[c] = weight.pointer[c] * inverse.pointer[c] }
  let y = try Tensor(uninitialized: x.shape)
  let (output, input, centre) = (y.pointer, x.pointer, mean.pointer)
  let (factor, shift) = (scale.pointer, bias.pointer)
  Threads.split(x.rows, grain: rowGrain(channels)) { range in
    let i = range.lowerBound * channels
    ck_batch_norm_apply(output + i, input + i, centre, factor, shift, range.count, channels)
  }
  withExtendedLifetime(scale) {}
  return y
}

/// Moves the running statistics towards those of a batch.
private struct RunningStatistics: Effect {
  let buffers: BatchNormBuffers
  let mean: Tensor
  /// Biased, [channels]
  let variance: [Double]
  let rows: Int
  let momentum: Float

  func apply(to values: inout PendingValues) throws {
    let unbiased = Double(rows) / Double(rows - 1)
    let means = try values.writable(buffers.mean).pointer
    let variances = try values.writable(buffers.variance).pointer
    for c in variance.indices {
      means[c] += momentum * (mean.pointer[c] - means[c])
      variances[c] += momentum * (Float(variance[c] * unbiased) - variances[c])
    }
    if let count = buffers.batchCount { try values.writable(count).pointer[0] += 1 }
  }
}
