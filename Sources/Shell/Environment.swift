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
  static var startup: String? {
    folder("XDG_CONFIG_HOME", ".config").map { "\($0)/init.petl" }
  }
  /// The entries typed in earlier sessions.
  static var history: String? { state.map { "\($0)/history" } }
  /// What outlasts a session.
  static var state: String? { folder("XDG_STATE_HOME", ".local/state") }

  private static func folder(_ variable: String, _ fallback: String) -> String? {
    // The specification says to ignore a path that is not absolute.
    if let base = Environment[variable], PathBytes.isAbsolute(base) { return "\(base)/petl" }
    return Environment.home.map { "\($0)/\(fallback)/petl" }
  }
}
