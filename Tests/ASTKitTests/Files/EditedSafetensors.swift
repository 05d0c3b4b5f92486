import ASTKit
import Foundation

/// A file that petl wrote, changed as an accident or somebody with ill intent might.
struct EditedSafetensors {
  var tensors: [String: Tensor] = [:]
  /// petl's description as JSON.
  var description: [String: Any] = [:]
  /// In place of the description, if it should be no JSON at all.
  var text: String?

  init(_ path: String) throws {
    let source = try Safetensors(path)
    for name in source.names { tensors[name] = try source.tensor(name).copy() }
    let text = source.metadata["petl"] ?? "{}"
    description = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }

  /// The only attachment, as the description has it.
  var method: [String: Any] {
    get { (description["attachments"] as? [[String: Any]])?.first ?? [:] }
    set { description["attachments"] = [newValue] }
  }

  /// The sizes of the backbone.
  var sizes: [String: Any] {
    get { (description["backbone"] as? [String: [String: Any]])?["ast"] ?? [:] }
    set { description["backbone"] = ["ast": newValue] }
  }

  func write(_ path: String) throws {
    let json = try JSONSerialization.data(withJSONObject: description)
    try Safetensors.write(
      tensors.sorted { $0.key < $1.key }.map { Safetensors.Item($0.key, $0.value) },
      metadata: ["petl": text ?? String(decoding: json, as: UTF8.self)], to: path)
  }
}
