/// A way to adapt a frozen backbone with few parameters. A method composes with the places
/// a backbone offers (its sites, see `Site`, and its own parameters); it never changes
/// the backbone's code.
///
/// Adding one: a file in `Methods/` and a line in `PETLMethods.all`.
public protocol PETLMethod: Sendable {
  /// Name in the language and in files, such as `conformer`.
  static var kind: String { get }
  /// One line of help, with the paper.
  static var summary: String { get }
  /// An example that runs, given a model `net`.
  static var example: String { get }
  static var settings: [Setting] { get }
  /// Where it goes when no position is given; `nil` for methods that have no position.
  static var defaultPosition: Position? { get }

  /// - Throws: `EngineError.setting` for values that do not go together.
  init(_ settings: Settings) throws

  /// Makes the parameters and says where they act. The model is not changed yet.
  /// - Throws: `EngineError` when the method does not fit the backbone or the position.
  func build(_ builder: AttachmentBuilder) throws
}

extension PETLMethod {
  public static var defaultPosition: Position? { nil }
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
}
