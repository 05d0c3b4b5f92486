extension ASTConfiguration {
  /// The sizes of the model that the tensors belong to, for checkpoints that come without a
  /// `config.json`, as the original AST's do.
  ///
  /// Hidden, intermediate and patch size and the number of layers are read off the shapes.
  /// Heads are 64 wide, as in all sizes of AST. The number of patches does not tell strides,
  /// frames and mel bins apart: of the strides published (10, 12, 14, 16, both axes), the
  /// first that gives 1024 frames, or 128 as for Speech Commands, is taken, else 10.
  /// - Throws: `ModelFileError.names` when tensors are missing that tell a size,
  ///   `TensorSourceError` when one has no shape for it,
  ///   `ModelFileError.noConfiguration` when the number of heads cannot be told.
  public init(sizesOf weights: CanonicalWeights) throws {
    self.init()
    let indices = Set(
      weights.backboneNames.compactMap { WeightNames.layer($0, ["encoder.layer."])?.index })
    let firstLayer = "encoder.layer.\(indices.min() ?? 0)"
    let missing = weights.missing([
      "embeddings.cls_token", "embeddings.patch_embeddings.projection.weight",
      "embeddings.position_embeddings", "\(firstLayer).intermediate.dense.weight",
    ])
    guard missing.isEmpty else {
      throw ModelFileError.names(path: weights.path, missing: missing, leftOver: [])
    }
    func size(_ name: String, dimensions: Int) throws -> [Int] {
      guard let shape = weights.shape(of: name) else { throw weights.noTensor(name) }
      guard shape.count == dimensions, !shape.contains(0) else {
        throw TensorSourceError.shape(
          path: weights.path, name: name, expected: [Int](repeating: 1, count: dimensions),
          found: shape)
      }
      return shape
    }
    hidden = try size("embeddings.cls_token", dimensions: 3)[2]
    guard hidden % 64 == 0 else { throw ModelFileError.noConfiguration(path: weights.path) }
    heads = hidden / 64
    let projection = try size("embeddings.patch_embeddings.projection.weight", dimensions: 4)
    patch = projection[2]
    intermediate = try size("\(firstLayer).intermediate.dense.weight", dimensions: 2)[0]
    // Counted, whichever of its tensors a layer has: those missing are told by name later.
    layers = indices.count
    hasQKVBias = weights.backboneNames.contains { $0.hasSuffix("attention.query.bias") }
    let patches = try size("embeddings.position_embeddings", dimensions: 3)[1] - 2
    setGrid(patches: patches)
  }

  private mutating func setGrid(patches: Int) {
    for length in [1024, 128] {
      for stride in [10, 12, 14, 16] {
        frames = length
        (frequencyStride, timeStride) = (stride, stride)
        if tokens == patches + 2 { return }
      }
    }
    (frequencyStride, timeStride) = (10, 10)
    let rows = max(1, grid.frequency)
    frames = (max(1, patches / rows) - 1) * timeStride + patch
  }
}
