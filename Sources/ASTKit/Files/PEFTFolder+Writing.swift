import FoundationEssentials

extension PEFTFolder {
  /// Whose module names the tensors get. Version 5 of transformers renamed AST's modules,
  /// and peft does not translate; with `both`, every matrix is stored under either name, and
  /// each version finds its own and ignores the other.
  public enum Naming: Sendable {
    case transformers4, transformers5, both
  }

  /// Writes the adapter into a folder, which is made if need be. Its two files are replaced as
  /// one, and all else in it stays.
  ///
  /// - Parameters:
  ///   - hasClassifier: whether the adapter is for `ASTForAudioClassification`, rather than
  ///     for the bare `ASTModel`.
  ///   - layers: how many layers the backbone has. With it, and if all of them are adapted,
  ///     `target_modules` says `query` rather than naming each module.
  /// - Throws: `FileError`, `SafetensorsError`, `PEFTError.head` for tensors of a head that
  ///   transformers' AST does not have, `.shapes`, `.empty`.
  public static func write(
    _ adapter: PEFTAdapter, to path: String, naming: Naming = .both,
    hasClassifier: Bool = true, layers: Int? = nil
  ) throws {
    let items = try items(adapter, path: path, naming: naming, hasClassifier: hasClassifier)
    var configuration = configuration(
      adapter, naming: naming, hasClassifier: hasClassifier, layers: layers)
    let mark = try SaveMark([configuration])
    // Older versions of peft refuse keys they do not know anywhere but here.
    if case .object(let model) = configuration["auto_mapping"] {
      configuration["auto_mapping"] = .object(mark.in(model))
    }
    let tensors = try Safetensors.contents(
      items, metadata: mark.in(["format": "pt"]), path: "\(path)/\(tensorsName)")
    try AtomicFolder.write(
      path,
      [
        .init(tensorsName, tensors),
        try JSONFile.file(configurationName, configuration, in: path),
      ])
  }

  private static func items(
    _ adapter: PEFTAdapter, path: String, naming: Naming, hasClassifier: Bool
  ) throws -> [Safetensors.Item] {
    guard !adapter.pairs.isEmpty else { throw PEFTError.empty(path: path) }
    let start = prefix + (hasClassifier ? modelPrefix(adapter) : "")
    var items: [Safetensors.Item] = []
    for pair in adapter.pairs {
      guard pair.down.shape.count == 2, pair.up.shape.count == 2, pair.rank > 0,
        pair.up.shape[1] == pair.rank
      else {
        throw PEFTError.shapes(
          path: path, module: pair.module, down: pair.down.shape, up: pair.up.shape)
      }
      for name in names(pair.module, naming) {
        let full = start + name
        items.append(.init("\(full).lora_A.weight", pair.down))
        items.append(.init("\(full).lora_B.weight", pair.up))
      }
    }
    for (name, tensor) in adapter.saved {
      if name.hasPrefix("layernorm.") {
        items.append(.init(start + name, tensor))
      } else if name.hasPrefix("classifier."), hasClassifier {
        items.append(.init(prefix + name, tensor))
      } else {
        throw PEFTError.saved(path: path, name: name)
      }
    }
    return items.sorted { $0.name < $1.name }
  }

  /// The kind of backbone that an adapter is for.
  private static func kind(_ adapter: PEFTAdapter) -> (any BackboneConfiguration.Type)? {
    adapter.pairs.lazy.compactMap { Backbones.kind(ofModule: $0.module) }.first
  }

  /// What a classifier's names have before those of the bare model.
  private static func modelPrefix(_ adapter: PEFTAdapter) -> String {
    kind(adapter)?.transformers.prefix ?? ""
  }

  /// The names of a module in the versions of transformers asked for.
  private static func names(_ module: String, _ naming: Naming) -> [String] {
    let modules = Backbones.kind(ofModule: module)?.peft
    guard let renamed = modules?.newerName(module) else { return [module] }
    return switch naming {
    case .transformers4: [module]
    case .transformers5: [renamed]
    case .both: [module, renamed]
    }
  }

