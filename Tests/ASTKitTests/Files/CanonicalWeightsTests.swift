import ASTKit
import TestSupport
import Testing

/// Tensors in memory, under any names.
private struct MemoryTensors: TensorSource {
  var path = "memory"
  var names: [String] = []
  var tensors: [String: Tensor] = [:]

  mutating func add(_ name: String, _ shape: [Int], filledWith value: Float? = nil) throws {
    names.append(name)
    tensors[name] = try Tensor(shape, filledWith: value ?? Float(names.count))
  }
  func shape(of name: String) -> [Int]? { tensors[name]?.shape }
  func elementType(of name: String) -> ElementType? { tensors[name] == nil ? nil : .float32 }
  func tensor(_ name: String) throws -> Tensor {
    guard let tensor = tensors[name] else {
      throw TensorSourceError.noTensor(path: path, name: name, nearest: nil)
    }
    return tensor
  }
  func integers(_ name: String) throws -> [Int64] { [] }
}

@Suite("The names of checkpoints of every origin")
struct CanonicalWeightsTests {
  /// What one layer must come out as, from `encoder.layer.0.` on.
  static let layer = [
    "layernorm_before", "attention.attention.query", "attention.attention.key",
    "attention.attention.value", "attention.output.dense", "layernorm_after",
    "intermediate.dense", "output.dense",
  ].flatMap { ["encoder.layer.0.\($0).weight", "encoder.layer.0.\($0).bias"] }
  static let backbone =
    [
      "embeddings.cls_token", "embeddings.distillation_token", "embeddings.position_embeddings",
      "embeddings.patch_embeddings.projection.weight",
      "embeddings.patch_embeddings.projection.bias",
    ] + layer + ["layernorm.weight", "layernorm.bias"]
  static let head = [
    "classifier.layernorm.weight", "classifier.layernorm.bias", "classifier.dense.weight",
    "classifier.dense.bias",
  ]

  private func map(_ names: [String]) throws -> CanonicalWeights {
    var source = MemoryTensors()
    for name in names { try source.add(name, name.contains("qkv") ? [6, 2] : [2]) }
    return try CanonicalWeights(source)
  }

  private func renamed(_ names: [String], _ changes: KeyValuePairs<String, String>) -> [String] {
    names.map { name in
      changes.reduce(name) { name, change in
        name.replacing(change.key, with: change.value, maxReplacements: 1)
      }
    }
  }

  @Test("transformers 4, with and without a head")
  func transformers4() throws {
    let bare = try map(Self.backbone)
    #expect(bare.layout.name == "ast")
    #expect(bare.backboneNames == Self.backbone)
    let prefixed = try map(
      Self.backbone.map { "audio_spectrogram_transformer.\($0)" } + Self.head)
    #expect(prefixed.backboneNames == Self.backbone)
    #expect(prefixed.headNames == Self.head)
    #expect(prefixed.leftOver == [])
    #expect(prefixed.missing(Self.backbone + ["encoder.layer.1.x"]) == ["encoder.layer.1.x"])
    #expect(try prefixed.tensor("embeddings.cls_token").values == [1, 1])
    #expect(throws: TensorSourceError.self) { try prefixed.tensor("embeddings.cls_tokens") }
  }

  @Test(
    "transformers 5, under each prefix",
    arguments: ["encoder.layers.", "encoder.layer.", "layers."])
  func transformers5(_ prefix: String) throws {
    let names = renamed(
      Self.backbone,
      [
        "attention.attention.query": "attention.q_proj",
        "attention.attention.key": "attention.k_proj",
        "attention.attention.value": "attention.v_proj",
        "attention.output.dense": "attention.o_proj", "intermediate.dense": "mlp.fc1",
        "output.dense": "mlp.fc2", "encoder.layer.": prefix,
      ])
    let weights = try map(names.map { "audio_spectrogram_transformer.\($0)" })
    #expect(weights.backboneNames == Self.backbone)
    #expect(weights.leftOver == [])
  }

