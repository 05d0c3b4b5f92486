/// The hidden states of recordings, one vector a window.
public struct Embeddings: Sendable {
  /// Files and parts of them, in the order of the rows.
  public var files: [String], spans: [ClipSpan]
  /// Row by row `[windows, hidden]`.
  public var values: [Float]
  /// Width of a row.
  public var hidden: Int
}

extension AudioClassifier {
  /// Embeds recordings: the mean of the tokens that the head looks at, behind a layer.
  ///
  /// - Parameters:
  ///   - layer: behind which the states are taken, from 0; `nil`: behind the last norm, as the head
  ///     gets them.
  ///   - pooling: default: the one in force.
  /// - Throws: as `predict`; `EngineError.setting` for a layer that is not there or a pooling that
  ///   makes no sense.
  public func embed(
    _ files: [SoundFiles.File], layer: Int? = nil, pooling: Pooling? = nil,
    _ options: PredictionOptions = PredictionOptions(), interrupt: InterruptFlag? = nil,
    progress: (PredictionProgress) -> Void = { _ in }
  ) throws -> (embeddings: Embeddings, report: PredictionReport) {
    try checkLayer(layer)
    var embeddings = Embeddings(files: [], spans: [], values: [], hidden: backbone.hidden)
    let report = try windows(of: files, options, interrupt: interrupt, progress: progress) {
      input, lengths, places in
      try self.add(
        to: &embeddings, input, lengths, places, behind: layer, pooling, interrupt)
    }
    return (embeddings, report)
  }

  func checkLayer(_ layer: Int?) throws {
    guard let layer, !(0..<backbone.layerCount).contains(layer) else { return }
    throw EngineError.setting(
      name: "layer", expected: "0 to \(backbone.layerCount - 1)", found: "\(layer)")
  }

  /// Adds a batch.
  func add(
    to embeddings: inout Embeddings, _ input: Tensor, _ lengths: [Int], _ places: [Place],
    behind layer: Int?, _ pooling: Pooling?, _ interrupt: InterruptFlag?
  ) throws {
    let tape = Tape(.inference, recording: false, interrupt: interrupt)
    embeddings.values += try embedding(
      of: input, lengths: lengths, behind: layer, pooling: pooling, tape
    ).values
    embeddings.files += places.map(\.file)
    embeddings.spans += places.map(\.span)
  }
}
