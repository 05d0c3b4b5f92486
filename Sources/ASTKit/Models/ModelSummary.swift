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
    let step = TrainingStep(model)
    stepFlops = try ModelSummary.flops {
      _ = try step.gradients(
        of: [{ _ in TrainingStep.Part(.input(input), labels: [0]) }], clips: 1,
        random: RandomSource(seed: 0), interrupt: interrupt)
    }
    for parameter in model.parameters { parameter.clearGradient() }
    let prefix = model.frozenPrefix
    frozenPrefix = prefix.isEmpty ? nil : prefix.description
    published = model.attachments.filter { $0.method.published }.map(\.name)
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
    var rows = [
      row("embeddings", states, backbone.parameters(of: .embeddings) + backbone.unusedTrainable)
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
    if let norm = backbone.finalNorm { rows.append(row("layernorm", states, norm.parameters)) }
    for attachment in model.attachments where !attachment.parameters.isEmpty {
      let place = attachment.position.map { " at \($0)" } ?? sites(attachment)
      let state = attachment.isEnabled ? "" : " (off)"
      rows.append(row("\(attachment.name)\(place)\(state)", [], attachment.parameters))
    }
    rows.append(row("head", [model.classes.count], model.head.parameters))
    return rows
  }

  /// What an attachment without a position hangs on, each kind of site once.
  private static func sites(_ attachment: Attachment) -> String {
    var names: [String] = []
    for (site, _) in attachment.hooks where !names.contains(site.name) { names.append(site.name) }
    return names.isEmpty ? "" : " on \(names.joined(separator: ", "))"
  }
}
