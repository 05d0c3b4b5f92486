import FoundationEssentials

/// Reads and writes LoRA adapters in the folder layout of the `peft` package:
/// `adapter_config.json` and `adapter_model.safetensors`.
///
/// Layout: <https://huggingface.co/docs/peft/developer_guides/checkpoint>.
public enum PEFTFolder {
  static let configurationName = "adapter_config.json"
  static let tensorsName = "adapter_model.safetensors"
  static let olderTensorsName = "adapter_model.bin"
  static let prefix = "base_model.model."

  /// Whether the folder has an `adapter_config.json` of peft (AdapterHub's file of that name
  /// has no `peft_type`).
  public static func isAdapter(_ path: String) -> Bool {
    (try? JSONFile.read("\(path)/\(configurationName)").has("peft_type")) ?? false
  }

  /// Reads the adapter in a folder.
  ///
  /// - Parameter tensors: the file of its tensors; `nil` for the one that peft would read.
  /// - Throws: `PEFTError`, `WeightNamesError.conflict`, and the errors of its files.
  public static func read(_ path: String, tensors: String? = nil) throws -> PEFTAdapter {
    let configuration = try PEFTConfiguration(JSONFile.read("\(path)/\(configurationName)"))
    let hasSafetensors = FileManager.default.fileExists(atPath: "\(path)/\(tensorsName)")
    let source = try TensorFile.openFile(
      tensors ?? "\(path)/\(hasSafetensors ? tensorsName : olderTensorsName)")
    try SaveMark.check(
      configuration.file.object("auto_mapping", default: [:]), belongsTo: source)
    let found = try PEFTTensors(source, kinds: configuration.kinds)
    try configuration.checkSaved(found.saved.map(\.name), path: source.path)

    let modules = try found.modules.filter { try configuration.adapts($0.names) }
    let pairs = try modules.map { module in
      try module.pair(alpha: configuration.alphas.value(module.names), path: source.path)
    }
    guard !pairs.isEmpty else {
      guard let first = found.modules.first else { throw PEFTError.empty(path: source.path) }
      throw PEFTError.untargeted(path: configuration.file.path, module: first.name)
    }
    for (module, pair) in zip(modules, pairs) {
      // A pattern that cannot be told does not change what the matrices themselves say.
      guard let rank = try? configuration.ranks.value(module.names), rank != Double(pair.rank)
      else { continue }
      throw PEFTError.rank(
        path: source.path, module: pair.module, expected: rank, found: pair.rank)
    }
    var adapter = PEFTAdapter(
      pairs: pairs, saved: found.saved,
      dropout: try configuration.file.number("lora_dropout", default: 0),
      usesRankRoot: try configuration.file.bool("use_rslora", default: false),
      baseModel: try? configuration.file.text("base_model_name_or_path"))
    adapter.notices = configuration.notices(
      modules.map(\.names),
      leftOut: found.modules.map(\.name).filter { name in !modules.contains { $0.name == name } })
    return adapter
  }
}
