/// Sums over the rows of a `[rows, channels]` tensor, cut into pieces whose number depends
/// only on `rows`, so that the result is the same for every thread count.
enum ChannelSums {
  /// Runs `kernel(sums, rows)` on each piece, `sums` having room for `width` numbers, and
  /// adds the pieces up in order.
  static func gather(
    rows: Int, width: Int, _ kernel: (UnsafeMutablePointer<Double>, Range<Int>) -> Void
  ) -> [Double] {
    let pieces = max(1, min(8, rows / 128))
    var partial = [Double](repeating: 0, count: pieces * width)
    partial.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      Threads.forEach(pieces) { i in
        kernel(base + i * width, (rows * i / pieces)..<(rows * (i + 1) / pieces))
      }
    }
    if pieces == 1 { return partial }
    return (0..<width).map { column in
      var sum = 0.0
      for i in 0..<pieces { sum += partial[i * width + column] }
      return sum
    }
  }
}
