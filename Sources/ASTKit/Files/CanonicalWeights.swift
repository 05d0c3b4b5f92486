import Glibc

/// A checkpoint seen under petl's names, whoever wrote it. Every key of the file is accounted
/// for: in one of the lists of names.
public struct CanonicalWeights: TensorSource {
  /// A tensor of the file, or the `part`-th third of its rows.
  private struct Piece {
    var key: String
    var part: Int?
  }

  public let layout: WeightLayout
  /// The kind of backbone the tensors belong to.
  public let kind: any BackboneConfiguration.Type
  /// Whether the published code (PETL_AST) wrote the file, with its methods among the backbone's
  /// tensors.
  public let isPublished: Bool
  public let source: any TensorSource
  /// petl's names of the tensors found, in the order of the file.
  public private(set) var backboneNames: [String] = []
  public private(set) var headNames: [String] = []
  /// Tensors that the published code's methods added, under its names without `model.`.
  public private(set) var methodNames: [String] = []
  /// Keys of a classification head of another kind than petl's.
  public private(set) var foreignHeadKeys: [String] = []
  /// Keys beside the model in what it was wrapped in, such as those of a loss.
  public private(set) var outsideKeys: [String] = []
  /// Keys of the file that are known and not needed, such as ImageNet's heads.
  public private(set) var dropped: [String] = []
  /// Keys of the file that petl has no use for and does not know.
  public private(set) var leftOver: [String] = []
  private var pieces: [String: Piece] = [:]

  /// Recognises the layout and gives every tensor its name; none is read yet, except where
  /// the published code lists one twice and the two must be compared.
  /// - Throws: `WeightNamesError`, and what reading a tensor throws.
  public init(_ source: any TensorSource) throws {
    self.source = source
    let isOwn = source.metadata[ModelDescription.key] != nil
    let keys = UnwrappedKey.all(source.names)
    let matrices = source.names.filter { $0.contains(".lora_A.") || $0.contains(".lora_B.") }
    let form = CanonicalWeights.form(of: keys)
    guard matrices.isEmpty else {
      throw WeightNamesError.adapter(
        path: source.path, matrices: matrices.count,
        isAlone: WrapperPrefix.all(in: source.names).isEmpty)
    }
    guard let form else {
      throw WeightNamesError.unknownLayout(path: source.path, names: source.names)
    }
    (kind, layout) = form
    isPublished = !isOwn && CanonicalWeights.arePublished(keys)
    let trained = Set(keys.filter { !$0.isOriginal }.map(\.name))
    for unwrapped in keys {
      let key = unwrapped.key
      // peft computes with the copy that was trained.
      if unwrapped.isOriginal, trained.contains(unwrapped.name) {
        dropped.append(key)
        continue
      }
      switch layout.meaning(unwrapped.name, isPublished) {
      case .backbone(let name): if try add(name, Piece(key: key)) { backboneNames.append(name) }
      case .head(let name): if try add(name, Piece(key: key)) { headNames.append(name) }
      case .method(let name): if try add(name, Piece(key: key)) { methodNames.append(name) }
      case .fused(let names): try add(names, key)
      case .foreignHead: foreignHeadKeys.append(key)
      case .dropped: dropped.append(key)
      case .unknown where unwrapped.isOutside: outsideKeys.append(key)
      case .unknown: leftOver.append(key)
      }
    }
    // Of two heads, none can be chosen.
    if !headNames.isEmpty {
      leftOver += foreignHeadKeys
      foreignHeadKeys = []
    }
  }

  /// Gives each of the names its third of the rows.
  private mutating func add(_ names: [String], _ key: String) throws {
    guard let shape = source.shape(of: key), let rows = shape.first, rows % 3 == 0 else {
      throw WeightNamesError.fused(
        path: source.path, key: key, found: source.shape(of: key) ?? [])
    }
    for (part, name) in names.enumerated() where try add(name, Piece(key: key, part: part)) {
      backboneNames.append(name)
    }
  }

  /// Of `required`, the names that the file does not have.
  public func missing(_ required: some Sequence<String>) -> [String] {
    required.filter { pieces[$0] == nil }
  }

  public var path: String { source.path }
  public var names: [String] { backboneNames + headNames + methodNames }
  public var metadata: [String: String] { source.metadata }

  public func elementType(of name: String) -> ElementType? {
    pieces[name].flatMap { source.elementType(of: $0.key) }
  }

