import ArgumentParser
import ASTKit
import Lang

@main
struct Petl: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "petl", version: PetlVersion.current)
}
