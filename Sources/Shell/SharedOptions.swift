import ASTKit
import ArgumentParser

/// Options that every way of running petl takes.
struct SharedOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads to compute with; all cores unless given.", valueName: "n"))
  var threads: Int?

  @Option(help: "Whether to write colour: auto, always or never.")
  var color: ColorChoice = .auto

  mutating func validate() throws {
    guard let threads else { return }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads expects 1 to 1024, found \(threads)")
    }
    Threads.count = threads
  }
}

extension ColorChoice: ExpressibleByArgument {}
