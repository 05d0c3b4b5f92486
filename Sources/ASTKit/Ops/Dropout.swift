import CKernels

extension Tape {
  /// Inverted dropout (Srivastava et al., 2014): in training each element becomes 0 with the
  /// given probability `p`, and is multiplied by `1 / (1 - p)` otherwise; in inference, and
  /// for `p = 0`, the result is `x` itself.
  ///
  /// The mask follows from one number drawn from `random`. Saved: that number.
  /// - Throws: `EngineError.setting` unless `p` is between 0 and 1.
  public func dropout(_ x: Tensor, probability p: Float) throws -> Tensor {
    guard p >= 0, p <= 1 else {
      throw EngineError.setting(name: "dropout", expected: "between 0 and 1", found: "\(p)")
    }
    if mode == .inference || p == 0 { return x }
    let mask = DropoutMask(probability: p, seed: random.next())
    let y = try mask.apply(x)
    if let slot = x.gradientSlot, needs(x) { record(Dropout(x: slot, mask: mask), output: y) }
    return y
  }
}

/// Saves the mask's seed: the gradient is masked and scaled like the input.
private struct Dropout: Op {
  let x: GradientSlot
  let mask: DropoutMask

  func backward(_ gradient: Tensor) throws { try x.add(mask.apply(gradient)) }
}

private struct DropoutMask {
  /// Elements whose 32 random bits are below this are dropped.
  let threshold: UInt32
  let scale: Float
  let seed: UInt64

  init(probability p: Float, seed: UInt64) {
    threshold = UInt32(min(Double(p) * 0x1p32, Double(UInt32.max)))
    // With p = 1 everything goes; 1 / 0 must not meet the one element in 2^32 that stays.
    scale = p == 1 ? 0 : 1 / (1 - p)
    self.seed = seed
  }

  func apply(_ x: Tensor) throws -> Tensor {
    let result = try Tensor(uninitialized: x.shape)
    let (y, x) = (result.pointer, x.pointer)
    Threads.split(result.count, grain: Elementwise.grain) { range in
      let i = range.lowerBound
      ck_dropout(y + i, x + i, scale, threshold, seed, UInt64(i), range.count)
    }
    return result
  }
}
