/// A shape seen from one of its dimensions: `[outer, n, inner]`.
struct AxisLayout {
  let outer: Int, n: Int, inner: Int

  /// - Parameter axis: counted from the end if negative.
  /// - Throws: `EngineError.shape` if there is no such dimension or it is empty.
  init(_ shape: [Int], axis: Int, operation: String) throws {
    let index = axis < 0 ? axis + shape.count : axis
    guard shape.indices.contains(index), shape[index] > 0 else {
      throw EngineError.shape(
        operation: operation, expected: "a dimension \(axis) that is not empty", found: shape)
    }
    outer = shape[..<index].reduce(1, *)
    n = shape[index]
    inner = shape[(index + 1)...].reduce(1, *)
  }

  /// Runs `body(offset, outer)` on ranges of the outermost dimension, in parallel.
  func split(_ body: (Int, Int) -> Void) {
    let size = n * inner
    Threads.split(outer, grain: rowGrain(size)) { range in
      body(range.lowerBound * size, range.count)
    }
  }
}
