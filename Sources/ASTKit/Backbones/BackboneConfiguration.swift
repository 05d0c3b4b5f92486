/// A kind of backbone, and its sizes: the type says what the language and the files need to know
/// to make, read and write models of this kind, a value is the sizes of one model.
///
/// What a user may choose of a preset are its settings: `model "ast-tiny", depth: 4`.
///
/// Adding one: a file with such a type and its `Backbone`, and a line in `Backbones.all`. Coded,
/// the sizes stand under the keys of transformers' `config.json`.
public protocol BackboneConfiguration: Configurable, Codable, Equatable {
  /// Its name in petl's own files, such as `ast`.
  static var name: String { get }
  /// What people call it, such as `wav2vec 2.0`.
  static var title: String { get }
  static var transformers: TransformersNames { get }
  /// The named sizes, such as `ast-base`.
  static var presets: [String: Self] { get }
  /// What it looks at.
  static var features: FeatureSettings.Kind { get }

  /// Tensors that every checkpoint has one of, under all names they have in files.
  static var anchors: [String] { get }
  /// First steps of the tensors' names, such as `encoder`.
  static var roots: Set<String> { get }
  /// How checkpoints name the tensors, transformers' way first: petl writes that.
  static var layouts: [WeightLayout] { get }
  /// The modules that LoRA of peft goes on; `nil` where petl writes and reads none.
  static var peft: PEFTModules? { get }

  /// Whether transformers' classifier has petl's normalised head on [CLS] and [DIST].
  static var hasTransformersHead: Bool { get }
  /// Whether its second token is a distillation token, whose place prompts can take.
  static var takesPrompts: Bool { get }

  /// The sizes of a checkpoint that comes without a `config.json`.
  /// - Throws: `ModelFileError`, `TensorSourceError` when the tensors do not tell them.
  static func sizes(of weights: CanonicalWeights) throws -> Self

  /// - Throws: `EngineError.setting` for the first size that makes no model.
  func validate() throws
  /// Numbers in the backbone, within a few percent.
  var parameterEstimate: Double { get }
  /// Frames of a clip, for a model that takes spectrograms of one length only.
  var clipFrames: Int? { get }
  /// What the LayerNorm of a head adds to the variance.
  var headNormEps: Float { get }
  /// The first size in which a model in a file differs from this one, in words.
  func firstDifference(from other: Self) -> String?

  /// Builds the model.
  /// - Throws: `EngineError.setting` for sizes that make no model, or the source's error.
  func build(from source: any ParameterSource) throws -> any Backbone

  /// Builds the model from a checkpoint that was saved with these sizes.
  /// - Returns: the model, and what was fitted.
  /// - Throws: `EngineError.setting` for `frames` that it cannot have, or as `build`.
  func read(
    from checkpoint: CheckpointParameters, _ options: ModelFile.Options
  ) throws -> (backbone: any Backbone, notices: [String])
}

// What a kind says only if it is otherwise.
extension BackboneConfiguration {
  public static var layouts: [WeightLayout] { [.own(Self.self)] }
  public static var peft: PEFTModules? { nil }
  public static var hasTransformersHead: Bool { false }
  public static var takesPrompts: Bool { false }

  /// Unless a kind can tell its sizes from the tensors, there must be a `config.json`.
  /// - Throws: `ModelFileError.noConfiguration`
  public static func sizes(of weights: CanonicalWeights) throws -> Self {
    throw ModelFileError.noConfiguration(path: weights.path)
  }

  public var clipFrames: Int? { nil }
  public var headNormEps: Float { 1e-12 }

  /// Whether the sizes differ, in words; `nil` for equal ones.
  public func firstDifference(from other: Self) -> String? {
    self == other ? nil : "the sizes differ"
  }

  /// A model with the values of a checkpoint, as they are.
  /// - Throws: `EngineError.setting` for options that this kind does not take; as `build`.
  public func read(
    from checkpoint: CheckpointParameters, _ options: ModelFile.Options
  ) throws -> (backbone: any Backbone, notices: [String]) {
    guard options.frames == nil else {
      throw EngineError.setting(
        name: "frames", expected: "left out: \(Self.title) takes any length", found: "a number")
    }
    return (try build(from: checkpoint), [])
  }
}

extension BackboneConfiguration {
  static func preset(_ name: String) -> (any BackboneConfiguration)? { presets[name] }
  static var presetNames: [String] { Array(presets.keys) }

  /// petl's name of a module that a file of transformers may call `name`; `nil` when a model of
  /// this kind has none.
  static func module(named name: String) -> String? {
    switch layouts.first?.meaning("\(name).weight", false) {
    case .backbone(let found), .head(let found): WeightNames.split(found)?.module
    default: nil
    }
  }

  /// The first of the sizes in which another model differs.
  /// - Parameter sizes: what they are called, and where they stand.
  func firstDifference(
    from other: Self, in sizes: [(name: String, KeyPath<Self, Int>)]
  ) -> String? {
    sizes.lazy.filter { self[keyPath: $0.1] != other[keyPath: $0.1] }.first.map {
      "\($0.name) is \(other[keyPath: $0.1]) there and \(self[keyPath: $0.1]) here"
    }
  }

  /// - Throws: `EngineError.refused` for a model whose weights do not fit into memory.
  public func requireMemory() throws {
    try MemoryLimit.require(4 * parameterEstimate, for: "a model of these sizes")
  }
}