  public func shape(of name: String) -> [Int]? {
    guard let piece = pieces[name], var shape = source.shape(of: piece.key) else { return nil }
    if piece.part != nil { shape[0] /= 3 }
    return shape
  }

  public func tensor(_ name: String) throws -> Tensor {
    guard let piece = pieces[name], let shape = shape(of: name) else { throw noTensor(name) }
    let whole = try source.tensor(piece.key)
    guard let part = piece.part else { return whole }
    let rows = whole.viewed(as: shape, offset: part * (whole.count / 3))
    // A view of a copy would keep all of the copy, once for each of the three.
    return whole.storage.isBorrowed ? rows : try rows.copy()
  }

  public func integers(_ name: String) throws -> [Int64] {
    guard let piece = pieces[name] else { throw noTensor(name) }
    return try source.integers(piece.key)
  }
}

extension CanonicalWeights {
  /// Whose the tensors are, and how they are named.
  private static func form(
    of keys: [UnwrappedKey]
  ) -> (any BackboneConfiguration.Type, WeightLayout)? {
    for kind in Backbones.known {
      for layout in kind.layouts where keys.contains(where: { layout.isMark($0.name) }) {
        return (kind, layout)
      }
    }
    return nil
  }

  /// Whether keys are as in the published code, whose class calls the backbone `model`. petl's
  /// own head has its name, and methods have a place of their own in petl's files.
  private static func arePublished(_ keys: [UnwrappedKey]) -> Bool {
    keys.contains { $0.name.hasPrefix("classification_head.") || $0.key.hasPrefix("model.enc") }
  }

  /// Gives a name its tensor. The published code lists the backbone twice, under two names
  /// of the same memory; if the two differ, no choice between them would be right.
  /// - Returns: whether the name is new.
  private mutating func add(_ name: String, _ piece: Piece) throws -> Bool {
    guard let present = pieces[name] else {
      pieces[name] = piece
      return true
    }
    guard present.part == piece.part, try areEqual(present.key, piece.key) else {
      throw WeightNamesError.conflict(
        path: source.path, name: name, keys: [present.key, piece.key])
    }
    return false
  }

  private func areEqual(_ a: String, _ b: String) throws -> Bool {
    guard source.shape(of: a) == source.shape(of: b) else { return false }
    return try source.tensor(a).hasSameBytes(as: source.tensor(b))
  }
}

extension Tensor {
  /// Whether shape and every bit of the values are the same.
  func hasSameBytes(as other: Tensor) -> Bool {
    withExtendedLifetime((self, other)) {
      shape == other.shape
        && (pointer == other.pointer || memcmp(pointer, other.pointer, count * 4) == 0)
    }
  }
}

/// Why the tensors of a file could not be given petl's names.
public enum WeightNamesError: DescribedError, Equatable {
  /// The names are those of no model petl knows.
  case unknownLayout(path: String, names: [String])
  /// Two keys stand for the same tensor and hold different values.
  case conflict(path: String, name: String, keys: [String])
  /// LoRA matrices of peft, alone or in the state dictionary of a whole model.
  case adapter(path: String, matrices: Int, isAlone: Bool)
  /// A fused query-key-value matrix whose rows are no multiple of 3.
  case fused(path: String, key: String, found: [Int])
}

extension WeightNamesError {
  public var message: String {
    switch self {
    case .unknownLayout(let path, let names):
      "'\(path)' is no checkpoint of "
        + "\(Backbones.all.map { $0.title }.joined(separator: " or ")); it has "
        + (names.isEmpty ? "no tensors" : names.prefix(3).map(\.shown).joined(separator: ", "))
        + (names.count > 3 ? " and \(names.count - 3) more" : "")
    case .conflict(let path, let name, let keys):
      "'\(path)' has two different tensors for '\(name)': "
        + keys.map(\.shown).joined(separator: ", ")
    case .adapter(let path, _, true):
      "'\(path)' holds an adapter of peft, and no model"
    case .adapter(let path, let matrices, false):
      "'\(path)' is a whole model with \(matrices) LoRA matrices of peft on it, and does not say "
        + "how they are scaled"
    case .fused(let path, let key, let found):
      "'\(path)': '\(key)' should hold query, key and value, found shape \(found)"
    }
  }

  public var hint: String? {
    switch self {
    case .adapter(_, _, isAlone: true): "load net, PATH puts it on the model it was trained on"
    case .adapter(_, _, isAlone: false):
      "in Python, model.save_pretrained(FOLDER) writes the adapter for load, and "
        + "model.merge_and_unload() gives the model with it"
    default: nil
    }
  }
}
