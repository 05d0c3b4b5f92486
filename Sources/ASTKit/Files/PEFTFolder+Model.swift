/// LoRA of a model to and from peft's layout.
extension PEFTFolder {
  /// Writes the LoRA attachments that are enabled, with the last LayerNorm they train and,
  /// for a model with the head of `ASTForAudioClassification`, that head.
  ///
  /// - Returns: what the folder does not hold and the user should know.
  /// - Throws: `EngineError.refused` when something other than LoRA is attached or trained;
  ///   `PEFTError`, `FileError`.
  @discardableResult
  public static func save(
    _ model: AudioClassifier, to path: String, naming: Naming = .both
  ) throws -> [String] {
    let modules = try modules(of: model, "written in")
    guard !model.attachments.isEmpty else { throw PEFTError.empty(path: path) }
    guard !model.activeAttachments.isEmpty else {
      let names = model.attachments.map { "'\($0.name)'" }.joined(separator: ", ")
      throw EngineError.refused(
        "what is attached is off (\(names)), and only what is on is written in peft's layout")
    }
    if let other = model.activeAttachments.first(where: { $0.kind != LoRA.kind }) {
      throw EngineError.refused(
        "peft's layout has no place for '\(other.name)' (\(other.kind)); only LoRA")
    }
    if let parameter = model.adaptation.trainedByRules.first {
      throw EngineError.refused(
        "'\(parameter.name)' is trained as well, and peft's layout has no place for it")
    }
    let isClassifier = model.head.style == .normalised
    var adapter = PEFTAdapter(pairs: try pairs(model, modules))
    adapter.saved = unfrozen(model).map { ($0.name, $0.value) }
    if isClassifier { adapter.saved += model.head.parameters.map { ($0.name, $0.value) } }
    try write(
      adapter, to: path, naming: naming, hasClassifier: isClassifier,
      layers: model.backbone.layerCount)
    return isClassifier
      ? []
      : [
        "the trained head is not in the folder, which is for the bare "
          + "\(model.kind.transformers.model): transformers has no head like this one; "
          + "NAME.safetensors keeps it"
      ]
  }

  /// - Throws: `EngineError.refused` for a backbone whose LoRA has no place in peft's layout.
  private static func modules(
    of model: AudioClassifier, _ way: String
  ) throws -> PEFTModules {
    if let modules = model.kind.peft { return modules }
    let titles = Backbones.all.filter { $0.peft != nil }.map { "\($0.title)'s" }
    throw EngineError.refused(
      "only \(titles.joined(separator: " and ")) LoRA is \(way) peft's layout")
  }

  private static func unfrozen(_ model: AudioClassifier) -> [Parameter] {
    var seen: Set<ObjectIdentifier> = []
    return model.activeAttachments.flatMap(\.unfrozen).filter {
      seen.insert(ObjectIdentifier($0)).inserted
    }
  }

  private static func pairs(
    _ model: AudioClassifier, _ modules: PEFTModules
  ) throws -> [PEFTAdapter.Pair] {
    var result: [String: PEFTAdapter.Pair] = [:]
    for attachment in model.activeAttachments {
      for (site, hook) in attachment.hooks {
        guard let pair = hook as? LoRAPair, let place = site.projection,
          let module = modules.module(place.projection, inLayer: place.layer)
        else { continue }
        let new = PEFTAdapter.Pair(
          module: module, down: pair.down.value, up: pair.up.value,
          alpha: alpha(Double(pair.scale) * Double(pair.down.shape[0])))
        guard result.updateValue(new, forKey: module) == nil else {
          throw EngineError.refused(
            "'\(module)' has LoRA twice, and peft's layout has room for one")
        }
      }
    }
    return result.values.sorted { $0.module < $1.module }
  }

  /// The scaling is kept as a 32-bit float; alpha itself is nearly always whole.
  private static func alpha(_ value: Double) -> Double {
    abs(value - value.rounded()) < 1e-5 * max(1, value) ? value.rounded() : value
  }

