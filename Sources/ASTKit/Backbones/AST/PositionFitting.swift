/// What becomes of a checkpoint's position embeddings in a model for spectrograms of another
/// size.
public enum PositionFitting: String, CaseIterable, Sendable, Codable {
  /// Cut or interpolated by the original AST's rule, see `PositionGrid`.
  case fit
  /// All zero: transformers drops a tensor of another shape (`ignore_mismatched_sizes`) and
  /// leaves what the constructor made, and the published code keeps that frozen.
  case published

  /// - Parameters:
  ///   - stored: `[1, 2 + F·T, hidden]` of the checkpoint
  ///   - old: the checkpoint's grid F × T
  ///   - new: the model's grid
  /// - Returns: `[1, 2 + rows of new, hidden]`
  /// - Throws: `EngineError.shape` if `stored` does not fit `old`.
  public func embeddings(
    _ stored: Tensor, from old: PositionGrid, to new: PositionGrid
  ) throws -> Tensor {
    switch self {
    case .fit: return try new.resize(stored, from: old)
    case .published:
      // It goes by the shape alone: another grid of as many patches is taken as it stands.
      let isKept = new.rows() == old.rows()
      return try isKept ? old.resize(stored, from: old) : Tensor([1, new.rows(), stored.columns])
    }
  }
}

extension ASTConfiguration {
  /// `grid` as what position embeddings are fitted to.
  public var positionGrid: PositionGrid {
    PositionGrid(frequency: grid.frequency, time: grid.time)
  }
}
