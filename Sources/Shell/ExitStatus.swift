import ASTKit
import Glibc
import Lang

/// The statuses petl ends with.
enum ExitStatus {
  static let success: Int32 = 0
  /// A script stopped at an error.
  static let scriptError: Int32 = 1
  /// The command line was wrong, or named a file that cannot be read.
  static let usage: Int32 = 2
  /// Ctrl-C (130), or a request to end: SIGTERM (143), or a terminal that went away (129).
  static var interrupted: Int32 { ended(by: Interrupts.endSignal ?? SIGINT) }
  /// Nobody reads our output any more, as a shell would report SIGPIPE.
  static let closedPipe: Int32 = 141

  /// The status by which a shell tells that a signal ended a program.
  static func ended(by signal: Int32) -> Int32 { 128 + signal }
}

/// A mistake on the command line, found after parsing it.
enum UsageError: DescribedError {
  case unreadableFile(path: String, reason: String, nearest: String?)
  case isFolder(path: String)
  /// An empty text where a script is named.
  case emptyName
  /// What the file holds or is.
  case unreadableScript(TextFileError)
  case unknownCommand(String, nearest: String?)
  case settingWithoutValue(String)
  case invalidSettingName(String)
  case unknownParameter(String, script: String, known: [String])
  case conflictingInputs
  /// An argument whose bytes are no UTF-8 text.
  case notText(position: Int, bytes: [UInt8])

  var message: String {
    switch self {
    case .unreadableFile(let path, let reason, _): "cannot read '\(path)': \(reason)"
    case .isFolder(let path): "'\(path)' is a folder, expected a petl script"
    case .emptyName: "the name of the script is empty"
    case .unreadableScript(let error): error.message
    case .unknownCommand(let name, _):
      "'\(name)' is neither a command nor a script, expected 'run', 'check' or a FILE.petl"
    case .settingWithoutValue(let text):
      "--set expects name=value, found \(Self.quoted(text))"
    case .invalidSettingName(let name):
      "--set expects the name of a script parameter before '=', found \(Self.quoted(name))"
    case .unknownParameter(let name, let script, _):
      "'\(script)' has no parameter '\(name)'"
    case .conflictingInputs: "-e CODE and a script cannot be given together"
    case .notText(let position, let bytes):
      "argument \(position) is not UTF-8 text: '\(Self.escaped(bytes))'"
    }
  }

  var hint: String? {
    switch self {
    case .unreadableFile(_, _, let nearest?): "did you mean '\(nearest)'?"
    case .unknownCommand(_, let nearest?): "did you mean '\(nearest)'?"
    case .unknownParameter(_, _, []): "declare it with 'param name = value'"
    case .unknownParameter(let name, _, let known):
      NearestName.find(name, in: known).map { "did you mean '\($0)'?" }
        ?? "it has \(known.map { "'\($0)'" }.joined(separator: ", "))"
    case .settingWithoutValue: "as in --set lr=1e-3"
    default: nil
    }
  }

  private static func quoted(_ text: String) -> String {
    text.isEmpty ? "nothing" : "'\(text)'"
  }

  /// Bytes as text, those beyond ASCII as `\xE9`: no character is guessed.
  private static func escaped(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      if byte >= 0x20 && byte < 0x7F { return String(Unicode.Scalar(byte)) }
      return "\\x" + String(byte >> 4, radix: 16, uppercase: true)
        + String(byte & 15, radix: 16, uppercase: true)
    }.joined()
  }
}
