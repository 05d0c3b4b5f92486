/// A backbone with a head, the classes it tells apart, and the methods attached to it.
///
/// What is trainable follows from what is attached: a model without attachments is trained
/// whole; with attachments, the backbone is frozen except for what they unfreeze, and the
/// head is always trained. `freeze` and `unfreeze` come on top.
public final class AudioClassifier {
  public let backbone: any Backbone
  public private(set) var head: ClassificationHead
  /// Class names by index.
  public private(set) var classes: [String]
  /// What the head looks at, unless an attachment asks for something else.
  public let pooling: Pooling
  /// How recordings become the input; saved with the model.
  public var features: FeatureSettings?
  /// The seed the first values were drawn from; attachments draw from it too.
  public let seed: Int
  /// Attached methods in the order they act.
  public private(set) var attachments: [Attachment] = []
  /// Later rules win over earlier ones and over what attachments say.
  public internal(set) var freezeRules: [FreezeRule] = []
  /// Values of shared parameters before anything attached changed them, see `OwnValues`.
  var original = OwnValues()

  /// A user's wish about parameters whose names match a pattern.
  public struct FreezeRule: Sendable, Equatable, Codable {
    public var pattern: String
    public var isTrainable: Bool
  }

  /// - Throws: `EngineError.setting` when classes and head or pooling and backbone disagree.
  public init(
    backbone: any Backbone, head: ClassificationHead, classes: [String], pooling: Pooling = .all,
    seed: Int = 0
  ) throws {
    guard classes.count == head.classes else {
      throw EngineError.setting(
        name: "classes", expected: "\(head.classes) names for the head's outputs",
        found: "\(classes.count)")
    }
    guard !pooling.needsPrompts else {
      throw EngineError.setting(
        name: "pooling", expected: "ALL, CLS or CLS+DIST (prompts bring their own)",
        found: pooling.rawValue)
    }
    self.backbone = backbone
    self.head = head
    self.classes = classes
    self.pooling = pooling
    self.seed = seed
    refreshTrainability()
  }

  /// Logits `[batch, classes]` for a batch of inputs.
  /// - Throws: `EngineError.shape`
  public func forward(_ input: Tensor, _ tape: Tape) throws -> Tensor {
    let states = try backbone.forward(input, hooks: activeHooks, tape)
    let prompts = activeAttachments.compactMap(\.prompts).last
    let range = activePooling.range(tokens: states.shape[1], prompts: prompts?.count ?? 0)
    return try head.forward(tape.tokenMean(states, over: range), tape)
  }

  public var activeAttachments: [Attachment] { attachments.filter(\.isEnabled) }

  /// The pooling in force.
  public var activePooling: Pooling {
    activeAttachments.compactMap(\.pooling).last ?? pooling
  }

  private var activeHooks: ForwardHooks {
    var layers = [LayerHooks](repeating: LayerHooks(), count: backbone.layerCount)
    for attachment in activeAttachments {
      for (layer, hooks) in attachment.hooks { layers[layer].append(hooks) }
    }
    return ForwardHooks(
      layers: layers, prompts: activeAttachments.compactMap(\.prompts).last)
  }
}

// MARK: - Parameters

extension AudioClassifier {
  /// Everything that has values and a gradient: backbone, attachments, head.
  public var parameters: [Parameter] {
    backbone.parameters + attachments.flatMap(\.parameters) + head.parameters
  }

  /// What the next training step would change.
  public var trainableParameters: [Parameter] { parameters.filter(\.isTrainable) }

  /// Numbers in all parameters, and in the trainable ones.
  public var parameterCounts: (total: Int, trainable: Int) {
    let all = parameters
    return (
      all.reduce(0) { $0 + $1.count },
      all.reduce(0) { $0 + ($1.isTrainable ? $1.count : 0) }
    )
  }

