/// AST in the list of backbones.
extension ASTConfiguration: BackboneConfiguration {
  public static let name = "ast"
  public static let title = "AST"
  public static let transformers = TransformersNames(
    modelType: "audio-spectrogram-transformer", family: "AST",
    classifier: "ASTForAudioClassification", attribute: "audio_spectrogram_transformer")

  public static let defaults = ASTConfiguration()
  public static let declarations: [SettingOf<ASTConfiguration>] = [
    .hidden(\.hidden), .depth(\.layers), .heads(\.heads), .mlp(\.intermediate),
    .frames(\.frames), .mels(\.melBins),
  ]

  public static let features = FeatureSettings.Kind.logMel
  public static let hasTransformersHead = true
  public static let takesPrompts = true

  public static let anchors = [
    "embeddings.cls_token", "embeddings.distillation_token", positionsName,
    "embeddings.patch_embeddings.projection.weight", "v.cls_token", "v.dist_token", "v.pos_embed",
    "v.patch_embed.proj.weight",
  ]
  public static let roots: Set = ["embeddings", "encoder", "layers", "layernorm"]
  public static let layouts = [
    WeightLayout(
      name: "ast",
      isMark: {
        $0.hasPrefix(transformers.prefix) || $0.contains("embeddings.patch_embeddings.")
      }, meaning: ASTNames.meaning),
    WeightLayout(
      name: "originalAST", isMark: { $0.hasPrefix("v.blocks.") },
      meaning: { name, _ in ASTNames.originalMeaning(of: name) }),
  ]
  public static let peft: PEFTModules? = PEFTModules(
    layers: "encoder.layer.", newerLayers: "layers.", renamed: ASTNames.renamed,
    shortNames: ["q_proj": "query", "k_proj": "key", "v_proj": "value"],
    projections: [
      .query: "attention.attention.query", .key: "attention.attention.key",
      .value: "attention.attention.value", .output: "attention.output.dense",
    ])

  /// The sizes that the shapes of the tensors tell.
  /// - Throws: `ModelFileError`, `TensorSourceError` when they do not tell them.
  public static func sizes(of weights: CanonicalWeights) throws -> ASTConfiguration {
    try ASTConfiguration(sizesOf: weights)
  }

  public var parameterEstimate: Double {
    let (hidden, inner) = (Double(hidden), Double(intermediate))
    return Double(layers) * hidden * (4 * hidden + 2 * inner)
      + hidden * (Double(patch * patch) + Double(tokens))
  }

  public var clipFrames: Int? { frames }
  /// As the backbone's own in transformers.
  public var headNormEps: Float { layerNormEps }

  /// The first size that differs, in words; `nil` for equal ones.
  public func firstDifference(from other: ASTConfiguration) -> String? {
    let first = firstDifference(
      from: other,
      in: [
        ("hidden", \.hidden), ("layers", \.layers), ("heads", \.heads),
        ("intermediate", \.intermediate), ("patch", \.patch),
        ("frequency stride", \.frequencyStride), ("time stride", \.timeStride),
        ("frames", \.frames), ("mel bins", \.melBins),
      ])
    if let first { return first }
    if layerNormEps != other.layerNormEps {
      return "layer_norm_eps is \(other.layerNormEps) there and \(layerNormEps) here"
    }
    return hasQKVBias == other.hasQKVBias
      ? nil : "qkv_bias is \(other.hasQKVBias) there and \(hasQKVBias) here"
  }

  /// A model of these sizes with the values of `source`.
  /// - Throws: `EngineError` for sizes that make no model, and what `source` throws.
  public func build(from source: any ParameterSource) throws -> any Backbone {
    try ASTModel(self, from: source)
  }

  private static let positionsName = "embeddings.position_embeddings"

  /// For clips of another length, the position embeddings are fitted.
  public func read(
    from checkpoint: CheckpointParameters, _ options: ModelFile.Options
  ) throws -> (backbone: any Backbone, notices: [String]) {
    var wanted = self
    if let frames = options.frames { wanted.frames = frames }
    try wanted.validate()
    let (old, new) = (positionGrid, wanted.positionGrid)
    guard old != new else { return (try wanted.build(from: checkpoint), []) }
    let fitting: PositionFitting = options.published ? .published : .fit
    checkpoint.fit(Self.positionsName, storedAs: [1, old.rows(), hidden]) {
      try fitting.embeddings($0, from: old, to: new)
    }
    return (
      try wanted.build(from: checkpoint),
      [
        options.published
          ? "the position embeddings are zero, as in the published code"
          : "the position embeddings are fitted from \(grid.time) to \(wanted.grid.time) steps"
      ]
    )
  }
}
