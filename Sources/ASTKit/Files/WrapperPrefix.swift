/// What a wrapper has put before the names of a model's tensors when it was saved: `module.` of
/// DataParallel, `model.` of Lightning, or whatever the attribute was called.
enum WrapperPrefix {
  /// The longest prefix of whole steps that all names have, up to one of the steps that the
  /// model's own names begin with.
  static func common(to names: [String], before roots: Set<String>) -> String {
    guard let first = names.first else { return "" }
    var prefix = ""
    for step in first.split(separator: ".").dropLast() {
      let longer = "\(prefix)\(step)."
      guard !roots.contains(String(step)), names.allSatisfy({ $0.hasPrefix(longer) }) else { break }
      prefix = longer
    }
    return prefix
  }

  /// All that stands before the names of a backbone, the longest first: a file may list one
  /// twice, under two names. Empty when there is no backbone.
  static func all(in names: [String]) -> [String] {
    var prefixes: Set<String> = []
    let anchors = Backbones.known.flatMap { $0.anchors }
    let models = WeightNames.modelPrefixes
    for name in names {
      for anchor in anchors where name == anchor || name.hasSuffix(".\(anchor)") {
        var prefix = name.dropLast(anchor.count)
        for model in models where prefix.hasSuffix(model) {
          let rest = prefix.dropLast(model.count)
          if rest.isEmpty || rest.hasSuffix(".") { prefix = rest }
        }
        prefixes.insert(String(prefix))
      }
    }
    return prefixes.sorted { ($1.count, $0) < ($0.count, $1) }
  }
}

/// A checkpoint's key without what wrappers have added to it.
struct UnwrappedKey {
  let key: String
  /// The name inside the model.
  let name: String
  /// Whether the key lacks the prefix that the model's own names have, as those of a loss
  /// beside the model do.
  let isOutside: Bool
  /// Whether the tensor is what a module held before peft trained a copy of it.
  let isOriginal: Bool

  static func all(_ keys: [String]) -> [UnwrappedKey] {
    let names = keys.map(WeightNames.withoutCompiler)
    let prefixes = WrapperPrefix.all(in: names)
    return zip(keys, names).map { key, name in
      let prefix = prefixes.first(where: name.hasPrefix)
      let parsed = PEFTKey(String(name.dropFirst(prefix?.count ?? 0)))
      return UnwrappedKey(
        key: key, name: parsed.name, isOutside: !prefixes.isEmpty && prefix == nil,
        isOriginal: parsed.meaning == .original)
    }
  }
}