  private static func configuration(
    _ adapter: PEFTAdapter, naming: Naming, hasClassifier: Bool, layers: Int?
  ) -> JSONMembers {
    let rank = mostCommon(adapter.pairs.map(\.rank)) ?? 8
    let alpha = mostCommon(adapter.pairs.map(\.alpha)) ?? 8
    var ranks = JSONMembers()
    var alphas = JSONMembers()
    for pair in adapter.pairs {
      for name in names(pair.module, naming) {
        if pair.rank != rank { ranks[name] = .integer(pair.rank) }
        if pair.alpha != alpha { alphas[name] = number(pair.alpha) }
      }
    }
    // peft takes every module whose name ends so; "layernorm" alone would be the head's too.
    let modules = [
      ("classifier.", "classifier"),
      ("layernorm.", (hasClassifier ? modelPrefix(adapter) : "") + "layernorm"),
    ].filter { part in adapter.saved.contains { $0.name.hasPrefix(part.0) } }.map(\.1)
    var result: JSONMembers = [
      "peft_type": "LORA", "task_type": nil, "inference_mode": true, "revision": nil,
      "base_model_name_or_path": adapter.baseModel.map { .text($0) } ?? .null,
      "r": .integer(rank), "lora_alpha": number(alpha), "lora_dropout": number(adapter.dropout),
      "bias": "none", "fan_in_fan_out": false, "init_lora_weights": true,
      "layers_to_transform": nil, "layers_pattern": nil,
      "auto_mapping": .object(autoMapping(adapter, hasClassifier)),
      "modules_to_save": modules.isEmpty ? nil : .array(modules.map { .text($0) }),
      "target_modules": .array(
        targets(adapter, naming, layers: layers).map { .text($0) }),
    ]
    // Older versions of peft refuse keys they do not know, so newer ones are written only
    // when they say something.
    if !ranks.isEmpty { result["rank_pattern"] = .object(ranks) }
    if !alphas.isEmpty { result["alpha_pattern"] = .object(alphas) }
    if adapter.usesRankRoot { result["use_rslora"] = true }
    return result
  }

  /// The class that the adapter is for, as peft itself writes it without a task type.
  private static func autoMapping(
    _ adapter: PEFTAdapter, _ hasClassifier: Bool
  ) -> JSONMembers {
    guard let names = kind(adapter)?.transformers else { return [:] }
    let file = names.attribute
    return [
      "base_model_class": .text(hasClassifier ? names.classifier : names.model),
      "parent_library": .text("transformers.models.\(file).modeling_\(file)"),
    ]
  }

  /// What peft shall adapt. It takes a module if its name is listed or ends in a listed name,
  /// so that a short name is right only if all modules that end so are meant.
  private static func targets(
    _ adapter: PEFTAdapter, _ naming: Naming, layers: Int?
  ) -> [String] {
    var result: Set<String> = []
    let known = kind(adapter)?.peft
    let kinds = Dictionary(grouping: adapter.pairs.map(\.module)) { module in
      known.flatMap { WeightNames.layer(module, [$0.layers])?.rest } ?? module
    }
    for (kind, members) in kinds {
      let short = String(kind.split(separator: ".").last ?? "")
      if members.count == layers,
        let newer = known?.shortNames.first(where: { $0.value == short })?.key
      {
        switch naming {
        case .transformers4: result.insert(short)
        case .transformers5: result.insert(newer)
        case .both: result.formUnion([short, newer])
        }
      } else {
        for member in members { result.formUnion(names(member, naming)) }
      }
    }
    return result.sorted()
  }

  private static func mostCommon<T: Hashable & Comparable>(_ values: [T]) -> T? {
    Dictionary(grouping: values) { $0 }
      .max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key
  }

  private static func number(_ value: Double) -> JSONValue {
    Int(exactly: value).map { .integer($0) } ?? .number(value)
  }
}