  @Test("the original .pth, with or without DataParallel's prefix")
  func original() throws {
    let names = [
      "v.cls_token", "v.dist_token", "v.pos_embed", "v.patch_embed.proj.weight",
      "v.patch_embed.proj.bias", "v.blocks.0.norm1.weight", "v.blocks.0.norm1.bias",
      "v.blocks.0.attn.qkv.weight", "v.blocks.0.attn.qkv.bias", "v.blocks.0.attn.proj.weight",
      "v.blocks.0.attn.proj.bias", "v.blocks.0.norm2.weight", "v.blocks.0.norm2.bias",
      "v.blocks.0.mlp.fc1.weight", "v.blocks.0.mlp.fc1.bias", "v.blocks.0.mlp.fc2.weight",
      "v.blocks.0.mlp.fc2.bias", "v.norm.weight", "v.norm.bias", "v.head.weight",
      "v.head_dist.bias", "mlp_head.0.weight", "mlp_head.0.bias", "mlp_head.1.weight",
      "mlp_head.1.bias", "v.strange",
    ]
    for prefix in ["", "module."] {
      let weights = try map(names.map { prefix + $0 })
      #expect(weights.layout.name == "originalAST")
      #expect(Set(weights.backboneNames) == Set(Self.backbone))
      #expect(weights.headNames == Self.head)
      #expect(weights.dropped == ["v.head.weight", "v.head_dist.bias"].map { prefix + $0 })
      #expect(weights.leftOver == ["\(prefix)v.strange"])
    }
  }

  @Test("names that torch.compile changed")
  func compiled() throws {
    for prefix in ["_orig_mod.", "_orig_mod.module.", "module._orig_mod."] {
      let weights = try map(
        Self.backbone.map { "\(prefix)audio_spectrogram_transformer.\($0)" }
          + Self.head.map { prefix + $0 })
      #expect(weights.backboneNames == Self.backbone)
      #expect(weights.headNames == Self.head && weights.leftOver == [])
      let original = try map(["\(prefix)v.cls_token", "\(prefix)v.blocks.0.norm1.weight"])
      #expect(original.layout.name == "originalAST" && original.leftOver == [])
    }
  }

