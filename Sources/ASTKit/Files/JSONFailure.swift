/// A decoder's complaint in the words of this project.
struct JSONFailure {
  /// What is wrong, without the name of the file.
  let reason: String

  init(_ error: DecodingError) {
    switch error {
    case .keyNotFound(let key, _):
      reason = "it has no '\(key.stringValue)'"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      let key = context.codingPath.last { $0.intValue == nil }
      reason = key.map { "'\($0.stringValue)' has the wrong type" } ?? "it has the wrong type"
    default:
      reason = "it is not valid JSON"
    }
  }
}
