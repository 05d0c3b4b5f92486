import CKernels

/// The length of all gradients together.
enum GradientNorm {
  /// `√ Σ g²` over the gradients of some parameters.
  static func of(_ parameters: [Parameter]) -> Double {
    parameters.compactMap(\.gradient).reduce(0) { sum, gradient in
      let g = gradient.pointer
      return sum
        + ChannelSums.gather(rows: gradient.count, width: 1) { sum, range in
          sum[0] = ck_dot(g + range.lowerBound, g + range.lowerBound, range.count)
        }[0]
    }.squareRoot()
  }
}

extension Parameter {
  /// Multiplies the gradient, which other parameters may share, in memory of its own.
  /// - Throws: `EngineError.memory`
  func scaleGradient(by factor: Float) throws {
    guard let gradient else { return }
    value.gradientSlot?.value = try Pointwise.map(gradient) { ck_scale($0, $1, factor, $2) }
  }
}
