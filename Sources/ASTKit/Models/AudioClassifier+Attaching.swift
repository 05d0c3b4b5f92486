extension AudioClassifier {
  /// Attaches a method; nothing changes if it is refused.
  ///
  ///     try net.attach(ConformerAdapter(rate: 96, kernel: 31), layers: [0, 1])
  ///
  /// - Parameters:
  ///   - position: where in each layer; default: the method's own.
  ///   - layers: which layers; default: all.
  ///   - name: what to call it; default: the kind, numbered from the second on.
  ///   - source: where first values come from; default: drawn from the model's seed.
  /// - Throws: `EngineError` saying what does not fit.
  @discardableResult
  public func attach(
    _ method: some PETLMethod, at position: Position? = nil, layers: [Int]? = nil,
    name: String? = nil, from source: (any ParameterSource)? = nil
  ) throws -> Attachment {
    let attachment = try make(method, at: position, layers: layers, name: name, from: source)
    let member = Adaptation.Member(attachment: attachment)
    try adaptation.checkCombination(member, with: adaptation.enabled)
    try undoing { try adaptation.add(member) }
    return attachment
  }

  /// The same of a method whose name and settings a user or a file gives.
  ///
  /// - Parameters:
  ///   - kind: the method's name, such as `conformer`.
  ///   - values: its settings; the rest take their defaults.
  /// - Throws: `EngineError` saying what does not fit.
  @discardableResult
  public func attach(
    _ kind: String, _ values: [String: SettingValue] = [:], at position: Position? = nil,
    layers: [Int]? = nil, name: String? = nil, from source: (any ParameterSource)? = nil
  ) throws -> Attachment {
    try attach(
      PETLMethods.make(kind, values), at: position, layers: layers, name: name, from: source)
  }

  /// Makes an attachment for this model without attaching it; the model is not changed.
  ///
  /// - Parameter planned: names that will be taken by the time it is attached.
  /// - Throws: `EngineError` saying what does not fit, and what `source` throws.
  func make(
    _ method: any PETLMethod, at position: Position? = nil, layers: [Int]? = nil,
    name: String? = nil, besides planned: [String] = [], from source: (any ParameterSource)? = nil
  ) throws -> Attachment {
    try method.validate()
    let declared = type(of: method)
    let name = try checkedName(name, kind: declared.kind, planned: planned)
    if let position, declared.defaultPosition == nil {
      throw EngineError.refused(
        "'\(declared.kind)' has no position, so 'at: \(position)' has no meaning")
    }
    let chosen = try checkedLayers(layers)
    let builder = AttachmentBuilder(
      name: name, method: method, position: position ?? declared.defaultPosition, layers: chosen,
      layersWereChosen: layers != nil, backbone: backbone,
      source: source ?? RandomParameters(random: attachmentStream(name)))
    try method.build(builder)
    return Attachment(builder, of: self)
  }

  /// The attachment of that name.
  /// - Throws: `EngineError.unknownName`
  public func attachment(named name: String) throws -> Attachment {
    adaptation.members[try index(named: name)].attachment
  }

  /// Where the attachment of that name is among what is attached.
  /// - Throws: `EngineError.unknownName`
  func index(named name: String) throws -> Int {
    guard let found = adaptation.members.firstIndex(where: { $0.name == name }) else {
      throw EngineError.unknownName(
        kind: "attachment", name: name, known: attachments.map(\.name))
    }
    return found
  }

  /// Switches an attachment on or off; its values are kept.
  /// - Throws: `EngineError.unknownName`, or `.refused` when it would clash with another.
  public func setEnabled(_ isEnabled: Bool, _ name: String) throws {
    let index = try index(named: name), member = adaptation.members[index]
    if member.isEnabled == isEnabled { return }
    if isEnabled { try adaptation.checkCombination(member, with: adaptation.enabled) }
    try undoing { try adaptation.setEnabled(isEnabled, index) }
  }

  /// Takes an attachment away; its values are lost unless they were saved. When the last one
  /// goes, the backbone stays frozen: `unfreeze net` trains it whole.
  /// - Throws: `EngineError.unknownName`
  public func detach(_ name: String) throws {
    let index = try index(named: name)
    try undoing { try adaptation.detach(index) }
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
    change { adaptation.replaceHead(head, classes: classes) }
  }

  private func attachmentStream(_ name: String) -> RandomSource {
    RandomSource(seed: UInt64(bitPattern: Int64(seed))).fork("attachment \(name)")
  }

  private func checkedName(_ name: String?, kind: String, planned: [String]) throws -> String {
    let taken = Set(attachments.map(\.name) + planned)
    if let name {
      guard !name.isEmpty, !PathBytes.hasSlash(name), !taken.contains(name) else {
        throw EngineError.refused(
          taken.contains(name)
            ? "there is an attachment called '\(name)' already; detach it or take another name"
            : "an attachment's name must not be empty or hold '/', found '\(name)'")
      }
      return name
    }
    // One more than are taken, so that one of them is free.
    let candidates = [kind] + (2...(taken.count + 2)).map { "\(kind)\($0)" }
    return candidates.first { !taken.contains($0) } ?? kind
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
}
