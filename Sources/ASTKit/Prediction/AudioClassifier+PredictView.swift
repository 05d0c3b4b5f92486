extension AudioClassifier {
  /// Predicts clips of a data set, in their order.
  ///
  /// - Throws: `EngineError.refused` for clips of another shape than the model takes,
  ///   `.interrupted`, and what a forward pass throws.
  public func predict(
    _ view: DatasetView, batch: Int = 16, interrupt: InterruptFlag? = nil,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
    row: (Prediction) throws -> Void
  ) throws {
    try windows(of: view, batch: batch, interrupt: interrupt, progress: progress) {
      input, lengths, places in
      try self.tell(input, lengths, places, interrupt, row)
    }
  }

  /// Embeds clips of a data set, in their order; see `embed` of recordings.
  /// - Throws: as `predict`, `EngineError.setting`.
  public func embed(
    _ view: DatasetView, layer: Int? = nil, pooling: Pooling? = nil, batch: Int = 16,
    interrupt: InterruptFlag? = nil, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Embeddings {
    try checkLayer(layer)
    var embeddings = Embeddings(files: [], spans: [], values: [], hidden: backbone.hidden)
    try windows(of: view, batch: batch, interrupt: interrupt, progress: progress) {
      input, lengths, places in
      try self.add(
        to: &embeddings, input, lengths, places, behind: layer, pooling, interrupt)
    }
    return embeddings
  }

  private func windows(
    of view: DatasetView, batch: Int, interrupt: InterruptFlag?,
    progress: (_ done: Int, _ total: Int) -> Void,
    _ body: (_ input: Tensor, _ lengths: [Int], _ places: [Place]) throws -> Void
  ) throws {
    if let difference = backbone.inputDifference(from: view.settings) {
      throw EngineError.refused(difference)
    }
    try requireMemory(batch: min(batch, view.count), of: view.settings.shape, training: false)
    let batches = try Batches(inOrder: view, size: batch)
    var done = 0
    for indices in batches.epoch(0) {
      try interrupt?.check()
      let places = indices.map { index in
        let clip = view.dataset.clips[index]
        return Place(
          file: clip.recording, span: clip.span ?? ClipSpan(start: 0, end: clip.seconds))
      }
      try body(try batches.input(indices), batches.lengths(indices), places)
      done += indices.count
      progress(done, view.count)
    }
  }
}
