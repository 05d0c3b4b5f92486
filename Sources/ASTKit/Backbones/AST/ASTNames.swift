/// The names of AST's tensors in checkpoints; petl's own are those of transformers' `ASTModel` up
/// to version 4.
///
/// Sources: transformers' `convert_audio_spectrogram_transformer_original_to_pytorch.py` for
/// the original files, `modeling_audio_spectrogram_transformer.py` of version 5 for its names.
enum ASTNames {
  private static let tokens: Set<String> = [
    "embeddings.cls_token", "embeddings.distillation_token", "embeddings.position_embeddings",
  ]
  private static let modules: Set<String> = [
    "embeddings.patch_embeddings.projection", "layernorm",
  ]
  private static let heads: Set<String> = [
    "classifier.layernorm", "classifier.dense", "classification_head",
  ]
  private static let layerModules: Set<String> = [
    "layernorm_before", "attention.attention.query", "attention.attention.key",
    "attention.attention.value", "attention.output.dense", "layernorm_after",
    "intermediate.dense", "output.dense",
  ]
  /// Version 5 of transformers against version 4.
  static let renamed = [
    "attention.q_proj": "attention.attention.query",
    "attention.k_proj": "attention.attention.key",
    "attention.v_proj": "attention.attention.value",
    "attention.o_proj": "attention.output.dense",
    "mlp.fc1": "intermediate.dense", "mlp.fc2": "output.dense",
  ]

  /// petl's name of an AST module such as `layers.3.attention.q_proj`, or `nil` when the
  /// backbone has none of that name.
  static func moduleName(_ name: String) -> String? {
    if modules.contains(name) || heads.contains(name) { return name }
    guard let layer = WeightNames.layer(name, ["encoder.layer.", "encoder.layers.", "layers."])
    else {
      return nil
    }
    let module = renamed[layer.rest] ?? layer.rest
    return layerModules.contains(module) ? "encoder.layer.\(layer.index).\(module)" : nil
  }

  /// - Parameter isPublished: the file comes from the published code, whose adapters and
  ///   prompts lie among the backbone's tensors.
  static func meaning(of key: String, isPublished: Bool) -> WeightNames.Meaning {
    let name = WeightNames.withoutModel(key, isPublished: isPublished)
    if tokens.contains(name) { return .backbone(name) }
    if name.hasPrefix(WeightNames.ownHead),
      let (module, _) = WeightNames.split(String(name.dropFirst(WeightNames.ownHead.count))),
      heads.contains(module)
    {
      return .head(String(name.dropFirst(WeightNames.ownHead.count)))
    }
    if let (module, kind) = WeightNames.split(name), let known = moduleName(module) {
      return heads.contains(known) ? .head(known + kind) : .backbone(known + kind)
    }
    if isPublished, WeightNames.isMethod(name) { return .method(name) }
    return WeightNames.isHead(name) ? .foreignHead : .unknown
  }
}

// MARK: - The original files

extension ASTNames {
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

  static func originalMeaning(of name: String) -> WeightNames.Meaning {
    if let known = originalNames[name] { return .backbone(known) }
    // ImageNet's heads, which the audio model leaves unused.
    if name.hasPrefix("v.head.") || name.hasPrefix("v.head_dist.") { return .dropped }
    guard let (module, kind) = WeightNames.split(name) else {
      return WeightNames.isHead(name) ? .foreignHead : .unknown
    }
    if let known = originalModules[module] {
      return known.hasPrefix("classifier") ? .head(known + kind) : .backbone(known + kind)
    }
    guard let layer = WeightNames.layer(module, ["v.blocks."]) else {
      return WeightNames.isHead(name) ? .foreignHead : .unknown
    }
    let prefix = "encoder.layer.\(layer.index)."
    if layer.rest == "attn.qkv" {
      return .fused(
        ["query", "key", "value"].map { "\(prefix)attention.attention.\($0)\(kind)" })
    }
    return originalLayerModules[layer.rest].map { .backbone(prefix + $0 + kind) } ?? .unknown
  }
}
