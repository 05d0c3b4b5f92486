import ASTKit

/// What single precision makes of a few AdamW updates, measured by training again.
///
/// AdamW divides by the gradient's own size: where a gradient is nearly zero, at the first step
/// or at a later one, rounding far below the gradients' tolerance turns into a visible update,
/// and from there reaches other parameters. Which numbers that befalls differs with the order
/// of summation, so with the processor. The manifest lists what it did to PyTorch's, with three
/// times the deviation seen; here the same rule is applied to this engine, number by number.
final class RoundingNoise {
  /// Trainings beside the one without noise.
  private static let trials = 4

  private let train: (RandomSource?) throws -> [String: [Float]]
  private var measured: [String: [Double]]?

  /// - Parameter train: values of all tensors after a training whose gradients carry noise
  ///   from the source, if any, of the size of their deviation from the reference.
  init(_ train: @escaping (RandomSource?) throws -> [String: [Float]]) { self.train = train }

  /// Three times the largest deviation seen, for every number of a tensor.
  func spread(of name: String) throws -> [Double] {
    if measured == nil { measured = try measure() }
    return measured?[name] ?? []
  }

  private func measure() throws -> [String: [Double]] {
    let runs = try (0...Self.trials).map {
      try train($0 == 0 ? nil : RandomSource(seed: UInt64($0)))
    }
    return runs[0].reduce(into: [:]) { result, entry in
      let others = runs.dropFirst().compactMap { $0[entry.key] }
      result[entry.key] = entry.value.indices.map { i in
        3 * (others.map { abs(Double($0[i]) - Double(entry.value[i])) }.max() ?? 0)
      }
    }
  }
}
