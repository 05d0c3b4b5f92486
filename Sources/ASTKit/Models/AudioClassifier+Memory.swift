extension AudioClassifier {
  /// - Parameters:
  ///   - shape: of the input of one clip.
  ///   - recomputes: whether training keeps no more than the input of each sub-layer.
  /// - Throws: `EngineError.refused` for a batch whose activations do not fit into memory.
  func requireMemory(
    batch: Int, of shape: [Int], training: Bool, recomputes: Bool = false
  ) throws {
    let tokens = Double(backbone.tokens(in: shape)), hidden = Double(backbone.hidden)
    let inner = Double(backbone.layers.first?.intermediate.weight.shape[0] ?? 0)
    let layers = Double(backbone.layerCount)
    // What one layer holds at once; in training, most of it for every layer.
    let layer = tokens * (6 * hidden + 2 * inner)
    let held =
      switch (training, recomputes) {
      case (false, _): layer
      case (true, false): layer * 0.6 * layers
      case (true, true): layer + tokens * hidden * 2 * (layers - 1)
      }
    let clip = 4 * max(held, backbone.inputFloats(shape))
    try MemoryLimit.require(Double(batch) * clip, for: "a batch of \(batch)")
  }
}
