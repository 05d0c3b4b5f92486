/// The names under which a tensor of a model is known in checkpoints of different origin,
/// and petl's own: those of transformers' `ASTModel` (up to version 4) and `Wav2Vec2Model`
/// without a prefix.
///
/// Sources: transformers' `convert_audio_spectrogram_transformer_original_to_pytorch.py` for
/// the original files, `modeling_audio_spectrogram_transformer.py` of version 5 for its names.
enum WeightNames {
  /// What a key of a checkpoint stands for.
  enum Meaning: Equatable {
    /// A tensor of the backbone under petl's name.
    case backbone(String)
    /// Rows `part`/3 of a matrix that holds query, key and value one above the other.
    case fused([String])
    /// A tensor of a classification head.
    case head(String)
    /// A tensor that a fine-tuning method added, under its own name.
    case method(String)
    /// A tensor of a classification head of another kind than petl's.
    case foreignHead
    /// A tensor that is known and not needed: heads for pre-training.
    case dropped
    case unknown
  }

  /// What transformers' classifiers call the backbone inside them.
  static let modelPrefixes = ["audio_spectrogram_transformer.", "wav2vec2."]

  /// The name inside the backbone, which the published code calls `model`.
  private static func withoutModel(_ name: String, isPublished: Bool) -> String {
    var name = name[...]
    for prefix in (isPublished ? ["model."] : []) + modelPrefixes where name.hasPrefix(prefix) {
      name = name.dropFirst(prefix.count)
    }
    return String(name)
  }

  /// What people call a head, before the names of its tensors.
  private static let headNames = [
    "classifier.", "classification_head.", "head.", "mlp_head.", "fc.", "linear.", "out.",
    "projector.",
  ]

  /// Whether a tensor of this name must be one of a head.
  static func isHead(_ name: String) -> Bool { headNames.contains(where: name.hasPrefix) }

  /// The name without the step that `torch.compile` puts before a module it has compiled.
  static func withoutCompiler(_ key: String) -> String {
    key.replacing("_orig_mod.", with: "")
  }

  /// `encoder.layer.7.x.weight` → `("encoder.layer.", 7, "x.weight")` for the first prefix
  /// that fits.
  static func layer(
    _ key: String, _ prefixes: [String]
  ) -> (prefix: String, index: Int, rest: String)? {
    for prefix in prefixes where key.hasPrefix(prefix) {
      let tail = key.dropFirst(prefix.count)
      guard let dot = tail.firstIndex(of: "."), let index = Int(tail[..<dot]), index >= 0,
        String(index) == tail[..<dot]
      else { continue }
      return (prefix, index, String(tail[tail.index(after: dot)...]))
    }
    return nil
  }

  /// Splits `a.b.weight` into `a.b` and `.weight`; nothing when it ends otherwise.
  static func split(_ name: String) -> (module: String, kind: String)? {
    for kind in [".weight", ".bias"] where name.hasSuffix(kind) {
      return (String(name.dropLast(kind.count)), kind)
    }
    return nil
  }
}

// MARK: - AST in transformers, and the published code

extension WeightNames {
  private static let astTokens: Set<String> = [
    "embeddings.cls_token", "embeddings.distillation_token", "embeddings.position_embeddings",
  ]
  private static let astModules: Set<String> = [
    "embeddings.patch_embeddings.projection", "layernorm",
  ]
  private static let astHeads: Set<String> = [
    "classifier.layernorm", "classifier.dense", "classification_head",
  ]
  /// Before the names of a head that has the layers of transformers' and is used otherwise.
  static let ownHead = "petl."
  private static let astLayerModules: Set<String> = [
    "layernorm_before", "attention.attention.query", "attention.attention.key",
    "attention.attention.value", "attention.output.dense", "layernorm_after",
    "intermediate.dense", "output.dense",
  ]
  /// Version 5 of transformers against version 4.
  static let astRenamed = [
    "attention.q_proj": "attention.attention.query",
    "attention.k_proj": "attention.attention.key",
    "attention.v_proj": "attention.attention.value",
    "attention.o_proj": "attention.output.dense",
    "mlp.fc1": "intermediate.dense", "mlp.fc2": "output.dense",
  ]

  /// petl's name of an AST module such as `layers.3.attention.q_proj`, or `nil` when the
  /// backbone has none of that name.
  static func astModule(_ name: String) -> String? {
    if astModules.contains(name) || astHeads.contains(name) { return name }
    guard let layer = layer(name, ["encoder.layer.", "encoder.layers.", "layers."]) else {
      return nil
    }
    let module = astRenamed[layer.rest] ?? layer.rest
    return astLayerModules.contains(module) ? "encoder.layer.\(layer.index).\(module)" : nil
  }