  /// Decides anew what is trainable, from the attachments and the user's rules.
  func refreshTrainability() {
    let isWhole = attachments.isEmpty
    var chosen = Set(head.parameters.map(ObjectIdentifier.init))
    for attachment in activeAttachments {
      chosen.formUnion(attachment.parameters.map(ObjectIdentifier.init))
      chosen.formUnion(attachment.unfrozen.map(ObjectIdentifier.init))
    }
    for parameter in parameters {
      var trainable = isWhole || chosen.contains(ObjectIdentifier(parameter))
      for rule in freezeRules where Glob.matches(rule.pattern, parameter.name) {
        trainable = rule.isTrainable
      }
      // What a disabled attachment brought takes no part, whatever the rules say.
      if attachments.contains(where: { attachment in
        !attachment.isEnabled && attachment.parameters.contains { $0 === parameter }
      }) {
        trainable = false
      }
      parameter.isTrainable = trainable
    }
  }

  /// Freezes or unfreezes parameters by name, `*` for any run of characters.
  /// - Returns: how many parameters match.
  /// - Throws: `EngineError.unknownName` when none does.
  @discardableResult
  public func setTrainable(_ isTrainable: Bool, matching pattern: String) throws -> Int {
    let count = parameters.count { Glob.matches(pattern, $0.name) }
    guard count > 0 else {
      throw EngineError.unknownName(
        kind: "parameter", name: pattern, known: parameters.map(\.name))
    }
    if !attachments.isEmpty {
      original.keepMissing(parameters.filter { Glob.matches(pattern, $0.name) })
    }
    freezeRules.removeAll { $0.pattern == pattern }
    freezeRules.append(FreezeRule(pattern: pattern, isTrainable: isTrainable))
    refreshTrainability()
    return count
  }
}

// MARK: - Attaching

extension AudioClassifier {
  /// Attaches a method; nothing changes if it is refused.
  ///
  /// - Parameters:
  ///   - kind: the method's name, such as `conformer`.
  ///   - values: its settings; the rest take their defaults.
  ///   - position: where in each layer; default: the method's own.
  ///   - layers: which layers; default: all.
  ///   - name: what to call it; default: the kind, numbered from the second on.
  ///   - source: where first values come from; default: drawn from the model's seed.
  /// - Throws: `EngineError` saying what does not fit.
  @discardableResult
  public func attach(
    _ kind: String, _ values: [String: SettingValue] = [:], at position: Position? = nil,
    layers: [Int]? = nil, name: String? = nil, from source: (any ParameterSource)? = nil
  ) throws -> Attachment {
    let method = try PETLMethods.named(kind)
    let settings = try Settings(values, declared: method.settings)
    let name = try checkedName(name, kind: kind)
    if let position, method.defaultPosition == nil {
      throw EngineError.refused("'\(kind)' has no position, so 'at: \(position)' has no meaning")
    }
    let chosen = try checkedLayers(layers)
    let builder = AttachmentBuilder(
      name: name, kind: kind, settings: settings, position: position ?? method.defaultPosition,
      layers: chosen, layersWereChosen: layers != nil, backbone: backbone,
      source: source ?? RandomParameters(random: attachmentStream(name)))
    try method.init(settings).build(builder)
    let attachment = Attachment(builder)
    try checkCombination(attachment)
    original.keepMissing(sharedParameters(of: attachment))
    attachments.append(attachment)
    refreshTrainability()
    return attachment
  }

  /// The attachment of that name.
  /// - Throws: `EngineError.unknownName`
  public func attachment(named name: String) throws -> Attachment {
    guard let found = attachments.first(where: { $0.name == name }) else {
      throw EngineError.unknownName(
        kind: "attachment", name: name, known: attachments.map(\.name))
    }
    return found
  }

  /// Switches an attachment on or off; its values are kept.
  /// - Throws: `EngineError.unknownName`, or `.refused` when it would clash with another.
  public func setEnabled(_ isEnabled: Bool, _ name: String) throws {
    let attachment = try attachment(named: name)
    if attachment.isEnabled == isEnabled { return }
    if isEnabled { try checkCombination(attachment) }
    attachment.isEnabled = isEnabled
    if isEnabled { attachment.own.restore() } else { putAside(attachment) }
    refreshTrainability()
  }

