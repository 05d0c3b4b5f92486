extension Tape {
  /// Passes `x` on unchanged and an exactly zero gradient back, for a parameter whose true
  /// gradient is zero: a bias before a batch norm in training, or the bias of attention keys,
  /// which the softmax cancels.
  ///
  /// Computed, that gradient would be rounding noise, which Adam scales up to real updates;
  /// the reference in double precision has none.
  func zeroGradient(_ x: Tensor) -> Tensor {
    guard needs(x), let slot = x.gradientSlot else { return x }
    let y = x.viewed(as: x.shape)
    record(ZeroGradient(shape: x.shape, inputSlot: slot), output: y)
    return y
  }
}

/// Backward of `zeroGradient`. Saves nothing.
struct ZeroGradient: Op {
  let shape: [Int]
  let inputSlot: GradientSlot

  func backward(_ gradient: Tensor) throws { try inputSlot.add(Tensor(shape)) }
}
