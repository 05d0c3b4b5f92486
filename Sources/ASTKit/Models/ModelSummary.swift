/// A model at a glance: its modules, what is trained, what a pass costs.
public struct ModelSummary {
  /// One module, or a run of equal layers.
  public struct Row: Equatable {
    public let name: String
    /// Shape of its output for one clip, without the batch.
    public let output: [Int]
    public let parameters: Int, trainable: Int
  }

  public let rows: [Row]
  /// Floating-point operations (multiply and add counted as two) of the matrix products for
  /// one clip: forward, and forward with backward.
  public let forwardFlops: Double, stepFlops: Double
  /// What comes before the first trainable parameter, in words, and so gives the same output
  /// in every epoch; `nil` when the first module is trained.
  public let frozenPrefix: String?
  /// Attachments that compute as the published code where it departs from the papers.
  public let published: [String]

  /// - Throws: what a forward pass throws, `EngineError.interrupted` among it.
  public init(_ model: AudioClassifier, interrupt: InterruptFlag? = nil) throws {
    rows = ModelSummary.rows(model)
    let input = try Tensor([1] + model.backbone.sampleShape)
    forwardFlops = try ModelSummary.flops {
      _ = try model.forward(input, Tape(.inference, recording: false, interrupt: interrupt))
    }
    let buffers = try WorkingCopies(of: model.attachments.flatMap(\.buffers))
    defer { buffers.undo() }
    stepFlops = try ModelSummary.flops {
      let tape = Tape(.training, interrupt: interrupt)
      let loss = try tape.crossEntropy(model.forward(input, tape), labels: [0])
      if loss.gradientSlot != nil { try tape.backward(from: loss) }
      for parameter in model.parameters { parameter.clearGradient() }
    }
    frozenPrefix = ModelSummary.frozenPrefix(model)
    published = model.attachments.filter { $0.settings.flag("published") }.map(\.name)
  }

  private static func flops(_ work: () throws -> Void) rethrows -> Double {
    try ProductTrace.record(computing: false, work).reduce(0) { $0 + $1.flops }
  }

  private static func rows(_ model: AudioClassifier) -> [Row] {
    func row(_ name: String, _ output: [Int], _ parameters: [Parameter]) -> Row {
      Row(
        name: name, output: output, parameters: parameters.reduce(0) { $0 + $1.count },
        trainable: parameters.reduce(0) { $0 + ($1.isTrainable ? $1.count : 0) })
    }
    let backbone = model.backbone
    let states = [backbone.tokenCount, backbone.hidden]
    let inLayers = Set(backbone.layers.flatMap(\.parameters).map(ObjectIdentifier.init))
    let outside = backbone.parameters.filter { !inLayers.contains(ObjectIdentifier($0)) }
    let last = Set(backbone.trainedWithHead.map(ObjectIdentifier.init))
    var rows = [
      row("embeddings", states, outside.filter { !last.contains(ObjectIdentifier($0)) })
    ]
    var start = 0
    let layers = backbone.layers.enumerated().map {
      row(backbone.layerName($0.offset), states, $0.element.parameters)
    }
    while start < layers.count {
      var end = start
      while end + 1 < layers.count, layers[end + 1].parameters == layers[start].parameters,
        layers[end + 1].trainable == layers[start].trainable
      {
        end += 1
      }
      let name = end == start ? layers[start].name : "\(layers[start].name)...\(end)"
      rows.append(
        Row(
          name: name, output: states,
          parameters: layers[start...end].reduce(0) { $0 + $1.parameters },
          trainable: layers[start...end].reduce(0) { $0 + $1.trainable }))
      start = end + 1
    }
    if !backbone.trainedWithHead.isEmpty {
      rows.append(row("layernorm", states, backbone.trainedWithHead))
    }
    for attachment in model.attachments where !attachment.parameters.isEmpty {
      let place = attachment.position.map { " at \($0)" } ?? ""
      let state = attachment.isEnabled ? "" : " (off)"
      rows.append(row("\(attachment.name)\(place)\(state)", [], attachment.parameters))
    }
    rows.append(row("head", [model.classes.count], model.head.parameters))
    return rows
  }

  /// Walks the modules in the order of the forward pass up to the first trainable one.
  private static func frozenPrefix(_ model: AudioClassifier) -> String? {
    func anyTrainable(_ parameters: [Parameter]) -> Bool {
      parameters.contains(where: \.isTrainable)
    }
    let backbone = model.backbone
    let inLayers = Set(backbone.layers.flatMap(\.parameters).map(ObjectIdentifier.init))
    let last = Set(backbone.trainedWithHead.map(ObjectIdentifier.init))
    let apart = inLayers.union(last).union(backbone.unusedTrainable.map(ObjectIdentifier.init))
    let first = backbone.parameters.filter { !apart.contains(ObjectIdentifier($0)) }
    let active = model.activeAttachments
    if anyTrainable(first) || active.contains(where: { $0.prompts != nil }) { return nil }
    for (index, layer) in backbone.layers.enumerated() {
      let hooks = active.compactMap { $0.hooks[index] }
      let attention =
        [layer.query, layer.key, layer.value, layer.attentionOutput].flatMap(\.parameters)
        + layer.normBefore.parameters
      let before =
        switch index {
        case 0: "the embeddings"
        case 1: "the embeddings and layer 0"
        default: "the embeddings and layers 0...\(index - 1)"
        }
      let touchesAttention = hooks.contains { hook in
        !hook.projections.isEmpty || !hook.prefixes.isEmpty
          || hook.adapters.contains { $0.subLayer == .mhsa }
      }
      if anyTrainable(attention) || touchesAttention { return before }
      if anyTrainable(layer.parameters) || hooks.contains(where: { !$0.adapters.isEmpty }) {
        return "\(before), and the attention of layer \(index)"
      }
    }
    return "the whole encoder"
  }
}
