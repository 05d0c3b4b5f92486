import Glibc

/// A checkpoint seen under petl's names, whoever wrote it. Every key of the file is accounted
/// for: in `backboneNames`, `headNames`, `methodNames`, `dropped` or `leftOver`.
public struct CanonicalWeights: TensorSource {
  /// Who wrote the checkpoint.
  public enum Layout: String, Sendable {
    /// transformers' `ASTModel` or `ASTForAudioClassification`, any version.
    case ast
    /// The original AST's `.pth`, with query, key and value fused.
    case originalAST
    /// The published code (PETL_AST), with its methods among the backbone's tensors.
    case publishedAST
    /// transformers' wav2vec 2.0 models.
    case wav2vec2
    /// The published code on wav2vec 2.0.
    case publishedWav2vec2
  }

  /// A tensor of the file, or the `part`-th third of its rows.
  private struct Piece {
    var key: String
    var part: Int?
  }

  public let layout: Layout
  public let source: any TensorSource
  /// petl's names of the tensors found, in the order of the file.
  public private(set) var backboneNames: [String] = []
  public private(set) var headNames: [String] = []
  /// Tensors that the published code's methods added, under its names without `model.`.
  public private(set) var methodNames: [String] = []
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
    guard let layout = CanonicalWeights.layout(of: source.names, isOwn: isOwn) else {
      throw WeightNamesError.unknownLayout(path: source.path, names: source.names)
    }
    self.layout = layout
    for key in source.names {
      switch CanonicalWeights.meaning(of: key, layout) {
      case .backbone(let name): if try add(name, Piece(key: key)) { backboneNames.append(name) }
      case .head(let name): if try add(name, Piece(key: key)) { headNames.append(name) }
      case .method(let name): if try add(name, Piece(key: key)) { methodNames.append(name) }
      case .fused(let names):
        guard let shape = source.shape(of: key), let rows = shape.first, rows % 3 == 0 else {
          throw WeightNamesError.fused(
            path: source.path, key: key, found: source.shape(of: key) ?? [])
        }
        for (part, name) in names.enumerated()
        where try add(name, Piece(key: key, part: part)) {
          backboneNames.append(name)
        }
      case .dropped: dropped.append(key)
      case .unknown: leftOver.append(key)
      }
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
  /// - Parameter isOwn: petl wrote the file. Its head has the published code's name, and
  ///   methods have a place of their own in it.
  private static func layout(of keys: [String], isOwn: Bool) -> Layout? {
    let names = keys.map(WeightNames.withoutCompiler)
    func any(_ test: (String) -> Bool) -> Bool { names.contains(where: test) }
    let isPublished =
      !isOwn && any { $0.hasPrefix("classification_head.") || $0.hasPrefix("model.enc") }
    if any({ $0.hasPrefix("v.blocks.") || $0.hasPrefix("module.v.blocks.") }) {
      return .originalAST
    }
    if any({ $0.contains("feature_extractor.conv_layers.") }) {
      return isPublished ? .publishedWav2vec2 : .wav2vec2
    }
    let isAST = any {
      $0.hasPrefix("audio_spectrogram_transformer.") || $0.contains("embeddings.patch_embeddings.")
    }
    return isAST ? (isPublished ? .publishedAST : .ast) : nil
  }

  private static func meaning(of key: String, _ layout: Layout) -> WeightNames.Meaning {
    switch layout {
    case .ast: WeightNames.ast(key, isPublished: false)
    case .publishedAST: WeightNames.ast(key, isPublished: true)
    case .originalAST: WeightNames.originalAST(key)
    case .wav2vec2: WeightNames.wav2vec2(key, isPublished: false)
    case .publishedWav2vec2: WeightNames.wav2vec2(key, isPublished: true)
    }
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
  /// A fused query-key-value matrix whose rows are no multiple of 3.
  case fused(path: String, key: String, found: [Int])
}

extension WeightNamesError {
  public var message: String {
    switch self {
    case .unknownLayout(let path, let names):
      "'\(path)' is no checkpoint of AST or wav2vec 2.0; it has "
        + (names.isEmpty ? "no tensors" : names.prefix(3).map(\.shown).joined(separator: ", "))
        + (names.count > 3 ? " and \(names.count - 3) more" : "")
    case .conflict(let path, let name, let keys):
      "'\(path)' has two different tensors for '\(name)': "
        + keys.map(\.shown).joined(separator: ", ")
    case .fused(let path, let key, let found):
      "'\(path)': '\(key)' should hold query, key and value, found shape \(found)"
    }
  }
}