  /// Attaches the LoRA of a folder; on any error the model is unchanged.
  ///
  /// - Parameters:
  ///   - tensors: the file of its tensors; `nil` for the one that peft would read.
  ///   - name: what to call it; modules of different rank or scaling become several
  ///     attachments, numbered from the second on.
  /// - Returns: what is worth telling, such as a head made anew.
  /// - Throws: `PEFTError`, the errors of the files, and what `attach` throws.
  @discardableResult
  public static func load(
    _ path: String, tensors: String? = nil, into model: AudioClassifier, as name: String? = nil
  ) throws -> [String] {
    let modules = try modules(of: model, "read from")
    let adapter = try read(path, tensors: tensors)
    let groups = try groups(adapter, modules, path: path)
    let values = try self.tensors(adapter, modules, path: path)
    let task = try task(model, adapter)
    var planned: [Adaptation.Member] = []
    for (i, group) in groups.enumerated() {
      let attachment = try model.make(
        LoRA(rank: group.rank, alpha: group.scaling * Double(group.rank), on: group.targets),
        layers: group.layers.count == model.backbone.layerCount ? nil : group.layers,
        name: name.map { i == 0 ? $0 : "\($0)\(i + 1)" }, besides: planned.map(\.name),
        from: values)
      let member = Adaptation.Member(attachment: attachment, task: task)
      try model.adaptation.checkCombination(member, with: model.adaptation.enabled + planned)
      planned.append(member)
    }
    let shared = planned.flatMap { model.adaptation.shared(by: $0) }
    var own = OwnValues()
    for (saved, tensor) in adapter.saved {
      guard let parameter = shared.first(where: { $0.name == saved }) else {
        throw PEFTError.unknownTensor(path: path, name: saved)
      }
      guard parameter.shape == tensor.shape else {
        throw TensorSourceError.shape(
          path: path, name: saved, expected: parameter.shape, found: tensor.shape)
      }
      own.set(parameter, tensor)
    }
    try model.undoing {
      for var member in planned {
        member.own = own
        try model.adaptation.add(member)
      }
    }
    var notices = adapter.notices
    if let task {
      let count = task.classes.count
      notices.append(
        ClassificationTask.areNumbers(task.classes)
          ? "the head is the folder's, for \(count) classes without names; model FILE, classes: "
            + "[...] before load gives them"
          : "the head is the folder's, for the \(count) classes named in the model")
    }
    if adapter.dropout > 0 {
      notices.append(
        "the folder's lora_dropout of \(adapter.dropout) is left out: petl's LoRA has none")
    }
    return notices
  }

  /// The head that the folder brings, as `ASTForAudioClassification` has it, its outputs under
  /// the model's names if they are as many; `nil` when it brings none, or the model's own is such
  /// a head for as many classes.
  private static func task(
    _ model: AudioClassifier, _ adapter: PEFTAdapter
  ) throws -> ClassificationTask? {
    guard let rows = adapter.saved.first(where: { $0.name == "classifier.dense.weight" }) else {
      return nil
    }
    let (own, count) = (model.ownTask, rows.tensor.shape.first ?? 0)
    if own.head.classes == count, model.isTransformersClassifier { return nil }
    let head = try ClassificationHead(
      .normalised, hidden: model.backbone.hidden, classes: count,
      normEps: model.backbone.headNormEps, from: RandomParameters(seed: model.seed))
    return ClassificationTask(
      head: head, classes: own.named((0..<count).map { "\($0)" }), pooling: .clsAndDistillation)
  }

  /// Modules that one attachment can hold: equal in rank, scaling and projections.
  private struct Group {
    var rank: Int
    var scaling: Double
    var targets: [Projection]
    var layers: [Int]
  }

  private static func groups(
    _ adapter: PEFTAdapter, _ modules: PEFTModules, path: String
  ) throws -> [Group] {
    var byLayer: [String: (group: Group, layer: Int)] = [:]
    for pair in adapter.pairs {
      let (layer, target) = try place(pair, modules, path: path)
      let scaling = adapter.scaling(of: pair)
      let key = "\(pair.rank) \(scaling) \(layer)"
      let new = Group(rank: pair.rank, scaling: scaling, targets: [], layers: [])
      byLayer[key, default: (new, layer)].group.targets.append(target)
    }
    var result: [Group] = []
    for (group, layer) in byLayer.values.sorted(by: { $0.layer < $1.layer }) {
      let targets = Projection.allCases.filter(group.targets.contains)
      let same = result.firstIndex {
        $0.rank == group.rank && $0.scaling == group.scaling && $0.targets == targets
      }
      if let same {
        result[same].layers.append(layer)
      } else {
        result.append(
          Group(rank: group.rank, scaling: group.scaling, targets: targets, layers: [layer]))
      }
    }
    return result
  }

  private static func place(
    _ pair: PEFTAdapter.Pair, _ modules: PEFTModules, path: String
  ) throws -> (layer: Int, target: Projection) {
    if let found = modules.place(pair.module) { return found }
    throw PEFTError.variation(
      path: path, name: "LoRA on '\(pair.module)'",
      reason: "petl's LoRA corrects the projections of attention")
  }

  /// The matrices under the names that petl's LoRA asks for.
  private static func tensors(
    _ adapter: PEFTAdapter, _ modules: PEFTModules, path: String
  ) throws -> NamedTensors {
    var tensors: [String: Tensor] = [:]
    for pair in adapter.pairs {
      let (layer, target) = try place(pair, modules, path: path)
      let part = target == .output ? "output" : "attention"
      let prefix = "encoder.layer.\(layer).attention.\(part).lora"
      tensors["\(prefix)_down_\(target.rawValue).weight"] = pair.down
      tensors["\(prefix)_up_\(target.rawValue).weight"] = pair.up
    }
    return NamedTensors(path: path, tensors: tensors)
  }
}

/// First values from memory, in the shape they must have.
private struct NamedTensors: ParameterSource {
  let path: String
  let tensors: [String: Tensor]

  func tensor(_ name: String, _ shape: [Int], _ initialization: Initialization) throws -> Tensor {
    guard let tensor = tensors[name] else {
      throw TensorSourceError.noTensor(path: path, name: name, nearest: nil)
    }
    guard tensor.shape == shape else {
      throw TensorSourceError.shape(
        path: path, name: name, expected: shape, found: tensor.shape)
    }
    return try tensor.copy()
  }
}
