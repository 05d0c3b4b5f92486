/// A way to adapt a frozen backbone with few parameters. A method composes with the places
/// a backbone offers (its sites, see `Site`, and its own parameters); it never changes
/// the backbone's code.
///
/// Adding one: a file in `Methods/` and a line in `PETLMethods.all`. Its settings are its
/// properties, see `Configurable`: `ConformerAdapter(rate: 96, kernel: 31)`.
public protocol PETLMethod: Configurable {
  /// Name in the language and in files, such as `conformer`.
  static var kind: String { get }
  /// One line of help, with the paper.
  static var summary: String { get }
  /// An example that runs, given a model `net`.
  static var example: String { get }
  /// Where it goes when no position is given; `nil` for methods that have no position.
  static var defaultPosition: Position? { get }

  /// Whether the published code's own form is asked for, where that departs from the papers.
  var published: Bool { get }
  /// Whether the backbone's norms beside adapters are trained; `nil`: as its kind has it.
  var norms: Bool? { get }

  /// Makes the parameters and says where they act. The model is not changed yet.
  /// - Throws: `EngineError` when the method does not fit the backbone or the position.
  func build(_ builder: AttachmentBuilder) throws
}

extension PETLMethod {
  public static var defaultPosition: Position? { nil }
  public var published: Bool { false }
  public var norms: Bool? { nil }
}

/// The list of methods; the language and the files know them through it.
public enum PETLMethods {
  public static let all: [any PETLMethod.Type] = [
    LinearProbing.self, FullFineTuning.self, BitFit.self, LoRA.self, PrefixTuning.self,
    PromptTuning.self, BottleneckAdapter.self, ConformerAdapter.self, ConvpassAdapter.self,
    DenseMoA.self, SoftMoA.self, Hydra.self,
  ]

  /// Methods known beside the list, in this task only: those of tests.
  @TaskLocal package static var additional: [any PETLMethod.Type] = []

  /// - Throws: `EngineError.unknownName`
  public static func named(_ kind: String) throws -> any PETLMethod.Type {
    let known = all + additional
    guard let found = known.first(where: { $0.kind == kind }) else {
      throw EngineError.unknownName(kind: "method", name: kind, known: known.map { $0.kind })
    }
    return found
  }

  /// The method of this name with settings that a user or a file gives.
  /// - Throws: `EngineError.unknownName`, `.setting` or `.choice`.
  public static func make(
    _ kind: String, _ values: [String: SettingValue]
  ) throws -> any PETLMethod {
    try named(kind).init(values)
  }
}
