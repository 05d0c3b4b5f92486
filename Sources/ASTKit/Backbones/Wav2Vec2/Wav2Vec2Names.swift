/// The names of wav2vec 2.0's tensors in checkpoints; petl's own are those of transformers'
/// `Wav2Vec2Model`.
enum Wav2Vec2Names {
  private static let modules: Set<String> = [
    "feature_projection.layer_norm", "feature_projection.projection", "encoder.layer_norm",
  ]
  private static let layerModules: Set<String> = [
    "attention.q_proj", "attention.k_proj", "attention.v_proj", "attention.out_proj",
    "layer_norm", "feed_forward.intermediate_dense", "feed_forward.output_dense",
    "final_layer_norm",
  ]
  /// PyTorch's newer way to write a weight-normalised convolution against the older one.
  private static let names = [
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
  private static let dropped = [
    "quantizer.", "project_hid.", "project_q.", "lm_head.", "layer_weights",
  ]

  static func meaning(of key: String, isPublished: Bool) -> WeightNames.Meaning {
    let name = WeightNames.withoutModel(key, isPublished: isPublished)
    if let known = names[name] { return .backbone(known) }
    if dropped.contains(where: { name.hasPrefix($0) }) { return .dropped }
    if let (module, _) = WeightNames.split(name) {
      if module == "classification_head" { return .head(name) }
      if isModule(module) { return .backbone(name) }
    }
    if isPublished, WeightNames.isMethod(name) { return .method(name) }
    return WeightNames.isHead(name) ? .foreignHead : .unknown
  }

  /// Whether the backbone has a module of this name.
  private static func isModule(_ name: String) -> Bool {
    if modules.contains(name) { return true }
    if let layer = WeightNames.layer(name, ["encoder.layers."]) {
      return layerModules.contains(layer.rest)
    }
    let convolution = WeightNames.layer(name, ["feature_extractor.conv_layers."])
    return convolution?.rest == "conv" || convolution?.rest == "layer_norm"
  }
}