  @Test("query, key and value are rows of the fused matrix")
  func fused() throws {
    var source = MemoryTensors()
    source.names = ["v.blocks.0.attn.qkv.weight", "v.blocks.0.attn.qkv.bias"]
    source.tensors = [
      "v.blocks.0.attn.qkv.weight": try Tensor([6, 2], values: (0..<12).map(Float.init)),
      "v.blocks.0.attn.qkv.bias": try Tensor([6], values: (0..<6).map(Float.init)),
    ]
    let weights = try CanonicalWeights(source)
    let key = try weights.tensor("encoder.layer.0.attention.attention.key.weight", shape: [2, 2])
    #expect(key.values == [4, 5, 6, 7])
    #expect(
      try weights.tensor("encoder.layer.0.attention.attention.value.bias").values == [4, 5])
    source.tensors["v.blocks.0.attn.qkv.bias"] = try Tensor([7])
    #expect(throws: WeightNamesError.self) { try CanonicalWeights(source) }
  }

  @Test("the published code's checkpoints: the backbone twice, adapters and prompts kept")
  func published() throws {
    let methods = [
      "encoder.layer.0.adapter_module_FFN.pwise_conv1.weight",
      "encoder.layer.0.attention.attention.lora_down_q.weight",
      "encoder.layer.0.adapter_module_FFN.bnorm.num_batches_tracked",
    ]
    var source = MemoryTensors()
    for name in Self.backbone + methods {
      try source.add("model.\(name)", [2], filledWith: Float(name.count))
    }
    for name in Self.backbone + methods { try source.add(name, [2], filledWith: Float(name.count)) }
    try source.add("prompt_embeddings", [2])
    try source.add("classification_head.weight", [2])
    try source.add("optimizer_state", [2])
    let weights = try CanonicalWeights(source)
    #expect(weights.layout.name == "ast" && weights.isPublished)
    #expect(weights.backboneNames == Self.backbone)
    #expect(weights.methodNames == methods + ["prompt_embeddings"])
    #expect(weights.headNames == ["classification_head.weight"])
    #expect(weights.leftOver == ["optimizer_state"])

    source.tensors["model.layernorm.weight"] = try Tensor([2], filledWith: -1)
    #expect(
      throws: WeightNamesError.conflict(
        path: "memory", name: "layernorm.weight",
        keys: ["model.layernorm.weight", "layernorm.weight"])
    ) { try CanonicalWeights(source) }
  }

  @Test("wav2vec 2.0: old and new weight norm, heads for pre-training dropped")
  func wave() throws {
    let conv = "encoder.pos_conv_embed.conv"
    let names = [
      "masked_spec_embed", "feature_extractor.conv_layers.0.conv.weight",
      "feature_extractor.conv_layers.0.layer_norm.bias", "feature_projection.projection.bias",
      "feature_projection.layer_norm.weight", "\(conv).bias", "\(conv).weight_g",
      "\(conv).weight_v", "encoder.layer_norm.weight", "encoder.layers.11.attention.q_proj.bias",
      "encoder.layers.11.feed_forward.intermediate_dense.weight",
      "encoder.layers.11.final_layer_norm.bias",
    ]
    #expect(try map(names).backboneNames == names)
    let new = renamed(
      names,
      [
        "weight_g": "parametrizations.weight.original0",
        "weight_v": "parametrizations.weight.original1",
      ])
    let heads = ["quantizer.codevectors", "project_q.weight", "lm_head.bias"]
    let weights = try map(new.map { "wav2vec2.\($0)" } + heads + ["adapter.layers.0.x"])
    #expect(weights.layout.name == "wav2vec2" && !weights.isPublished)
    #expect(weights.backboneNames == names)
    #expect(weights.dropped == heads)
    #expect(weights.leftOver == ["adapter.layers.0.x"])

    let published = try map(
      names.map { "model.\($0)" } + [
        "model.encoder.layers.0.adapter_module_FFN.lnorm.weight", "classification_head.bias",
      ])
    #expect(published.layout.name == "wav2vec2" && published.isPublished)
    #expect(published.backboneNames == names)
    #expect(published.methodNames == ["encoder.layers.0.adapter_module_FFN.lnorm.weight"])
  }

  @Test("names of another model are refused, and unknown ones are listed")
  func unknown() throws {
    let error = #expect(throws: WeightNamesError.self) {
      try map(["bert.pooler.weight", "a", "b", "c"])
    }
    #expect(
      error?.message == "'memory' is no checkpoint of AST or wav2vec 2.0; it has"
        + " bert.pooler.weight, a, b and 1 more")
    let odd = [
      "encoder.layer.0.adapter.weight", "encoder.layer.x.output.dense.weight",
      "encoder.layer.01.output.dense.weight", "encoder.layer.-1.output.dense.weight",
      "layernorm.weight.weight", "module.module.layernorm.weight",
    ]
    #expect(try map(Self.backbone + odd).leftOver == odd)
  }

  @Test("sizes are read off the shapes when there is no config.json")
  func sizes() throws {
    var source = MemoryTensors()
    try source.add("embeddings.cls_token", [1, 1, 128])
    try source.add("embeddings.position_embeddings", [1, 9 * 73 + 2, 128])
    try source.add("embeddings.patch_embeddings.projection.weight", [128, 1, 16, 16])
    for i in 0..<3 {
      try source.add("encoder.layer.\(i).layernorm_before.weight", [128])
      try source.add("encoder.layer.\(i).intermediate.dense.weight", [512, 128])
    }
    let sizes = try ASTConfiguration(sizesOf: CanonicalWeights(source))
    #expect(sizes.hidden == 128 && sizes.heads == 2 && sizes.layers == 3)
    #expect(sizes.intermediate == 512 && sizes.patch == 16 && !sizes.hasQKVBias)
    #expect(sizes.frames == 1024 && sizes.timeStride == 14 && sizes.frequencyStride == 14)
    for (patches, frames) in [(1212, 1024), (144, 128), (12 * 49, 496)] {
      source.tensors["embeddings.position_embeddings"] = try Tensor([1, patches + 2, 128])
      let sizes = try ASTConfiguration(sizesOf: CanonicalWeights(source))
      #expect(sizes.frames == frames && sizes.timeStride == 10 && sizes.tokens == patches + 2)
    }
    // A layer without some tensor is a layer, so that the tensor can be told to be missing.
    source.names.removeAll { $0 == "encoder.layer.1.layernorm_before.weight" }
    #expect(try ASTConfiguration(sizesOf: CanonicalWeights(source)).layers == 3)
    source.names.removeAll { $0 == "embeddings.position_embeddings" }
    #expect(
      throws: ModelFileError.names(
        path: "memory", missing: ["embeddings.position_embeddings"], leftOver: [])
    ) { try ASTConfiguration(sizesOf: CanonicalWeights(source)) }
    source.names.append("embeddings.position_embeddings")
    source.tensors["embeddings.cls_token"] = try Tensor([1, 1, 100])
    #expect(throws: ModelFileError.noConfiguration(path: "memory")) {
      try ASTConfiguration(sizesOf: CanonicalWeights(source))
    }
    source.tensors["embeddings.cls_token"] = try Tensor([2])
    #expect(throws: TensorSourceError.self) {
      try ASTConfiguration(sizesOf: CanonicalWeights(source))
    }
  }
}
