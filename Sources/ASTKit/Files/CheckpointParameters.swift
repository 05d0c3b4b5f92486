/// Parameters of a checkpoint, some of them fitted; notes what is used and missing.
public final class CheckpointParameters: ParameterSource {
  private let weights: CanonicalWeights
  private var fitted: [String: (shape: [Int], fit: (Tensor) throws -> Tensor)] = [:]
  private(set) var used: Set<String> = []
  private(set) var missing: [String] = []

  init(_ weights: CanonicalWeights) { self.weights = weights }

  /// Has a tensor read in the shape it was saved in, and then brought into the model's.
  func fit(_ name: String, storedAs shape: [Int], _ fit: @escaping (Tensor) throws -> Tensor) {
    fitted[name] = (shape, fit)
  }

  /// What the file lacks is noted, and absent.
  /// - Throws: `TensorSourceError.shape`, and what reading and fitting throw.
  public func tensor(
    _ name: String, _ shape: [Int], _ initialization: Initialization
  ) throws -> Tensor {
    guard weights.shape(of: name) != nil else {
      missing.append(name)
      return try .absent(shape)
    }
    used.insert(name)
    guard let (stored, fit) = fitted[name] else { return try weights.tensor(name, shape: shape) }
    return try fit(weights.tensor(name, shape: stored))
  }
}
