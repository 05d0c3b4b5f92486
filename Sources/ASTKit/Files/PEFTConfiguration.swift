/// What an `adapter_config.json` of peft says, as far as it bears on what a model computes.
struct PEFTConfiguration {
  let file: JSONObject
  let alphas: PEFTPatterns
  let ranks: PEFTPatterns
  private let targets: PEFTTargets
  /// What the adapter is for: one kind of backbone, or any where it does not say.
  let kinds: [any BackboneConfiguration.Type]

  /// - Throws: `PEFTError` for what petl has no equal of, `JSONFileError`.
  init(_ file: JSONObject) throws {
    self.file = file
    try PEFTConfiguration.check(file)
    alphas = try PEFTPatterns(file, "lora_alpha", exceptions: "alpha_pattern")
    ranks = try PEFTPatterns(file, "r", exceptions: "rank_pattern")
    targets = try PEFTTargets(file)
    let model = try file.object("auto_mapping", default: [:])
      .text("base_model_class", default: "")
    let named = Backbones.known.filter { model.hasPrefix($0.transformers.family) }
    kinds = named.isEmpty ? Backbones.known : named
  }

  /// Whether peft adapts a module, under one of the names it has in the file.
  /// - Throws: `PEFTError.pattern`
  func adapts(_ names: [String]) throws -> Bool { try names.contains { try targets.include($0) } }

  /// Modules that were trained whole must be there whole: what is missing would stay as it
  /// was drawn.
  /// - Parameter saved: the names of the tensors that are there.
  /// - Throws: `PEFTError.missing`
  func checkSaved(_ saved: [String], path: String) throws {
    var modules = try Set(
      file.texts("modules_to_save", default: []).map(PEFTTensors.withoutModel)
    ).intersection(["classifier", "classifier.layernorm", "classifier.dense", "layernorm"])
    if modules.remove("classifier") != nil {
      modules.formUnion(["classifier.layernorm", "classifier.dense"])
    }
    modules.formUnion(saved.compactMap { WeightNames.split($0)?.module })
    let missing = modules.sorted().flatMap { ["\($0).weight", "\($0).bias"] }.filter {
      !saved.contains($0)
    }
    if !missing.isEmpty, kinds.contains(where: { $0.peft != nil }) {
      throw PEFTError.missing(path: path, names: missing)
    }
  }

  /// What the configuration says without effect, or petl does not know.
  /// - Parameters:
  ///   - modules: the names of each module that is adapted.
  ///   - leftOut: the modules that have matrices and are not adapted.
  func notices(_ modules: [[String]], leftOut: [String]) -> [String] {
    var notices: [String] = []
    for (key, patterns) in [("rank_pattern", ranks), ("alpha_pattern", alphas)] {
      for pattern in (try? patterns.unused(by: modules)) ?? [] {
        notices.append("\(key) \"\(pattern.shown)\" fits no module, and so changes nothing")
      }
    }
    if !leftOut.isEmpty {
      notices.append(
        "the matrices of \(leftOut.count) modules are left out, as peft does, because the "
          + "configuration does not choose these: \(leftOut.shownList)")
    }
    let unknown = file.values.filter { !Self.known.contains($0.key) && $0.value.saysSomething }
    if !unknown.isEmpty {
      notices.append(
        "the configuration has keys that petl does not know and passes over: "
          + unknown.map(\.key).shownList)
    }
    return notices
  }
}

// MARK: - Keys

extension PEFTConfiguration {
  /// Variations that petl has no equal of: the key, and why it matters.
  private static let variations: [(key: String, reason: String)] = [
    ("use_dora", "the weights are also scaled by learned magnitudes"),
    ("use_qalora", "the inputs are pooled in groups"),
    ("use_bdlora", "the matrices are block-diagonal"),
    ("lora_bias", "the second matrix has a bias"),
    ("layer_replication", "layers of the model are repeated"),
    ("alora_invocation_tokens", "it is active for some tokens only"),
    ("trainable_token_indices", "it trains token embeddings"),
    ("target_parameters", "it adapts parameters outside linear layers"),
    ("arrow_config", "several adapters are mixed by a router"),
    ("kasa_config", "the matrices have singular values between them"),
    ("monteclora_config", "the matrices are sampled"),
  ]

  /// Ways to initialise that change the frozen weights too, so that the matrices alone are
  /// no use.
  private static let initializations: Set<String> = [
    "pissa", "olora", "corda", "loftq", "lora_ga",
  ]

  /// Keys that are read, or say only how the adapter was made. `fan_in_fan_out` is one: peft
  /// takes it for false on linear layers, and AST has no others.
  private static let known = Set(variations.map(\.key)).union([
    "peft_type", "task_type", "auto_mapping", "peft_version", "base_model_name_or_path",
    "revision", "inference_mode", "r", "lora_alpha", "lora_dropout", "rank_pattern",
    "alpha_pattern", "target_modules", "exclude_modules", "modules_to_save",
    "layers_to_transform", "layers_pattern", "bias", "use_rslora", "fan_in_fan_out",
    "init_lora_weights", "loftq_config", "eva_config", "corda_config", "lora_ga_config",
    "velora_config", "megatron_config", "megatron_core", "qalora_group_size", "runtime_config",
    "ensure_weight_tying", "merge_weights", "enable_lora",
  ])

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
    for (key, reason) in variations where configuration[key]?.saysSomething == true {
      throw PEFTError.variation(path: configuration.path, name: key, reason: reason)
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
}

extension JSONValue {
  /// Whether Python would take the value for true.
  fileprivate var saysSomething: Bool {
    switch self {
    case .null, .bool(false), .integer(0), .text(""), .array([]), .object([:]): false
    default: true
    }
  }
}
