/// A method attached to a model under a name: its parameters, where they act, and what of
/// the backbone is trained with them. What changes with it is the model's `Adaptation`.
public final class Attachment {
  public let name: String
  public let method: any PETLMethod
  public let position: Position?
  /// Layers it is attached to.
  public let layers: [Int]
  /// Whether the layers were chosen, rather than all taken.
  public let layersWereChosen: Bool
  private weak var model: AudioClassifier?

  /// What was added, by names such as `encoder.layer.0.adapter_module_FFN.linear_upsample.weight`.
  public let parameters: [Parameter]
  /// Batch-norm statistics, which training updates without a gradient.
  public let buffers: [Parameter]
  /// Backbone parameters trained with the method: biases, or the LayerNorm beside an adapter.
  public let unfrozen: [Parameter]
  /// What it hangs where, in the order in which it acts.
  public let hooks: [PlacedHook]
  /// The pooling the method asks for, if any.
  let pooling: Pooling?
  /// A learning rate of its own for the backbone's part (linear probing).
  public let backboneLearningRate: Double?

  init(_ builder: AttachmentBuilder, of model: AudioClassifier) {
    self.model = model
    name = builder.name
    method = builder.method
    position = builder.position
    layers = builder.layers
    layersWereChosen = builder.layersWereChosen
    parameters = builder.parameters
    buffers = builder.buffers
    unfrozen = builder.unfrozen
    hooks = builder.hooks
    pooling = builder.pooling
    backboneLearningRate = builder.backboneLearningRate
    let withHead = Set(builder.backbone.trainedWithHead.map(ObjectIdentifier.init))
    parameterCount = (builder.parameters + builder.unfrozen).reduce(0) { sum, parameter in
      withHead.contains(ObjectIdentifier(parameter)) ? sum : sum + parameter.count
    }
  }

  /// The method's name, such as `conformer`.
  public var kind: String { type(of: method).kind }

  /// A disabled attachment takes no part in forward passes and is not trained; nor does one that
  /// was detached.
  public var isEnabled: Bool {
    model?.adaptation.enabled.contains { $0.attachment === self } ?? false
  }

  /// Trainable numbers it adds or unfreezes, the final LayerNorm aside, which goes with the
  /// head: what the published tables count.
  public let parameterCount: Int

  /// Whether it puts tokens of its own in the place of the model's.
  var hasPrompts: Bool { hooks.contains { $0.hook is PromptTokens } }
}
