/// What the files of one save share, so that tensors of one save beside the configuration of
/// another are told from a whole save: `AtomicFolder` cannot rule that out everywhere, nor can a
/// copy that was broken off.
///
/// It is made from what the configurations said when they were saved, not when they are read:
/// who edits one by hand keeps its mark. Files without a mark are of other programs and belong
/// to anything.
struct SaveMark: Equatable {
  /// Its key in the tensors' metadata and in JSON files.
  static let key = "petl_save"

  let text: String

  /// The mark of a save with these JSON files; the same files have the same mark.
  init(_ files: [JSONMembers]) throws {
    let text = try files.map { try JSONFile.text($0) }.joined(separator: "\n")
    self.text = String(ContentHash.of(Array(text.utf8)), radix: 16)
  }

  /// Metadata of tensors with the mark.
  func `in`(_ metadata: [String: String]) -> [String: String] {
    metadata.merging([Self.key: text]) { $1 }
  }

  /// A JSON object with the mark.
  func `in`(_ values: JSONMembers) -> JSONMembers {
    var marked = values
    marked[Self.key] = .text(text)
    return marked
  }

  /// - Parameters:
  ///   - object: the file, or the part of it that has the mark.
  ///   - tensors: the tensors it is to describe.
  /// - Throws: `ModelFileError.mixed` when both are marked and not of one save.
  static func check(_ object: JSONObject?, belongsTo tensors: any TensorSource) throws {
    guard let own = tensors.metadata[key], let object, let other = object[key] else { return }
    guard other == .text(own) else {
      throw ModelFileError.mixed(tensors: tensors.path, configuration: object.path)
    }
  }
}
