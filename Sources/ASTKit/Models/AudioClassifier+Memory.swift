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
