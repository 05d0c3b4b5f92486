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

/// The parameters of an AST checkpoint, seen as those of a model for spectrograms of another
/// size: the position embeddings are fitted, all others pass through.
public struct FittedParameters: ParameterSource {
  private let source: any ParameterSource
  private let checkpoint: ASTConfiguration
  private let model: ASTConfiguration
  private let fitting: PositionFitting

  /// - Parameters:
  ///   - source: the checkpoint
  ///   - checkpoint: its sizes
  ///   - model: the sizes of the model to be made from it
  ///   - fitting: how
  public init(
    _ source: any ParameterSource, of checkpoint: ASTConfiguration, for model: ASTConfiguration,
    _ fitting: PositionFitting = .fit
  ) {
    (self.source, self.checkpoint, self.model) = (source, checkpoint, model)
    self.fitting = fitting
  }

  public func tensor(
    _ name: String, _ shape: [Int], _ initialization: Initialization
  ) throws -> Tensor {
    guard name == "embeddings.position_embeddings", model.grid != checkpoint.grid else {
      return try source.tensor(name, shape, initialization)
    }
    let stored = try source.tensor(
      name, [1, checkpoint.tokens, checkpoint.hidden], initialization)
    return try fitting.embeddings(
      stored, from: checkpoint.positionGrid, to: model.positionGrid)
  }
}

extension ASTConfiguration {
  /// `grid` as what position embeddings are fitted to.
  public var positionGrid: PositionGrid {
    PositionGrid(frequency: grid.frequency, time: grid.time)
  }
}
