import ASTKit

/// Using a trained model: tables of what it hears, and its hidden states.
enum PredictionCommands {
  static let all: [Command] = [predict, embed]

  // What both take.
  private static let net = Argument<ModelObject>("net", "the model")
  private static let what = Argument<Value>(
    "what", "a file, a folder, a list of files, or a dataset")
  private static let window = Argument<Double?>(
    "window", "length of a window; default: as in training, else one a file",
    unit: .seconds, bounds: .above(0, atMost: 3600), named: true)
  private static let hop = Argument<Double?>(
    "hop", "from one window to the next; default: as in training, else the window",
    unit: .seconds, bounds: .above(0, atMost: 3600), named: true)
  private static let batch = Argument<Int>(
    "batch", "windows at a time", default: 16, bounds: .between(1...4096), named: true)
  private static let skip = Argument<Bool>(
    "skip", "goes on without files that cannot be decoded", default: false, named: true)

  private static let predict = Command(
    "predict", "Predicts a file, a folder or a dataset, window by window: a table.",
    example: "table = predict net, clips, top: 2",
    net, what,
    window, hop,
    Argument<Int?>(
      "top", "so many classes of each window, the likeliest first", bounds: .atLeast(1),
      named: true),
    Argument<Double?>(
      "threshold", "only classes at least so likely", bounds: .between(0...1), named: true),
    batch,
    Argument<FilePath?>(
      "to", "a .csv file that gets each row as soon as it is known, in place of a table",
      named: true),
    skip
  ) { session, net, what, window, hop, top, threshold, batch, to, skip in
    let table = PredictionTable(net.model, PredictionChoice(top: top, threshold: threshold))
    let source = try PredictionSource(what, session, "what")
    let options = try source.options(net.model, window, hop, batch: batch, skips: skip)
    defer { session.progress(nil) }
    guard let to else {
      var rows: [Value] = []
      try source.predict(net.model, options, session) { prediction in
        rows += table.records(prediction).map(Value.record)
        guard rows.count <= Limits.listCount else {
          throw CommandError(
            "the table would have more than \(Limits.listCount.grouped) rows", argument: "what",
            hint: "to: \"table.csv\" writes them to a file")
        }
      }
      return .list(List(rows))
    }
    guard PathBytes.hasEnding(to.path, ".csv") else {
      throw CommandError("a table goes into a .csv file, found \(to.path.quoted)", argument: "to")
    }
    let file = try GrowingFile(to.path)
    try file.write(PredictionTable.titles.joined(separator: ",") + "\n")
    var count = 0
    do {
      try source.predict(net.model, options, session) { prediction in
        let lines = try table.lines(prediction)
        count += lines.isEmpty ? 0 : lines.utf8.count { $0 == UInt8(ascii: "\n") }
        try file.write(lines)
      }
    } catch {
      // What is finished is kept.
      if let place = try file.abandon(empty: count == 0) {
        session.notice("\(count) rows that were finished are in \(place.quoted)")
      }
      throw error
    }
    try file.finish()
    session.notice("wrote \(count) rows to \(to.path.quoted)")
    return .nil
  }

  private static let embed = Command(
    "embed", "Gives a vector for each clip: the mean of the hidden states that the head sees.",
    example: "vectors = embed net, clips",
    net, what,
    Argument<Int?>(
      "layer", "behind which layer, from 0; default: behind the last norm", bounds: .atLeast(0),
      named: true),
    Argument<String?>(
      "pooling", "which tokens are averaged; default: those of the head",
      allowed: Pooling.allCases.map(\.rawValue), named: true),
    window, hop,
    batch,
    Argument<FilePath?>("to", "a .npy or .csv file to write", named: true),
    skip
  ) { session, net, what, layer, pooling, window, hop, batch, to, skip in
    let source = try PredictionSource(what, session, "what")
    let options = try source.options(net.model, window, hop, batch: batch, skips: skip)
    defer { session.progress(nil) }
    let embeddings = EmbeddingsObject(
      try source.embed(
        net.model, layer, pooling.flatMap(Pooling.init(rawValue:)), options, session))
    guard let to else { return .object(embeddings) }
    try embeddings.write(to: to.path, session.interrupt)
    session.notice(
      "wrote \(embeddings.embeddings.files.count) rows of \(embeddings.embeddings.hidden) numbers to "
        + to.path.quoted)
    return .nil
  }
}
