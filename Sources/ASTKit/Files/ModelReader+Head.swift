extension ModelReader {
  typealias Head = (
    head: ClassificationHead, classes: [String], pooling: Pooling, isNew: Bool
  )

  /// The file's head, or a new one when other classes are asked for.
  /// - Throws: `ModelFileError.names` for a head that is there in parts,
  ///   `TensorSourceError.shape`, `EngineError` for classes that cannot be.
  func head(
    _ weights: CanonicalWeights, _ description: ModelDescription?, _ configuration: JSONObject?,
    _ backbone: any Backbone, _ parameters: CheckpointParameters, _ notices: inout [String]
  ) throws -> Head {
    let isLinear = weights.headNames.contains { $0.hasPrefix("classification_head.") }
    let stored = try storedClasses(weights, isLinear: isLinear, hidden: backbone.hidden)
    let listed = try description?.classes ?? configuration.flatMap(Self.labels)
    let wanted = options.classes
    if let stored, let classes = try keptClasses(stored, listed, &notices) {
      let pooling =
        try options.pooling ?? description?.task.choices(path).0
        ?? (isLinear ? .all : .clsAndDistillation)
      let head = try ClassificationHead(
        isLinear ? .linear : .normalised, hidden: backbone.hidden, classes: stored,
        normEps: backbone.headNormEps, from: parameters)
      return (head, classes, pooling, false)
    }
    guard let wanted else {
      throw EngineError.setting(
        name: "classes", expected: "a list of class names (\(Self.lack(weights)))",
        found: "nothing")
    }
    try check(wanted)
    let pooling = options.pooling ?? .all
    let head = try ClassificationHead(
      pooling == .clsAndDistillation ? .normalised : .linear, hidden: backbone.hidden,
      classes: wanted.count, normEps: backbone.headNormEps,
      from: RandomParameters(seed: options.seed))
    say(
      "the head is new, for \(wanted.count) classes\(Self.replaced(stored, weights))", &notices)
    return (head, wanted, pooling, true)
  }

  private func say(_ notice: String, _ notices: inout [String]) {
    if !options.headIsReplaced { notices.append(notice) }
  }

  /// What the outputs of the file's head are called; `nil` when other classes are asked for.
  ///
  /// A trained head keeps its own order, in which data finds its classes by name; one without
  /// names, or with one name twice, takes those asked for, in their order.
  private func keptClasses(
    _ stored: Int, _ listed: [String]?, _ notices: inout [String]
  ) throws -> [String]? {
    let names = listed.flatMap { $0.count == stored ? $0 : nil }
    let named = names.flatMap { ClassificationTask.areNumbers($0) ? nil : $0 }
    guard let wanted = options.classes else {
      let classes = named ?? (0..<stored).map { "\($0)" }
      try check(classes)
      return classes
    }
    guard wanted.count == stored else { return nil }
    try check(wanted)
    if let names = named, Set(names).count == stored {
      if names == wanted { return names }
      guard Set(names) == Set(wanted) else { return nil }
      say(
        "the file's head is kept, with its classes in their own order: \(EngineError.list(names))",
        &notices)
      return names
    }
    say(
      "the file's head is kept, and its outputs are now called \(EngineError.list(wanted))",
      &notices)
    return wanted
  }

  /// Outputs of the head in the file; `nil` when it has none.
  ///
  /// Of a head of which a part is missing, or two at once, none can be chosen: a new one in
  /// its place would look like the trained one.
  private func storedClasses(
    _ weights: CanonicalWeights, isLinear: Bool, hidden: Int
  ) throws -> Int? {
    guard !weights.headNames.isEmpty else { return nil }
    let modules =
      isLinear ? ["classification_head"] : ["classifier.layernorm", "classifier.dense"]
    let needed = modules.flatMap { ["\($0).weight", "\($0).bias"] }
    let missing = weights.missing(needed)
    let leftOver = weights.headNames.filter { !needed.contains($0) }
    guard missing.isEmpty, leftOver.isEmpty else {
      throw ModelFileError.names(path: path, missing: missing, leftOver: leftOver)
    }
    let name = isLinear ? "classification_head.weight" : "classifier.dense.weight"
    let shape = weights.shape(of: name) ?? []
    guard shape.count == 2, shape[0] > 0 else {
      throw TensorSourceError.shape(
        path: path, name: name, expected: [options.classes?.count ?? 1, hidden], found: shape)
    }
    return shape[0]
  }

  /// What a new head takes the place of, in words.
  private static func replaced(_ stored: Int?, _ weights: CanonicalWeights) -> String {
    if let stored { return " in place of the file's for \(stored)" }
    if weights.foreignHeadKeys.isEmpty { return "" }
    return " in place of the file's, of a kind that petl does not have: "
      + weights.foreignHeadKeys.shownList
  }

  /// Why there is no head to use.
  private static func lack(_ weights: CanonicalWeights) -> String {
    weights.foreignHeadKeys.isEmpty
      ? "the file has no head"
      : "the head in the file is of a kind that petl does not have: "
        + weights.foreignHeadKeys.shownList
  }

  /// - Throws: `EngineError` when there is no class, or two have the same name.
  private func check(_ classes: [String]) throws {
    guard !classes.isEmpty else {
      throw EngineError.setting(
        name: "classes", expected: "at least one name", found: "an empty list")
    }
    var seen: Set<ExactName> = []
    guard let double = classes.first(where: { !seen.insert(ExactName($0)).inserted }) else {
      return
    }
    guard options.classes == nil else {
      throw EngineError.setting(
        name: "classes", expected: "names that differ", found: "'\(double.shown)' twice")
    }
    throw EngineError.refused(
      "'\(path)' has two classes called '\(double.shown)'; give them names with classes:")
  }

  /// Class names of a `config.json`.
  private static func labels(_ configuration: JSONObject) throws -> [String]? {
    guard configuration.has("id2label") else { return nil }
    let table = try configuration.object("id2label")
    let labels = try (0..<table.values.count).map { try table.text("\($0)") }
    return labels
  }
}
