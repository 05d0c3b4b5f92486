/// Which modules peft puts LoRA on by an `adapter_config.json`; tensors of others it passes over.
///
/// The rule is that of `check_target_module_exists` in peft 0.21 (`tuners/tuners_utils.py`); of
/// older versions it differs in what they did not have, such as `exclude_modules`.
struct PEFTTargets {
  /// Names of modules, or an expression for the whole name.
  private enum Choice {
    case names([String])
    case expression(String)
    /// `"all-linear"`, or nothing said.
    case all
  }

  private let path: String
  private let targets: Choice
  private let excluded: Choice
  /// `modules_to_save`: these are trained whole, and so are the modules inside.
  private let saved: [String]
  private let layers: [Int]?
  private let layerLists: [String]

  /// - Throws: `JSONFileError.type`
  init(_ configuration: JSONObject) throws {
    path = configuration.path
    targets = try Self.choice("target_modules", of: configuration)
    excluded = try Self.choice("exclude_modules", of: configuration)
    saved = try configuration.texts("modules_to_save", default: [])
    if case .integer(let layer) = configuration["layers_to_transform"] ?? .null {
      layers = [layer]
    } else {
      let given = try configuration.integers("layers_to_transform", default: [])
      layers = given.isEmpty ? nil : given
    }
    if case .text(let pattern) = configuration["layers_pattern"] ?? .null {
      layerLists = pattern.isEmpty ? [] : [pattern]
    } else {
      layerLists = try configuration.texts("layers_pattern", default: [])
    }
  }

  private static func choice(_ key: String, of configuration: JSONObject) throws -> Choice {
    switch configuration[key] ?? .null {
    case .null: return .all
    case .text(let text):
      return text.lowercased() == "all-linear" ? .all : .expression(text)
    default: return .names(try configuration.texts(key))
    }
  }

  /// Whether peft adapts the module of this name in the model that the adapter is for.
  /// - Throws: `PEFTError.pattern`
  func include(_ name: String) throws -> Bool {
    if try isExcluded(name) { return false }
    switch targets {
    case .all: return true
    case .expression(let text):
      return try expression(text, of: "target_modules").fitsWhole(name)
    case .names(let names):
      if names.contains(name) { return true }
      return try names.contains { name.hasSuffix(".\($0)") } && isInChosenLayer(name)
    }
  }

  private func isExcluded(_ name: String) throws -> Bool {
    switch excluded {
    case .all: break
    case .expression(""): break
    case .expression(let text):
      if try expression(text, of: "exclude_modules").fitsWhole(name) { return true }
    case .names(let names):
      if names.contains(where: { name == $0 || name.hasSuffix(".\($0)") }) { return true }
    }
    return try saved.contains {
      try expression($0, of: "modules_to_save").fits(name) { "(^|.*\\.)\($0)($|\\..*)" }
    }
  }

  /// Whether the name has an index that `layers_to_transform` lists, after a list of layers
  /// that `layers_pattern` names.
  private func isInChosenLayer(_ name: String) throws -> Bool {
    guard let layers else { return true }
    let before = layerLists.isEmpty ? [".*?\\.[^.]*"] : layerLists.map { "(?:^|.*?\\.)\($0)" }
    return try layers.contains { layer in
      try before.contains {
        try expression($0, of: "layers_pattern").fits(name) { "\($0)\\.0*\(layer)\\." }
      }
    }
  }

  private func expression(_ text: String, of key: String) -> PEFTExpression {
    PEFTExpression(path: path, key: key, text: text)
  }
}
