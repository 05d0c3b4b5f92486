import ASTKit
import TestSupport
import Testing

@Suite("LoRA in the layout of peft")
struct PEFTFolderTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("adapter")
  }

  private static let attention = "encoder.layer.0.attention.attention"

  private func pair(
    _ module: String, rank: Int = 2, alpha: Double = 4, value: Float = 1
  ) throws -> PEFTAdapter.Pair {
    try .init(
      module: module, down: Tensor([rank, 3], filledWith: value),
      up: Tensor([3, rank], filledWith: -value), alpha: alpha)
  }

  private func configuration() throws -> JSONObject {
    try JSONFile.read("\(path)/adapter_config.json")
  }

  @Test("what is written is read back: ranks, alphas, head, dropout")
  func roundTrip() throws {
    let modules = ["query", "value"].map { "\(Self.attention).\($0)" }
    let adapter = PEFTAdapter(
      pairs: [
        try pair(modules[0]), try pair(modules[1], value: 2),
        try pair("encoder.layer.1.output.dense", rank: 1, alpha: 0.5, value: 3),
      ],
      saved: try ["weight", "bias"].map { ("layernorm.\($0)", try Tensor([3], filledWith: 7)) },
      dropout: 0.1,
      baseModel: "base")
    for naming in [PEFTFolder.Naming.transformers4, .transformers5, .both] {
      for hasClassifier in [true, false] {
        try PEFTFolder.write(adapter, to: path, naming: naming, hasClassifier: hasClassifier)
        #expect(PEFTFolder.isAdapter(path))
        let back = try PEFTFolder.read(path)
        let pairs = back.pairs.sorted { $0.module < $1.module }
        #expect(pairs.map(\.module) == adapter.pairs.map(\.module))
        #expect(pairs.map(\.down.values) == adapter.pairs.map(\.down.values))
        #expect(pairs.map(\.up.values) == adapter.pairs.map(\.up.values))
        #expect(pairs.map { back.scaling(of: $0) } == [2, 2, 0.5])
        #expect(back.saved.map(\.name).sorted() == ["layernorm.bias", "layernorm.weight"])
        #expect(back.dropout == 0.1 && back.baseModel == "base" && !back.usesRankRoot)
      }
    }
  }

  @Test("keys and configuration are peft's")
  func layout() throws {
    let modules = [0, 1].flatMap { layer in
      ["query", "value"].map { "encoder.layer.\(layer).attention.attention.\($0)" }
    }
    let adapter = PEFTAdapter(pairs: try modules.map { try pair($0) })
    try PEFTFolder.write(adapter, to: path, naming: .transformers4, layers: 2)
    let file = try Safetensors("\(path)/adapter_model.safetensors")
    #expect(file.metadata["format"] == "pt")
    #expect(
      file.names.first
        == "base_model.model.audio_spectrogram_transformer.encoder.layer.0.attention.attention"
        + ".query.lora_A.weight")
    #expect(file.names.count == 8)
    #expect(try configuration().texts("target_modules") == ["query", "value"])
    #expect(try configuration().text("peft_type") == "LORA")
    #expect(try configuration().integer("r") == 2)
    #expect(try configuration().integer("lora_alpha") == 4)

    try PEFTFolder.write(adapter, to: path, layers: 2)
    #expect(
      try configuration().texts("target_modules") == ["q_proj", "query", "v_proj", "value"])
    let both = try Safetensors("\(path)/adapter_model.safetensors").names
    #expect(
      both.contains(
        "base_model.model.audio_spectrogram_transformer.layers.1.attention.v_proj.lora_B.weight"))
    #expect(both.count == 16)

    let saved = try ["layernorm.bias", "classifier.dense.bias"].map { ($0, try Tensor([3])) }
    try PEFTFolder.write(PEFTAdapter(pairs: adapter.pairs, saved: saved), to: path)
    #expect(
      try configuration().texts("modules_to_save") == [
        "classifier", "audio_spectrogram_transformer.layernorm",
      ])
    #expect(
      Set(try Safetensors("\(path)/adapter_model.safetensors").names).isSuperset(of: [
        "base_model.model.audio_spectrogram_transformer.layernorm.bias",
        "base_model.model.classifier.dense.bias",
      ]))

    // Not all layers: only whole names say so.
    try PEFTFolder.write(adapter, to: path, naming: .transformers4, layers: 12)
    #expect(try configuration().texts("target_modules") == modules.sorted())
  }

  @Test("rank and alpha patterns, rsLoRA")
  func patterns() throws {
    try PEFTFolder.write(
      PEFTAdapter(pairs: [pair("\(Self.attention).query", rank: 4)]), to: path,
      naming: .transformers5)
    var values = try configuration().values
    values["use_rslora"] = true
    // The module is audio_spectrogram_transformer.layers.0.attention.q_proj, and 4/√4 is 2.
    for (pattern, scaling) in [
      ("q_proj", 3), ("layers\\.0.attention.q_proj", 3), ("^audio.*\\.q_proj", 3), (".*proj", 3),
      ("k_proj|q_proj", 3), ("^layers\\.0.attention.q_proj", 2), ("query", 2), ("_proj", 2),
    ] {
      values["alpha_pattern"] = [pattern: 6]
      try JSONFile.write(values, to: "\(path)/adapter_config.json")
      let adapter = try PEFTFolder.read(path)
      #expect(adapter.scaling(of: adapter.pairs[0]) == Double(scaling), "\(pattern)")
      #expect(adapter.notices.isEmpty == (scaling == 3), "\(pattern)")
    }
    values["alpha_pattern"] = ["(?<=q)_proj": 6]
    try JSONFile.write(values, to: "\(path)/adapter_config.json")
    #expect(throws: PEFTError.self) { try PEFTFolder.read(path) }
  }

  @Test("what petl has no equal of is refused with the reason")
  func refused() throws {
    try PEFTFolder.write(PEFTAdapter(pairs: [pair("\(Self.attention).query")]), to: path)
    let good = try configuration().values
    let changes: [(String, JSONValue)] = [
      ("use_dora", true), ("bias", "all"), ("bias", "lora_only"), ("peft_type", "LOHA"),
      ("peft_type", "IA3"),
      ("init_lora_weights", "pissa_niter_4"), ("init_lora_weights", "OLoRA"),
      ("init_lora_weights", "loftq"), ("layer_replication", [[0, 1]]), ("lora_bias", true),
      ("use_qalora", true), ("trainable_token_indices", [1]), ("target_parameters", ["w"]),
      ("use_bdlora", ["nblocks": 2]), ("arrow_config", ["top_k": 2]), ("kasa_config", ["x": 1]),
    ]
    for (key, value) in changes {
      var values = good
      values[key] = value
      try JSONFile.write(values, to: "\(path)/adapter_config.json")
      let error = #expect(throws: PEFTError.self) { try PEFTFolder.read(path) }
      #expect(error?.message.contains(path) == true)
      if key != "peft_type" { #expect(error?.message.contains(key) == true, "\(key)") }
    }
    // Without effect on AST's linear layers, whose matrices are never transposed.
    let harmless: [(String, JSONValue)] = [
      ("fan_in_fan_out", true), ("init_lora_weights", "gaussian"), ("init_lora_weights", "eva"),
      ("use_dora", nil), ("trainable_token_indices", []), ("loftq_config", [:]),
      ("peft_version", "0.21.2"), ("runtime_config", ["ephemeral_gpu_offload": true]),
      ("velora_config", ["num_groups": 4]), ("megatron_core", "megatron.core"),
    ]
    for (key, value) in harmless {
      var values = good
      values[key] = value
      try JSONFile.write(values, to: "\(path)/adapter_config.json")
      #expect(try PEFTFolder.read(path).notices == [], "\(key)")
    }
    try JSONFile.write(
      ["config": [:], "version": "adapters.1.0"], to: "\(path)/adapter_config.json")
    #expect(!PEFTFolder.isAdapter(path))
    #expect(throws: PEFTError.adapterHub(path: "\(path)/adapter_config.json")) {
      try PEFTFolder.read(path)
    }
  }

  @Test("a rank that contradicts the configuration is refused")
  func ranks() throws {
    let module = "\(Self.attention).query"
    try PEFTFolder.write(PEFTAdapter(pairs: [pair(module, rank: 4)]), to: path)
    var values = try configuration().values
    let file = "\(path)/adapter_config.json"
    values["r"] = 7
    try JSONFile.write(values, to: file)
    #expect(
      throws: PEFTError.rank(
        path: "\(path)/adapter_model.safetensors", module: module, expected: 7, found: 4)
    ) { try PEFTFolder.read(path) }
    for pattern in ["query", "layers.0.attention.q_proj", ".*query", "(?<=q)uery|query"] {
      values["rank_pattern"] = [pattern: 4]
      try JSONFile.write(values, to: file)
      #expect(try PEFTFolder.read(path).pairs.count == 1, "\(pattern)")
    }
  }

  @Test("a head that was trained whole must be there whole")
  func missingHead() throws {
    let head = [
      "classifier.dense.bias", "classifier.dense.weight", "classifier.layernorm.bias",
      "classifier.layernorm.weight",
    ]
    let pairs = [try pair("\(Self.attention).query")]
    let whole = PEFTAdapter(pairs: pairs, saved: try head.map { ($0, try Tensor([3])) })
    for gone in [head, [head[0]], [head[1], head[2]]] {
      try PEFTFolder.write(whole, to: path)
      let tensors = "\(path)/adapter_model.safetensors"
      let source = try Safetensors(tensors)
      let kept = try source.names.filter { name in !gone.contains(where: name.hasSuffix) }
        .map { Safetensors.Item($0, try source.tensor($0).copy()) }
      try Safetensors.write(kept, to: tensors)
      let error = #expect(throws: PEFTError.self) { try PEFTFolder.read(path) }
      for name in gone { #expect(error?.message.contains(name) == true) }
    }
  }

  @Test("matrices that are missing, contradict each other or belong nowhere")
  func brokenTensors() throws {
    try PEFTFolder.write(PEFTAdapter(pairs: [pair("\(Self.attention).query")]), to: path)
    let file = "\(path)/adapter_model.safetensors"
    let query = "base_model.model.\(Self.attention).query"
    let down = Safetensors.Item("\(query).lora_A.weight", try Tensor([2, 3]))
    let up = Safetensors.Item("\(query).lora_B.weight", try Tensor([3, 2]))
    let bad: [[Safetensors.Item]] = [
      [], [down], [up], [down, .init("\(query).lora_B.weight", try Tensor([3, 4]))],
      [down, .init("\(query).lora_B.weight", try Tensor([3]))],
      [down, up, .init("\(query).lora_magnitude_vector", try Tensor([3]))],
      [down, up, .init("base_model.model.strange.lora_A.weight", try Tensor([2, 3]))],
      [
        down, up,
        .init(
          "base_model.model.layers.0.attention.q_proj.lora_A.weight",
          try Tensor([2, 3], filledWith: 1)),
      ],
    ]
    for items in bad {
      try Safetensors.write(items, to: file)
      #expect(throws: PEFTError.self, "\(items.map(\.name))") { try PEFTFolder.read(path) }
    }
    try Safetensors.write([down, up], to: file)
    #expect(try PEFTFolder.read(path).pairs.count == 1)
  }

  @Test("a head that transformers does not have, or nothing at all, is not written")
  func unwritable() throws {
    #expect(throws: PEFTError.empty(path: path)) {
      try PEFTFolder.write(PEFTAdapter(pairs: []), to: path)
    }
    let adapter = PEFTAdapter(
      pairs: [try pair("\(Self.attention).query")],
      saved: [("classification_head.weight", try Tensor([2, 3]))])
    #expect(throws: PEFTError.saved(path: path, name: "classification_head.weight")) {
      try PEFTFolder.write(adapter, to: path)
    }
    #expect(throws: FileError.self) { try PEFTFolder.read(path) }
  }

  @Test("wav2vec 2.0's modules keep their names", arguments: [false, true])
  func wave(_ hasClassifier: Bool) throws {
    let module = "encoder.layers.3.attention.q_proj"
    try PEFTFolder.write(
      PEFTAdapter(pairs: [pair(module)]), to: path, hasClassifier: hasClassifier)
    #expect(
      try configuration().object("auto_mapping").text("base_model_class")
        == (hasClassifier ? "Wav2Vec2ForSequenceClassification" : "Wav2Vec2Model"))
    #expect(try PEFTFolder.read(path).pairs.map(\.module) == [module])
    let names = try Safetensors("\(path)/adapter_model.safetensors").names
    let start = hasClassifier ? "base_model.model.wav2vec2." : "base_model.model."
    #expect(names.allSatisfy { $0.hasPrefix(start + module) })
  }
}
