/// What the names of tensors in checkpoints have in common, whichever backbone they are of; its
/// own names are in its `layouts`.
enum WeightNames {
  /// What a key of a checkpoint stands for.
  enum Meaning: Equatable {
    /// A tensor of the backbone under petl's name.
    case backbone(String)
    /// Rows `part`/3 of a matrix that holds query, key and value one above the other.
    case fused([String])
    /// A tensor of a classification head.
    case head(String)
    /// A tensor that a fine-tuning method added, under its own name.
    case method(String)
    /// A tensor of a classification head of another kind than petl's.
    case foreignHead
    /// A tensor that is known and not needed: heads for pre-training.
    case dropped
    case unknown
  }

  /// What transformers' classifiers call the backbone inside them.
  static var modelPrefixes: [String] { Backbones.known.map { $0.transformers.prefix } }

  /// The name inside the backbone, which the published code calls `model`.
  static func withoutModel(_ name: String, isPublished: Bool) -> String {
    var name = name[...]
    for prefix in (isPublished ? ["model."] : []) + modelPrefixes where name.hasPrefix(prefix) {
      name = name.dropFirst(prefix.count)
    }
    return String(name)
  }

  /// What people call a head, before the names of its tensors.
  private static let headNames = [
    "classifier.", "classification_head.", "head.", "mlp_head.", "fc.", "linear.", "out.",
    "projector.",
  ]

  /// Before the names of a head that has the layers of transformers' and is used otherwise.
  static let ownHead = "petl."

  /// Whether a tensor of this name must be one of a head.
  static func isHead(_ name: String) -> Bool { headNames.contains(where: name.hasPrefix) }

  /// The name without the step that `torch.compile` puts before a module it has compiled.
  static func withoutCompiler(_ key: String) -> String {
    key.replacing("_orig_mod.", with: "")
  }

  /// `encoder.layer.7.x.weight` → `("encoder.layer.", 7, "x.weight")` for the first prefix
  /// that fits.
  static func layer(
    _ key: String, _ prefixes: [String]
  ) -> (prefix: String, index: Int, rest: String)? {
    for prefix in prefixes where key.hasPrefix(prefix) {
      let tail = key.dropFirst(prefix.count)
      guard let dot = tail.firstIndex(of: "."), let index = Int(tail[..<dot]), index >= 0,
        String(index) == tail[..<dot]
      else { continue }
      return (prefix, index, String(tail[tail.index(after: dot)...]))
    }
    return nil
  }

  /// Splits `a.b.weight` into `a.b` and `.weight`; nothing when it ends otherwise.
  static func split(_ name: String) -> (module: String, kind: String)? {
    for kind in [".weight", ".bias"] where name.hasSuffix(kind) {
      return (String(name.dropLast(kind.count)), kind)
    }
    return nil
  }

  /// Whether the published code calls a tensor of a method so.
  static func isMethod(_ name: String) -> Bool {
    name == "prompt_embeddings" || name == "deep_prompt_embeddings"
      || layer(name, ["encoder.layer.", "encoder.layers."]) != nil
  }
}
