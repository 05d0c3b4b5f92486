import ASTKit

/// Hidden states of clips, one vector each.
final class EmbeddingsObject: ObjectArgument, ListedMembers {
  let embeddings: Embeddings

  init(_ embeddings: Embeddings) { self.embeddings = embeddings }

  static let typeDescription = "a result of embed"
  let typeName = "embeddings"

  static let members: [ObjectMember<EmbeddingsObject>] = [
    ObjectMember("count", "number of vectors") { .count($0.embeddings.files.count) },
    ObjectMember("hidden", "numbers in each") { .count($0.embeddings.hidden) },
    ObjectMember("files", "the file of each") { .strings($0.embeddings.files) },
    ObjectMember("starts", "where the part begins that each is of, in seconds") {
      .numbers($0.embeddings.spans.map(\.start))
    },
    ObjectMember("ends", "where it ends, in seconds") { .numbers($0.embeddings.spans.map(\.end)) },
    ObjectMember("values", "the vectors, a list of lists") { object in
      .list(List(object.embeddings.files.indices.map { .numbers(object.row($0).map(Double.init)) }))
    },
  ]

  var summary: String {
    "\(embeddings.files.count) vectors of \(embeddings.hidden) numbers"
  }

  private func row(_ index: Int) -> ArraySlice<Float> {
    let width = embeddings.hidden
    return embeddings.values[(index * width)..<((index + 1) * width)]
  }

  /// Writes them: `.npy` as numpy reads it, without names; `.csv` with file and times before the
  /// numbers.
  /// - Throws: `CommandError` for another ending, `FileError`, `EngineError.interrupted`.
  func write(to path: String, _ interrupt: InterruptFlag) throws {
    if PathBytes.hasEnding(path, ".npy") {
      return try NPYFile.write(embeddings.values, columns: embeddings.hidden, to: path)
    }
    guard PathBytes.hasEnding(path, ".csv") else {
      throw CommandError(
        "embeddings go into a .npy or .csv file, found \(path.quoted)", argument: "to")
    }
    try AtomicFile.write(path) { sink in
      let titles = (0..<embeddings.hidden).map { "x\($0)" }
      try sink.write((["file", "start", "end"] + titles).joined(separator: ",") + "\n")
      for index in embeddings.files.indices {
        try interrupt.check()
        let span = embeddings.spans[index]
        let start = try CSVText.line([
          .string(embeddings.files[index]), .number(span.start), .number(span.end),
        ])
        try sink.write(start + "," + row(index).map { "\($0)" }.joined(separator: ",") + "\n")
      }
    }
  }
}
