/// A number of an `adapter_config.json` that modules may differ in, such as `lora_alpha`, and
/// the exceptions by module, such as `alpha_pattern`.
///
/// The rule is that of `get_pattern_key` in peft (`utils/other.py`), from version 0.15 on. Before,
/// one key was chosen for rank and alpha together; but only files of 0.18 and later say which
/// version wrote them, so that no file asks for the older rule.
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
    exceptions = try patterns.values.keys.map { ($0, try patterns.number($0)) }
  }

  /// The number for a module, by the names it has in the model that the adapter is for: that of
  /// the first pattern, in the order of the file, that fits.
  /// - Throws: `PEFTError.pattern`
  func value(_ names: [String]) throws -> Double {
    for (pattern, value) in exceptions where try fits(pattern, names) { return value }
    return common
  }

  /// The patterns that fit none of the modules.
  func unused(by modules: [[String]]) throws -> [String] {
    try exceptions.map(\.pattern).filter { pattern in
      try !modules.contains { try fits(pattern, $0) }
    }
  }

  private func fits(_ pattern: String, _ names: [String]) throws -> Bool {
    let expression = PEFTExpression(path: path, key: key, text: pattern)
    return try names.contains { try expression.fits($0) { "(.*\\.)?(\($0))$" } }
  }
}

/// A regular expression in an `adapter_config.json`.
struct PEFTExpression {
  let path: String
  let key: String
  let text: String

  /// `re.fullmatch` with a name.
  /// - Throws: `PEFTError.pattern` for an expression that Python or petl cannot match.
  func fitsWhole(_ name: String) throws -> Bool {
    try explaining { try PythonPattern(text).matchesWhole(name) }
  }

  /// `re.match` with a name, after peft has put something round the expression.
  /// - Throws: `PEFTError.pattern`
  func fits(_ name: String, _ embedded: (String) -> String) throws -> Bool {
    try explaining { try PythonPattern(embedded(text)).matchesStart(of: name) }
  }

  private func explaining(_ match: () throws -> Bool) throws -> Bool {
    do {
      return try match()
    } catch let failure as PythonPattern.Failure {
      let reason =
        switch failure {
        case .broken: "it is no regular expression of Python"
        case .unsupported(let part): "'\(part.shown)' in it is not understood"
        case .tooLong: "matching it takes too long"
        }
      throw PEFTError.pattern(path: path, key: key, pattern: text, reason: reason)
    }
  }
}