  /// Takes an attachment away; its values are lost unless they were saved. When the last one
  /// goes, the backbone stays frozen: `unfreeze net` trains it whole.
  /// - Throws: `EngineError.unknownName`
  public func detach(_ name: String) throws {
    let attachment = try attachment(named: name)
    if attachment.isEnabled {
      attachment.isEnabled = false
      putAside(attachment)
    }
    remove(attachment)
  }

  /// Drops an attachment whose effect the backbone's weights have taken over.
  func removeMerged(_ attachment: Attachment) { remove(attachment) }

  private func remove(_ attachment: Attachment) {
    for parameter in attachment.parameters { parameter.isTrainable = false }
    attachments.removeAll { $0 === attachment }
    if attachments.isEmpty, freezeRules.isEmpty {
      freezeRules = backbone.parameters.map {
        FreezeRule(pattern: $0.name, isTrainable: false)
      }
    }
    refreshTrainability()
  }

  /// Gives the model another head, for other classes; what is attached must share it.
  /// - Throws: `EngineError.setting`, or `.refused` while anything is attached.
  public func replaceHead(_ head: ClassificationHead, classes: [String]) throws {
    guard attachments.isEmpty else {
      throw EngineError.refused(
        "the head is shared with what is attached (\(attachments.map(\.name).joined(separator: ", "))"
          + "); detach it first")
    }
    guard head.classes == classes.count else {
      throw EngineError.setting(
        name: "classes", expected: "\(head.classes) names for the head's outputs",
        found: "\(classes.count)")
    }
    self.head = head
    self.classes = classes
    refreshTrainability()
  }

  private func attachmentStream(_ name: String) -> RandomSource {
    RandomSource(seed: UInt64(bitPattern: Int64(seed))).fork("attachment \(name)")
  }

  private func checkedName(_ name: String?, kind: String) throws -> String {
    let taken = Set(attachments.map(\.name))
    if let name {
      guard !name.isEmpty, !name.contains("/"), !taken.contains(name) else {
        throw EngineError.refused(
          taken.contains(name)
            ? "there is an attachment called '\(name)' already; detach it or take another name"
            : "an attachment's name must not be empty or hold '/', found '\(name)'")
      }
      return name
    }
    return ([kind] + (2...).prefix(1000).map { "\(kind)\($0)" }).first { !taken.contains($0) }
      ?? kind
  }

  private func checkedLayers(_ layers: [Int]?) throws -> [Int] {
    let count = backbone.layerCount
    guard let layers else { return Array(0..<count) }
    guard !layers.isEmpty, Set(layers).count == layers.count,
      layers.allSatisfy({ (0..<count).contains($0) })
    else {
      let found = layers.map(String.init).joined(separator: ", ")
      throw EngineError.setting(
        name: "layers", expected: "some of 0...\(count - 1), each once",
        found: found.count > 40 ? "\(layers.min() ?? 0)...\(layers.max() ?? 0)" : "[\(found)]")
    }
    return layers.sorted()
  }

  /// Refuses what cannot act together, with the reason.
  private func checkCombination(_ new: Attachment) throws {
    let others = activeAttachments.filter { $0 !== new }
    if new.prompts != nil, let other = others.first(where: { $0.prompts != nil }) {
      throw EngineError.refused(
        "'\(other.name)' has put prompts in the distillation token's place already; "
          + "disable or detach it first")
    }
    let pooling = new.pooling ?? others.compactMap(\.pooling).last ?? self.pooling
    if new.prompts != nil, pooling == .clsAndDistillation {
      throw EngineError.refused(
        "the head of this model looks at the distillation token, whose place prompts take; "
          + "give 'output:' to look at other tokens")
    }
  }
}
