import FoundationEssentials

/// Reads and writes LoRA adapters in the folder layout of the `peft` package:
/// `adapter_config.json` and `adapter_model.safetensors`.
///
/// Layout: <https://huggingface.co/docs/peft/developer_guides/checkpoint>.
public enum PEFTFolder {
  static let configurationName = "adapter_config.json"
  static let tensorsName = "adapter_model.safetensors"
  static let olderTensorsName = "adapter_model.bin"
  static let prefix = "base_model.model."

  /// Whether the folder has an `adapter_config.json` of peft (AdapterHub's file of that name
  /// has no `peft_type`).
  public static func isAdapter(_ path: String) -> Bool {
    (try? JSONFile.read("\(path)/\(configurationName)").has("peft_type")) ?? false
  }

  /// Reads the adapter in a folder.
  /// - Throws: `PEFTError`, and the errors of its files.
  public static func read(_ path: String) throws -> PEFTAdapter {
    let configuration = try JSONFile.read("\(path)/\(configurationName)")
    try check(configuration)
    let hasSafetensors = FileManager.default.fileExists(atPath: "\(path)/\(tensorsName)")
    let source = try TensorFile.openFile(
      "\(path)/\(hasSafetensors ? tensorsName : olderTensorsName)")
    try SaveMark.check(configuration.object("auto_mapping", default: [:]), belongsTo: source)

    let isWave = try isWave(configuration)
    let alphas = try PEFTPatterns(configuration, "lora_alpha", exceptions: "alpha_pattern")
    var matrices = Matrices(path: source.path)
    var saved: [(name: String, tensor: Tensor)] = []
    for key in source.names {
      let name = unwrapped(key)
      if let (module, isDown) = lora(name), let known = canonical(module, isWave: isWave) {
        try matrices.add(source.tensor(key), to: known, isDown: isDown)
      } else if name.hasPrefix("classifier.") || name.hasPrefix("layernorm.") {
        saved.append((name, try source.tensor(key)))
      } else {
        throw PEFTError.unknownTensor(path: source.path, name: key)
      }
    }
    try check(saved.map(\.name), configuration, path: source.path)
    let pairs = try matrices.pairs(alphas)
    let ranks = try PEFTPatterns(configuration, "r", exceptions: "rank_pattern")
    for pair in pairs {
      // A pattern that cannot be told does not change what the matrices themselves say.
      guard let rank = try? ranks.value(pair.module), rank != Double(pair.rank) else { continue }
      throw PEFTError.rank(
        path: source.path, module: pair.module, expected: rank, found: pair.rank)
    }
    return PEFTAdapter(
      pairs: pairs, saved: saved,
      dropout: try configuration.number("lora_dropout", default: 0),
      usesRankRoot: try configuration.bool("use_rslora", default: false),
      baseModel: try? configuration.text("base_model_name_or_path"))
  }

  /// The matrices found so far, by module.
  private struct Matrices {
    let path: String
    var modules: [String] = []
    var found: [String: (down: Tensor?, up: Tensor?)] = [:]

    init(path: String) { self.path = path }

    mutating func add(_ tensor: Tensor, to module: String, isDown: Bool) throws {
      var entry = found[module] ?? (nil, nil)
      if found[module] == nil { modules.append(module) }
      // petl's own files have every matrix under the names of both versions.
      if let present = isDown ? entry.down : entry.up, !present.hasSameBytes(as: tensor) {
        throw PEFTError.conflict(path: path, module: module)
      }
      if isDown { entry.down = tensor } else { entry.up = tensor }
      found[module] = entry
    }

    func pairs(_ alphas: PEFTPatterns) throws -> [PEFTAdapter.Pair] {
      guard !modules.isEmpty else { throw PEFTError.empty(path: path) }
      return try modules.map { module in
        guard let down = found[module]?.down, let up = found[module]?.up else {
          throw PEFTError.incomplete(path: path, module: module)
        }
        guard down.shape.count == 2, up.shape.count == 2, down.shape[0] == up.shape[1],
          down.shape[0] > 0
        else {
          throw PEFTError.shapes(path: path, module: module, down: down.shape, up: up.shape)
        }
        return PEFTAdapter.Pair(
          module: module, down: down, up: up, alpha: try alphas.value(module))
      }
    }
  }

  /// `base_model.model.audio_spectrogram_transformer.x` → `x`, with what newer and older
  /// versions put between.
  static func unwrapped(_ key: String) -> String {
    var name = key[...]
    for part in [prefix, "audio_spectrogram_transformer.", "wav2vec2."]
    where name.hasPrefix(part) {
      name = name.dropFirst(part.count)
    }
    return String(name).replacing("modules_to_save.default.", with: "", maxReplacements: 1)
      .replacing("original_module.", with: "", maxReplacements: 1)
  }