  /// - Parameter isPublished: the file comes from the published code, whose adapters and
  ///   prompts lie among the backbone's tensors.
  static func ast(_ key: String, isPublished: Bool) -> Meaning {
    let name = withoutModel(key, isPublished: isPublished)
    if astTokens.contains(name) { return .backbone(name) }
    if name.hasPrefix(ownHead), let (module, _) = split(String(name.dropFirst(ownHead.count))),
      astHeads.contains(module)
    {
      return .head(String(name.dropFirst(ownHead.count)))
    }
    if let (module, kind) = split(name), let known = astModule(module) {
      return astHeads.contains(known) ? .head(known + kind) : .backbone(known + kind)
    }
    if isPublished, isMethod(name) { return .method(name) }
    return isHead(name) ? .foreignHead : .unknown
  }

  /// Whether the published code calls a tensor of a method so.
  static func isMethod(_ name: String) -> Bool {
    name == "prompt_embeddings" || name == "deep_prompt_embeddings"
      || layer(name, ["encoder.layer.", "encoder.layers."]) != nil
  }
}

// MARK: - The original AST

extension WeightNames {
  private static let originalNames = [
    "v.cls_token": "embeddings.cls_token", "v.dist_token": "embeddings.distillation_token",
    "v.pos_embed": "embeddings.position_embeddings",
  ]
  private static let originalModules = [
    "v.patch_embed.proj": "embeddings.patch_embeddings.projection", "v.norm": "layernorm",
    "mlp_head.0": "classifier.layernorm", "mlp_head.1": "classifier.dense",
  ]
  private static let originalLayerModules = [
    "norm1": "layernorm_before", "attn.proj": "attention.output.dense",
    "norm2": "layernorm_after", "mlp.fc1": "intermediate.dense", "mlp.fc2": "output.dense",
  ]

  static func originalAST(_ name: String) -> Meaning {
    if let known = originalNames[name] { return .backbone(known) }
    // ImageNet's heads, which the audio model leaves unused.
    if name.hasPrefix("v.head.") || name.hasPrefix("v.head_dist.") { return .dropped }
    guard let (module, kind) = split(name) else { return isHead(name) ? .foreignHead : .unknown }
    if let known = originalModules[module] {
      return known.hasPrefix("classifier") ? .head(known + kind) : .backbone(known + kind)
    }
    guard let layer = layer(module, ["v.blocks."]) else {
      return isHead(name) ? .foreignHead : .unknown
    }
    let prefix = "encoder.layer.\(layer.index)."
    if layer.rest == "attn.qkv" {
      return .fused(
        ["query", "key", "value"].map { "\(prefix)attention.attention.\($0)\(kind)" })
    }
    return originalLayerModules[layer.rest].map { .backbone(prefix + $0 + kind) } ?? .unknown
  }
}

// MARK: - wav2vec 2.0

extension WeightNames {
  private static let waveModules: Set<String> = [
    "feature_projection.layer_norm", "feature_projection.projection", "encoder.layer_norm",
  ]
  private static let waveLayerModules: Set<String> = [
    "attention.q_proj", "attention.k_proj", "attention.v_proj", "attention.out_proj",
    "layer_norm", "feed_forward.intermediate_dense", "feed_forward.output_dense",
    "final_layer_norm",
  ]
  /// PyTorch's newer way to write a weight-normalised convolution against the older one.
  private static let waveNames = [
    "masked_spec_embed": "masked_spec_embed",
    "encoder.pos_conv_embed.conv.bias": "encoder.pos_conv_embed.conv.bias",
    "encoder.pos_conv_embed.conv.weight_g": "encoder.pos_conv_embed.conv.weight_g",
    "encoder.pos_conv_embed.conv.weight_v": "encoder.pos_conv_embed.conv.weight_v",
    "encoder.pos_conv_embed.conv.parametrizations.weight.original0":
      "encoder.pos_conv_embed.conv.weight_g",
    "encoder.pos_conv_embed.conv.parametrizations.weight.original1":
      "encoder.pos_conv_embed.conv.weight_v",
  ]
  /// Parts of the models for pre-training that transformers builds on this backbone.
  private static let waveDropped = [
    "quantizer.", "project_hid.", "project_q.", "lm_head.", "layer_weights",
  ]

  static func wav2vec2(_ key: String, isPublished: Bool) -> Meaning {
    let name = withoutModel(key, isPublished: isPublished)
    if let known = waveNames[name] { return .backbone(known) }
    if waveDropped.contains(where: { name.hasPrefix($0) }) { return .dropped }
    if let (module, _) = split(name) {
      if module == "classification_head" { return .head(name) }
      if isWaveModule(module) { return .backbone(name) }
    }
    if isPublished, isMethod(name) { return .method(name) }
    return isHead(name) ? .foreignHead : .unknown
  }

  /// Whether wav2vec 2.0's backbone has a module of this name.
  static func isWaveModule(_ name: String) -> Bool {
    if waveModules.contains(name) { return true }
    if let layer = layer(name, ["encoder.layers."]) {
      return waveLayerModules.contains(layer.rest)
    }
    let convolution = layer(name, ["feature_extractor.conv_layers."])
    return convolution?.rest == "conv" || convolution?.rest == "layer_norm"
  }
}
