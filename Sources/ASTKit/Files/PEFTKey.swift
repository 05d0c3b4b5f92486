/// What a tensor of an adapter's file is, by its name.
struct PEFTKey: Equatable {
  enum Meaning: Equatable {
    /// A LoRA matrix of a module.
    case matrix(isDown: Bool)
    /// A tensor of a module that was trained whole (`modules_to_save`).
    case saved
    /// What such a module held before, which peft keeps and does not compute with.
    case original
    /// A weight below LoRA matrices, as a state dictionary of the whole model has it.
    case base
    /// A tensor under the model's own name: peft saves a module that was trained whole so.
    case plain
  }

  var meaning: Meaning
  /// Of a matrix the module's name, otherwise the tensor's, in the model that the adapter is for.
  var name: String
  /// The adapter's name; `nil` where peft has left it out, as it does when it saves.
  var adapter: String?

  /// - Parameter key: without what a wrapper has put before all keys.
  init(_ key: String) {
    var name = WeightNames.withoutCompiler(key)
    if name.hasPrefix(PEFTFolder.prefix) { name.removeFirst(PEFTFolder.prefix.count) }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    func joined(_ range: Range<Int>) -> String { parts[range].joined(separator: ".") }

    self.init(meaning: .plain, name: name, adapter: nil)
    for (part, isDown) in [("lora_A", true), ("lora_B", false)] {
      guard let at = parts.lastIndex(of: part), parts.last == "weight",
        (1...2).contains(parts.count - 1 - at)
      else { continue }
      let adapter = at + 2 < parts.count ? parts[at + 1] : nil
      self.init(meaning: .matrix(isDown: isDown), name: joined(0..<at), adapter: adapter)
    }
    if let at = parts.firstIndex(of: "modules_to_save"), at + 2 < parts.count {
      let rest = parts[..<at] + parts[(at + 2)...]
      self.init(meaning: .saved, name: rest.joined(separator: "."), adapter: parts[at + 1])
    } else if let at = parts.firstIndex(of: "original_module") {
      let rest = parts[..<at] + parts[(at + 1)...]
      self.init(meaning: .original, name: rest.joined(separator: "."), adapter: nil)
    } else if let at = parts.firstIndex(of: "base_layer") {
      let rest = parts[..<at] + parts[(at + 1)...]
      self.init(meaning: .base, name: rest.joined(separator: "."), adapter: nil)
    }
  }

  private init(meaning: Meaning, name: String, adapter: String?) {
    (self.meaning, self.name, self.adapter) = (meaning, name, adapter)
  }
}
