import Foundation
import TestSupport

/// The built program with a home folder made for one test, in which it also runs.
struct PetlHome {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var environment: [String: String] {
    ["HOME": folder.path, "INPUTRC": "/dev/null", "TMPDIR": folder.path]
  }

  /// The path of a file in the folder, which need not exist.
  func file(_ name: String) -> String { folder.file(name) }

  func write(_ text: String, to name: String) throws {
    try folder.write(name, Array(text.utf8))
  }

  /// Starts petl at a terminal.
  func petl(
    _ arguments: String..., environment: [String: String] = [:], columns: Int = 80
  ) throws -> PseudoTerminal {
    try start(arguments, environment, columns)
  }

  /// Starts petl at a terminal and waits for its first prompt.
  func prompt(
    _ arguments: String..., environment: [String: String] = [:], columns: Int = 80
  ) throws -> PseudoTerminal {
    let terminal = try start(arguments, environment, columns)
    try terminal.expect("petl> ")
    return terminal
  }

  private func start(
    _ arguments: [String], _ environment: [String: String], _ columns: Int
  ) throws -> PseudoTerminal {
    try PseudoTerminal(
      Program.built("petl"), arguments,
      environment: self.environment.merging(environment) { $1 }, folder: folder.path,
      columns: columns)
  }

  /// Runs petl to its end, without a terminal.
  func run(_ arguments: String..., input: String = "") throws -> Program {
    try Program(
      Program.built("petl"), arguments, input: input, environment: environment,
      folder: folder.path)
  }
}
