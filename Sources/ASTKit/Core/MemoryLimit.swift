import Foundation

/// Refuses work that cannot fit into this machine's memory before it begins: an allocation
/// that fails in the middle would take the whole session with it.
public enum MemoryLimit {
  /// Bytes of memory this process may have: the machine's, or less where a container (a
  /// cgroup) sets a limit.
  public static let available: Double = {
    let machine = Double(ProcessInfo.processInfo.physicalMemory)
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
    return limits.compactMap { path in
      (try? String(contentsOfFile: path, encoding: .utf8))
        .flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }.reduce(machine, min)
  }()

  /// - Parameters:
  ///   - bytes: a careful estimate of what is needed, not more than it.
  ///   - what: what needs it, such as `a batch of 512`.
  /// - Throws: `EngineError.refused` when the machine has less.
  public static func require(_ bytes: Double, for what: String) throws {
    guard bytes > available else { return }
    func gigabytes(_ bytes: Double) -> String { String(format: "%.0f GB", bytes / 1e9) }
    throw EngineError.refused(
      "\(what) needs about \(gigabytes(bytes)), this machine has \(gigabytes(available))")
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
  /// - Parameter shape: of the input of one clip.
  /// - Throws: `EngineError.refused` for a batch whose activations do not fit into memory.
  func requireMemory(batch: Int, of shape: [Int], training: Bool) throws {
    let tokens = Double(backbone.tokens(in: shape)), hidden = Double(backbone.hidden)
    let inner = Double(backbone.layers.first?.intermediate.weight.shape[0] ?? 0)
    // What one layer holds at once; in training, most of it for every layer.
    let layer = tokens * (6 * hidden + 2 * inner)
    let layers = training ? 0.6 * Double(backbone.layerCount) : 1
    let clip = 4 * max(layer * layers, backbone.inputFloats(shape))
    try MemoryLimit.require(Double(batch) * clip, for: "a batch of \(batch)")
  }
}
