import Foundation

/// Refuses work that cannot fit into this machine's memory before it begins: an allocation
/// that fails in the middle would take the whole session with it.
public enum MemoryLimit {
  /// Bytes of memory the machine has.
  public static var physical: Double { Double(ProcessInfo.processInfo.physicalMemory) }

  /// - Parameters:
  ///   - bytes: a careful estimate of what is needed, not more than it.
  ///   - what: what needs it, such as `a batch of 512`.
  /// - Throws: `EngineError.refused` when the machine has less.
  public static func require(_ bytes: Double, for what: String) throws {
    guard bytes > physical else { return }
    func gigabytes(_ bytes: Double) -> String { String(format: "%.0f GB", bytes / 1e9) }
    throw EngineError.refused(
      "\(what) needs about \(gigabytes(bytes)), this machine has \(gigabytes(physical))")
  }
}

extension ASTConfiguration {
  /// Numbers in the backbone, within a percent.
  var parameterEstimate: Double {
    let (hidden, inner) = (Double(hidden), Double(intermediate))
    return Double(layers) * hidden * (4 * hidden + 2 * inner)
      + hidden * (Double(patch * patch) + Double(tokens))
  }

  /// - Throws: `EngineError.refused` for a model whose weights do not fit into memory.
  public func requireMemory() throws {
    try MemoryLimit.require(4 * parameterEstimate, for: "a model of these sizes")
  }
}

extension AudioClassifier {
  /// - Throws: `EngineError.refused` for a batch whose activations do not fit into memory.
  func requireMemory(batch: Int, training: Bool) throws {
    let tokens = Double(backbone.tokenCount), hidden = Double(backbone.hidden)
    let inner = Double(backbone.layers.first?.intermediate.weight.shape[0] ?? 0)
    // What one layer holds at once; in training, most of it for every layer.
    let layer = tokens * (6 * hidden + 2 * inner) * 4
    let layers = training ? 0.6 * Double(backbone.layerCount) : 1
    try MemoryLimit.require(Double(batch) * layer * layers, for: "a batch of \(batch)")
  }
}
