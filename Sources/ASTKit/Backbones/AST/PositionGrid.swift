/// Fits a checkpoint's position embeddings to another number of patches, by the rule of the
/// original AST (Gong et al., 2021, arXiv 2104.01778, `ast_models.py`): first the time axis,
/// then the frequency axis; a shorter axis is cut from the middle, a longer one is
/// interpolated.
public struct PositionGrid: Equatable, Sendable {
  /// Patches along frequency and along time.
  public var frequency: Int
  public var time: Int

  /// A grid of `frequency · time` patches.
  public init(frequency: Int, time: Int) {
    self.frequency = frequency
    self.time = time
  }

  /// The patches of a spectrogram: `(size - patch) / stride + 1` along each axis, none along
  /// an axis shorter than a patch.
  public init(
    melBins: Int, frames: Int, patch: Int = 16, frequencyStride: Int = 10, timeStride: Int = 10
  ) {
    frequency = melBins < patch ? 0 : (melBins - patch) / frequencyStride + 1
    time = frames < patch ? 0 : (frames - patch) / timeStride + 1
  }

  /// Rows of the position embeddings, with `extra` for class and distillation token.
  public func rows(extra: Int = 2) -> Int { frequency * time + extra }

  /// Position embeddings of this grid made from those of another.
  ///
  /// - Parameters:
  ///   - embeddings: `[1, extra + F·T, H]`: the extra tokens' rows, then the grid's with
  ///     time running fastest.
  ///   - old: the grid F × T that they belong to.
  ///   - extra: rows before the grid, which are kept as they are.
  /// - Returns: `[1, extra + frequency·time, H]`, a copy; the same values if nothing changes.
  /// - Throws: `EngineError.shape` if the embeddings do not fit `old`, `.setting` for a grid
  ///   without patches.
  public func resize(
    _ embeddings: Tensor, from old: PositionGrid, extra: Int = 2
  ) throws -> Tensor {
    guard old.frequency > 0, old.time > 0, embeddings.shape.count == 3,
      embeddings.shape[0] == 1, embeddings.shape[1] == old.rows(extra: extra)
    else {
      throw EngineError.shape(
        operation: "resizing position embeddings",
        expected: "[1, \(old.rows(extra: extra)), hidden] for a grid of"
          + " \(old.frequency) x \(old.time)", found: embeddings.shape)
    }
    guard frequency > 0, time > 0 else {
      throw EngineError.setting(
        name: "position grid", expected: "at least 1 x 1", found: "\(frequency) x \(time)")
    }
    let hidden = embeddings.shape[2]
    let head = embeddings.viewed(as: [extra * hidden])
    var grid = embeddings.viewed(
      as: [old.frequency, old.time, hidden], offset: extra * hidden)
    if time != old.time { grid = try PositionGrid.fit(grid, outer: old.frequency, to: time) }
    if frequency != old.frequency {
      // Along frequency, one row is all times of it.
      grid = try PositionGrid.fit(
        grid.viewed(as: [1, old.frequency, time * hidden]), outer: 1, to: frequency)
    }
    let result = try Tensor(uninitialized: [1, rows(extra: extra), hidden])
    result.pointer.update(from: head.pointer, count: head.count)
    (result.pointer + head.count).update(from: grid.pointer, count: grid.count)
    return result
  }

  /// Cuts or interpolates the middle axis of `[outer, from, width]` to `size`.
  private static func fit(_ grid: Tensor, outer: Int, to size: Int) throws -> Tensor {
    let from = grid.shape[1]
    let width = grid.shape[2]
    let result = try Tensor(uninitialized: [outer, size, width])
    for row in 0..<outer {
      let source = grid.pointer + row * from * width
      let target = result.pointer + row * size * width
      for i in 0..<size {
        if size < from {
          let start = from / 2 - size / 2
          (target + i * width).update(from: source + (start + i) * width, count: width)
        } else {
          let (lower, upper, weight) = neighbours(of: i, from: from, to: size)
          for j in 0..<width {
            let a = Double(source[lower * width + j])
            let b = Double(source[upper * width + j])
            target[i * width + j] = Float(a * (1 - weight) + b * weight)
          }
        }
      }
    }
    return result
  }

  /// Linear interpolation as PyTorch's with `align_corners=False`: pixel centres lie at half
  /// steps, `x = (i + 1/2) · from / to - 1/2`, not below 0.
  private static func neighbours(
    of i: Int, from: Int, to: Int
  ) -> (lower: Int, upper: Int, weight: Double) {
    let scale = Double(from) / Double(to)
    let x = max(0, (Double(i) + 0.5) * scale - 0.5)
    let lower = min(Int(clamped: x), from - 1)
    return (lower, min(lower + 1, from - 1), x - Double(lower))
  }
}
