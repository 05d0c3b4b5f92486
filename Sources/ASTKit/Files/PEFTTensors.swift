/// The tensors of an adapter's file under petl's names.
struct PEFTTensors {
  /// A module and its LoRA matrices.
  struct Module {
    /// petl's name.
    let name: String
    /// The names it has in the file, which are those in the model the adapter is for. petl's
    /// own files have every matrix under the names of both versions of transformers.
    var names: [String] = []
    var down: Tensor?
    var up: Tensor?

    /// - Throws: `PEFTError.incomplete`, `.shapes`
    func pair(alpha: Double, path: String) throws -> PEFTAdapter.Pair {
      guard let down, let up else { throw PEFTError.incomplete(path: path, module: name) }
      guard down.shape.count == 2, up.shape.count == 2, down.shape[0] == up.shape[1],
        down.shape[0] > 0
      else { throw PEFTError.shapes(path: path, module: name, down: down.shape, up: up.shape) }
      return PEFTAdapter.Pair(module: name, down: down, up: up, alpha: alpha)
    }
  }

  /// In the order of the file.
  private(set) var modules: [Module] = []
  /// Tensors of modules that were trained whole.
  private(set) var saved: [(name: String, tensor: Tensor)] = []
  private let path: String
  /// The key of each in `saved`.
  private var savedKeys: [String] = []

  /// Reads all tensors. Of a module that was trained whole, what it was before is not read:
  /// peft does not compute with it.
  /// - Throws: `PEFTError`, `WeightNamesError.conflict` when two tensors become one name and
  ///   differ, and what reading a tensor throws.
  init(_ source: any TensorSource, kinds: [any BackboneConfiguration.Type]) throws {
    path = source.path
    let wrapper = WrapperPrefix.common(to: source.names, before: Self.roots)
    let keys = source.names.map { PEFTKey(String($0.dropFirst(wrapper.count))) }
    let adapters = Set(keys.compactMap(\.adapter))
    guard adapters.count < 2 else {
      throw PEFTError.several(path: path, names: adapters.sorted())
    }
    for (key, parsed) in zip(source.names, keys) {
      let name = Self.withoutModel(parsed.name)
      switch parsed.meaning {
      case .matrix(let isDown):
        guard let module = kinds.lazy.compactMap({ $0.module(named: name) }).first else {
          throw PEFTError.unknownTensor(path: path, name: key)
        }
        try add(source.tensor(key), to: module, called: parsed.name, isDown: isDown)
      case .saved, .plain:
        guard name.hasPrefix("classifier.") || name.hasPrefix("layernorm.") else {
          throw Self.unknown(name, key, source)
        }
        try add(source.tensor(key), name: name, key: key)
      case .original: continue
      case .base: throw Self.unknown(name, key, source)
      }
    }
  }

  private mutating func add(
    _ tensor: Tensor, to module: String, called name: String, isDown: Bool
  ) throws {
    let index = modules.firstIndex { $0.name == module } ?? modules.endIndex
    if index == modules.endIndex { modules.append(Module(name: module)) }
    if let present = isDown ? modules[index].down : modules[index].up,
      !present.hasSameBytes(as: tensor)
    {
      throw PEFTError.conflict(path: path, module: module)
    }
    if isDown { modules[index].down = tensor } else { modules[index].up = tensor }
    if !modules[index].names.contains(name) { modules[index].names.append(name) }
  }

  private mutating func add(_ tensor: Tensor, name: String, key: String) throws {
    guard let present = saved.firstIndex(where: { $0.name == name }) else {
      saved.append((name, tensor))
      savedKeys.append(key)
      return
    }
    guard saved[present].tensor.hasSameBytes(as: tensor) else {
      throw WeightNamesError.conflict(path: path, name: name, keys: [savedKeys[present], key])
    }
  }

  /// What to say of a tensor that an adapter does not have: a state dictionary of the whole
  /// model is full of these.
  private static func unknown(
    _ name: String, _ key: String, _ source: any TensorSource
  ) -> PEFTError {
    let meanings = Backbones.known.compactMap { $0.layouts.first?.meaning(name, false) }
    let isBackbone = meanings.contains { if case .backbone = $0 { true } else { false } }
    return isBackbone
      ? .wholeModel(path: source.path, name: key) : .unknownTensor(path: source.path, name: key)
  }
}

// MARK: - Names

extension PEFTTensors {
  /// What the names inside a model begin with, after any wrapper.
  private static var roots: Set<String> {
    Backbones.known.reduce(into: ["base_model", "classifier"]) { roots, kind in
      roots.formUnion(kind.roots.union([kind.transformers.attribute]))
    }
  }

  /// `audio_spectrogram_transformer.x` → `x`
  static func withoutModel(_ name: String) -> String {
    for prefix in WeightNames.modelPrefixes where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    return name
  }
}