  /// `x.lora_A.weight` → `(x, true)`.
  private static func lora(_ name: String) -> (module: String, isDown: Bool)? {
    for (part, isDown) in [("lora_A", true), ("lora_B", false)] {
      for end in [".\(part).weight", ".\(part).default.weight"] where name.hasSuffix(end) {
        return (String(name.dropLast(end.count)), isDown)
      }
    }
    return nil
  }

  /// Modules that were trained whole must be there whole: what is missing would stay as it
  /// was drawn.
  private static func check(
    _ saved: [String], _ configuration: JSONObject, path: String
  ) throws {
    var modules = try Set(
      configuration.texts("modules_to_save", default: []).map(unwrapped)
    ).intersection(["classifier", "classifier.layernorm", "classifier.dense", "layernorm"])
    if modules.remove("classifier") != nil {
      modules.formUnion(["classifier.layernorm", "classifier.dense"])
    }
    modules.formUnion(saved.compactMap { WeightNames.split($0)?.module })
    let missing = modules.sorted().flatMap { ["\($0).weight", "\($0).bias"] }.filter {
      !saved.contains($0)
    }
    if !missing.isEmpty, try !isWave(configuration) {
      throw PEFTError.missing(path: path, names: missing)
    }
  }

  private static func isWave(_ configuration: JSONObject) throws -> Bool {
    let base = try configuration.object("auto_mapping", default: [:])
    return try base.text("base_model_class", default: "").hasPrefix("Wav2Vec2")
  }

  /// petl's name of a module that either version of transformers may have named.
  private static func canonical(_ module: String, isWave: Bool) -> String? {
    if !isWave, let name = WeightNames.astModule(module) { return name }
    return WeightNames.isWaveModule(module) ? module : nil
  }
}

// MARK: - What the configuration says

extension PEFTFolder {
  /// Variations that petl has no equal of: the key, and why it matters.
  private static let variations: [(key: String, reason: String)] = [
    ("use_dora", "the weights are also scaled by learned magnitudes"),
    ("use_qalora", "the inputs are pooled in groups"),
    ("use_bdlora", "the matrices are block-diagonal"),
    ("fan_in_fan_out", "the matrices are stored transposed"),
    ("lora_bias", "the second matrix has a bias"),
    ("layer_replication", "layers of the model are repeated"),
    ("alora_invocation_tokens", "it is active for some tokens only"),
    ("trainable_token_indices", "it trains token embeddings"),
    ("target_parameters", "it adapts parameters outside linear layers"),
    ("velora_config", "the gradient is taken through a projection"),
    ("kasa_config", "the matrices have singular values between them"),
    ("monteclora_config", "the matrices are sampled"),
  ]

  /// Ways to initialise that change the frozen weights too, so that the matrices alone are
  /// no use.
  private static let initializations: Set<String> = [
    "pissa", "olora", "corda", "loftq", "lora_ga",
  ]

  private static func check(_ configuration: JSONObject) throws {
    guard configuration.has("peft_type") else {
      if configuration.has("config") || configuration.has("version") {
        throw PEFTError.adapterHub(path: configuration.path)
      }
      throw JSONFileError.missing(path: configuration.path, key: "peft_type", nearest: nil)
    }
    let method = try configuration.text("peft_type")
    guard method == "LORA" else {
      throw PEFTError.method(path: configuration.path, found: method)
    }
    for (key, reason) in variations {
      switch configuration[key] ?? .null {
      case .null, .bool(false), .array([]), .object([:]): continue
      default: throw PEFTError.variation(path: configuration.path, name: key, reason: reason)
      }
    }
    let bias = try configuration.text("bias", default: "none")
    if bias != "none" {
      throw PEFTError.variation(
        path: configuration.path, name: "bias \"\(bias)\"",
        reason: "biases of the model were trained along")
    }
    if case .text(let name) = configuration["init_lora_weights"] ?? .null,
      initializations.contains(where: { name.lowercased().hasPrefix($0) })
    {
      throw PEFTError.variation(
        path: configuration.path, name: "init_lora_weights \"\(name)\"",
        reason: "the frozen weights were changed as well")
    }
  }

  /// The short names of transformers 5 against those of version 4.
  static let shortNames = ["q_proj": "query", "k_proj": "key", "v_proj": "value"]
}
