/// What is attached to a model, and all that changes when something is attached, detached,
/// switched on or off, merged, loaded or frozen. A copy of it, with the parameters' tensors, is
/// all that undoing such a change needs.
///
/// What an attachment trains beside its own parameters (LayerNorms, biases, the head) it shares
/// with the model and with other attachments. Of each such parameter it has a value of its own:
/// put aside while it is off or while the value of another one is in force.
///
/// Between two changes the following holds, and `violations` finds where it does not:
/// 1. Attachments have different names, not empty and without a slash, and share only parameters
///    of the backbone and of their head.
/// 2. All that are enabled have the same head, and at most one of them brings prompts.
/// 3. A head of an attachment is not the model's own, and has as many outputs as classes.
/// 4. Each attachment has one value of its own for each parameter it shares, and no others.
/// 5. While nothing is attached no original values are kept; else they are those of parameters of
///    the backbone and of the heads, among them whatever an enabled attachment shares and
///    whatever of the backbone is trainable.
/// 6. A kept value has its parameter's shape and is never the tensor that training writes to.
/// 7. A parameter is trainable exactly if `trainability` says so, and a kept value never is.
/// 8. A head that an attachment brought has its original values while none of its are enabled.
/// 9. No two of those enabled were enabled at the same turn.
struct Adaptation {
  /// The model's own head, classes and pooling, see `task` for what is in force.
  var ownTask: ClassificationTask
  /// The features the model itself was trained on, nothing attached.
  var ownFeatures: FeatureSettings?
  /// The thresholds of its classes, nothing attached.
  var ownThresholds: [Double]?
  /// What is attached, in the order it acts.
  var members: [Member] = []
  /// Values of shared parameters before anything attached changed them.
  var original = OwnValues()
  /// Later rules win over earlier ones and over what attachments say.
  var rules: [AudioClassifier.FreezeRule] = []
  /// Whether something was attached and is gone: the backbone stays frozen then.
  var wasAdapted = false
  /// What training has changed since the model was last saved.
  var unsaved = UnsavedTraining.none
  let backbone: any Backbone

  /// An attachment and what changes with it.
  struct Member {
    let attachment: Attachment
    /// A disabled attachment takes no part in forward passes and is not trained.
    var isEnabled = true
    /// When it was enabled, as a count: of several that share a parameter, the value of the one
    /// enabled last comes first.
    var turn = 0
    /// Its values of the parameters it shares, as they were when it was last switched on or off
    /// or another one that shares them was switched on.
    var own = OwnValues()
    /// The head it was trained with, when that is not the model's own.
    var task: ClassificationTask?
    /// The features it was trained on.
    var features: FeatureSettings?
    /// The thresholds of its classes that were chosen with it.
    var thresholds: [Double]?
    /// Backbone parameters that a user's rule made trainable when the set was saved that it came
    /// with: their values go with it, whether they are trained on is up to the rules.
    var alsoTrained: [Parameter] = []

    var name: String { attachment.name }
  }

  /// A model with nothing attached; all of it is trainable.
  init(_ backbone: any Backbone, _ task: ClassificationTask) {
    self.backbone = backbone
    ownTask = task
    refreshTrainability()
  }
}

// MARK: - What is in force

extension Adaptation {
  var enabled: [Member] { members.filter(\.isEnabled) }

  /// What the model is asked now: what an enabled attachment was trained for, or the model.
  var task: ClassificationTask { enabled.compactMap(\.task).last ?? ownTask }

  /// What an attachment was trained for.
  func task(of member: Member) -> ClassificationTask { member.task ?? ownTask }

  /// The features of the last enabled attachment that knows, or of the model itself. Set, they
  /// hold for what training would change.
  var features: FeatureSettings? {
    get { enabled.compactMap(\.features).last ?? ownFeatures }
    set {
      if enabled.isEmpty { ownFeatures = newValue }
      for index in members.indices where members[index].isEnabled {
        members[index].features = newValue
      }
    }
  }

  /// The thresholds of the classes in force that were chosen with what is enabled. Set, they hold
  /// for all that is.
  var thresholds: [Double]? {
    get { enabled.isEmpty ? ownThresholds : enabled.compactMap(\.thresholds).last }
    set {
      if enabled.isEmpty { ownThresholds = newValue }
      for index in members.indices where members[index].isEnabled {
        members[index].thresholds = newValue
      }
    }
  }

  /// The pooling in force: what an enabled method asks for, or the task.
  var pooling: Pooling { enabled.compactMap(\.attachment.pooling).last ?? task.pooling }
}

// MARK: - Parameters

extension Adaptation {
  /// The heads of the model and of everything attached, each once, the model's own first.
  var heads: [ClassificationHead] {
    var heads = [ownTask.head]
    for head in members.compactMap(\.task?.head) where !heads.contains(where: { $0 === head }) {
      heads.append(head)
    }
    return heads
  }

  /// Everything that has values and a gradient: backbone, attachments, the head in force.
  var parameters: [Parameter] {
    backbone.parameters + members.flatMap(\.attachment.parameters) + task.head.parameters
  }

  /// All that has values: the parameters of every head, and statistics as well.
  var everything: [Parameter] {
    backbone.parameters + members.flatMap { $0.attachment.parameters + $0.attachment.buffers }
      + heads.flatMap(\.parameters)
  }

  /// The parameters an attachment trains that are not its own.
  func shared(by member: Member) -> [Parameter] {
    member.attachment.unfrozen + member.alsoTrained + task(of: member).head.parameters
  }

  /// Where an attachment is in the list; `nil` when it is not attached.
  func index(of attachment: Attachment) -> Int? {
    members.firstIndex { $0.attachment === attachment }
  }
}
