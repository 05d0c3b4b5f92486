import Foundation

/// A backbone with a head, the classes it tells apart, and the methods attached to it.
///
/// What is trainable follows from what is attached: a model without attachments is trained
/// whole; with attachments, and after they are detached, the backbone is frozen except for
/// what they unfreeze, and the head is always trained. `freeze` and `unfreeze` come on top.
public final class AudioClassifier {
  public let backbone: any Backbone
  /// The model's own head, classes and pooling, see `task` for what is in force.
  var ownTask: ClassificationTask
  /// The features the model itself was trained on, nothing attached.
  var ownFeatures: FeatureSettings?
  /// The seed the first values were drawn from; attachments draw from it too.
  public let seed: Int
  /// Attached methods in the order they act.
  public internal(set) var attachments: [Attachment] = []
  /// Later rules win over earlier ones and over what attachments say.
  public internal(set) var freezeRules: [FreezeRule] = []
  /// Values of shared parameters before anything attached changed them, see `OwnValues`.
  var original = OwnValues()
  /// What training has changed since the model was last saved.
  public internal(set) var unsavedTraining = UnsavedTraining.none
  /// Held while values or attachments change: another thread that holds it finds the model whole.
  let changes = NSRecursiveLock()
  var knownHashes: BackboneFingerprint.Known = [:]
  /// Whether something was attached and is gone: the backbone stays frozen then.
  var wasAdapted = false

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
    ownTask = ClassificationTask(head: head, classes: classes, pooling: pooling)
    self.seed = seed
    refreshTrainability()
  }

  /// The head in force: the model's own, or that of an enabled attachment that brought one.
  public var head: ClassificationHead { task.head }
  /// Class names by index, those of the head in force.
  public var classes: [String] { task.classes }
  /// What the head looks at, unless an attachment asks for something else.
  public var pooling: Pooling { task.pooling }

  public var activeAttachments: [Attachment] { attachments.filter(\.isEnabled) }

  /// How recordings become the input that what is in force was trained on: the last enabled
  /// attachment that knows, or the model itself; `nil` when neither does. Set, it holds for what
  /// training would change.
  public var features: FeatureSettings? {
    get { activeAttachments.compactMap(\.features).last ?? ownFeatures }
    set {
      if activeAttachments.isEmpty { ownFeatures = newValue }
      for attachment in activeAttachments { attachment.features = newValue }
    }
  }

  /// Takes the features of a training step over for what the step changed, and counts the
  /// model as unsaved. Whether padding is masked stays as it is.
  func noteTraining(on settings: FeatureSettings) {
    var settings = settings
    settings.masksPadding = features?.masksPadding ?? false
    features = settings
    noteTraining()
  }

  /// The pooling in force.
  public var activePooling: Pooling {
    activeAttachments.compactMap(\.pooling).last ?? pooling
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
    let isWhole = attachments.isEmpty && !wasAdapted
    for idle in allHeads where idle !== head {
      for parameter in idle.parameters { parameter.isTrainable = false }
    }
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
    try undoing {
      freezeRules.removeAll { $0.pattern == pattern }
      freezeRules.append(FreezeRule(pattern: pattern, isTrainable: isTrainable))
      refreshTrainability()
      try keepOriginals()
    }
    return count
  }
}
