/// A number of an `adapter_config.json` that modules may differ in, such as `lora_alpha`, and
/// the exceptions by module, such as `alpha_pattern`.
struct PEFTPatterns {
  private let path: String
  private let key: String
  private let common: Double
  private let exceptions: [(pattern: String, value: Double)]

  /// - Throws: `JSONFileError.type`
  init(_ configuration: JSONObject, _ name: String, exceptions key: String) throws {
    path = configuration.path
    self.key = key
    // The default of both is peft's.
    common = try configuration.number(name, default: 8)
    let patterns = try configuration.object(key, default: [:])
    exceptions = try patterns.values.keys.sorted().map { ($0, try patterns.number($0)) }
  }

  /// The number for a module, by petl's name.
  ///
  /// peft matches a pattern as a regular expression against the whole name or what follows
  /// a dot. Names of modules are what is written there; only those are understood.
  /// - Throws: `PEFTError.variation` for another expression.
  func value(_ module: String) throws -> Double {
    for (pattern, value) in exceptions {
      var name = pattern.replacing("\\.", with: ".")
      if name.hasPrefix("^") { name.removeFirst() }
      guard name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }) else {
        throw PEFTError.variation(
          path: path, name: "\(key) \"\(pattern)\"",
          reason: "only names of modules are understood there")
      }
      let known = canonical(name)
      if [name, known].contains(where: { module == $0 || module.hasSuffix(".\($0)") }) {
        return value
      }
    }
    return common
  }

  private func canonical(_ name: String) -> String {
    let name = PEFTFolder.unwrapped(name)
    return WeightNames.astModule(name) ?? PEFTFolder.shortNames[name] ?? name
  }
}
