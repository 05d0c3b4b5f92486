import Foundation

/// What a checkpoint says of its tensors, as JSON in the file's metadata.
struct CheckpointDescription: Codable {
  /// The format that is written, and the only one that is read.
  static let format = 1

  var format = Self.format
  /// petl's version.
  var version = PetlVersion.current
  var model: ModelState
  var training: TrainingState
  var data: DataRecipe
  /// Names that stand for the tensor of another name.
  var aliases: [String: String]

  /// The metadata key.
  static let key = "petl.checkpoint"

  /// The description as one line of JSON, the same for the same run.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: Self.notFinite[0], negativeInfinity: Self.notFinite[1],
      nan: Self.notFinite[2])
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Reads the description in a file's metadata.
  ///
  /// - Parameter check: run once the format is known to be this one, and before the rest is read.
  /// - Throws: `CheckpointError.kind` for a file of something else, `.format`, `.damaged`.
  static func read(_ source: any TensorSource, check: () throws -> Void) throws -> Self {
    guard let text = source.metadata[key] else {
      throw CheckpointError.kind(path: source.path, found: try kind(of: source))
    }
    let data: Data
    do {
      data = try JSONFile.parse(Array(text.utf8), path: source.path).decodable()
    } catch JSONFileError.syntax(_, let reason) {
      throw CheckpointError.damaged(path: source.path, reason: reason)
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: notFinite[0], negativeInfinity: notFinite[1], nan: notFinite[2])
    // Of a later format only these are known.
    if let other = try? decoder.decode(Head.self, from: data), other.format != format {
      throw CheckpointError.format(
        path: source.path, found: other.format, version: other.version ?? "unknown")
    }
    try check()
    do {
      return try decoder.decode(Self.self, from: data)
    } catch let error as DecodingError {
      throw CheckpointError.damaged(path: source.path, reason: JSONFailure(error).reason)
    }
  }

  private struct Head: Decodable {
    var format: Int
    var version: String?
  }

  private static let notFinite = ["inf", "-inf", "nan"]

  private static func kind(of source: any TensorSource) throws -> String {
    guard try ModelDescription.read(source) != nil else {
      return (try? CanonicalWeights(source)) == nil ? "other tensors" : "a whole model"
    }
    return ModelFile.holdsModel(source) ? "a whole model" : "a set of adapters"
  }
}
