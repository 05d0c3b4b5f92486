import ASTKit
import Glibc

/// The environment petl was started in.
enum Environment {
  /// The value of a variable, `nil` when unset or empty.
  static subscript(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// Whether the terminal understands cursor movement.
  static var terminalIsCapable: Bool {
    guard let terminal = Environment["TERM"] else { return false }
    return terminal != "dumb"
  }

  /// Whether a person types at standard input.
  static var inputIsTerminal: Bool { isatty(0) == 1 }

  static var home: String? {
    if let home = Environment["HOME"] { return home }
    guard let entry = getpwuid(getuid()), let directory = entry.pointee.pw_dir else { return nil }
    return String(cString: directory)
  }
}

/// Whether to write colour: what `--color` says, else what the surroundings ask for.
enum ColorChoice: String, CaseIterable {
  case auto, always, never

  func isOn(terminal: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: terminal && Environment.terminalIsCapable && Environment["NO_COLOR"] == nil
    }
  }
}

/// Where a user's own files are, by the XDG base directory specification.
enum UserFiles {
  /// The startup file of the REPL.
  static var startup: String? { path("XDG_CONFIG_HOME", ".config", "init.petl") }
  /// The entries typed in earlier sessions.
  static var history: String? { path("XDG_STATE_HOME", ".local/state", "history") }

  private static func path(_ variable: String, _ fallback: String, _ name: String) -> String? {
    // The specification says to ignore a path that is not absolute.
    if let base = Environment[variable], PathBytes.isAbsolute(base) {
      return "\(base)/petl/\(name)"
    }
    return Environment.home.map { "\($0)/\(fallback)/petl/\(name)" }
  }
}
