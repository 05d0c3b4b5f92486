import Foundation

/// A backbone with a head, the classes it tells apart, and the methods attached to it.
///
/// What is trainable follows from what is attached: a model without attachments is trained
/// whole; with attachments, and after they are detached, the backbone is frozen except for
/// what they unfreeze, and the head is always trained. `freeze` and `unfreeze` come on top.
public final class AudioClassifier {
  public let backbone: any Backbone
  /// The seed the first values were drawn from; attachments draw from it too.
  public let seed: Int
  /// The file it was read from; `nil` for values drawn from `seed`.
  public internal(set) var origin: ModelOrigin?
  /// What is attached, and all that changes with it.
  var adaptation: Adaptation
  /// Held while values or attachments change: another thread that holds it finds the model whole.
  let changes = NSRecursiveLock()
  var knownHashes: BackboneFingerprint.Known = [:]
  var hashesInForce: BackboneFingerprint.InForce = [:]

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
    var seen: Set<ExactName> = []
    if let twice = classes.first(where: { !seen.insert(ExactName($0)).inserted }) {
      throw EngineError.setting(
        name: "classes", expected: "names that differ", found: "'\(twice)' twice")
    }
    guard !pooling.needsPrompts else {
      throw EngineError.setting(
        name: "pooling", expected: "ALL, CLS or CLS+DIST (prompts bring their own)",
        found: pooling.rawValue)
    }
    guard pooling == .all || backbone.hasClassToken else {
      throw EngineError.setting(
        name: "pooling", expected: "ALL (the model has no class token)", found: pooling.rawValue)
    }
    self.backbone = backbone
    self.seed = seed
    adaptation = Adaptation(
      backbone, ClassificationTask(head: head, classes: classes, pooling: pooling))
  }
}

// MARK: - What is in force

extension AudioClassifier {
  /// Attached methods in the order they act.
  public var attachments: [Attachment] { adaptation.members.map(\.attachment) }

  /// Those that are enabled.
  public var activeAttachments: [Attachment] { adaptation.enabled.map(\.attachment) }

  /// The head in force: the model's own, or that of an enabled attachment that brought one.
  public var head: ClassificationHead { adaptation.task.head }
  /// Class names by index, those of the head in force.
  public var classes: [String] { adaptation.task.classes }
  /// What the head looks at, unless an attachment asks for something else.
  public var pooling: Pooling { adaptation.task.pooling }
  /// The pooling in force.
  public var activePooling: Pooling { adaptation.pooling }

  /// How recordings become the input that what is in force was trained on: the last enabled
  /// attachment that knows, or the model itself; `nil` when neither does. Set, it holds for what
  /// training would change.
  public var features: FeatureSettings? {
    get { adaptation.features }
    set { adaptation.features = newValue }
  }

  /// The features the model itself was trained on, nothing attached.
  var ownFeatures: FeatureSettings? {
    get { adaptation.ownFeatures }
    set { adaptation.ownFeatures = newValue }
  }

  /// The model's own head, classes and pooling, whatever is in force.
  var ownTask: ClassificationTask { adaptation.ownTask }

  /// Later rules win over earlier ones and over what attachments say.
  public var freezeRules: [FreezeRule] { adaptation.rules }

  /// A parameter's value without anything attached.
  func baseValue(of parameter: Parameter) -> Tensor { adaptation.baseValue(of: parameter) }
}

// MARK: - Parameters

extension AudioClassifier {
  /// Everything that has values and a gradient: backbone, attachments, head.
  public var parameters: [Parameter] { adaptation.parameters }

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
    try undoing {
      try adaptation.add([FreezeRule(pattern: pattern, isTrainable: isTrainable)])
    }
    return count
  }
}
