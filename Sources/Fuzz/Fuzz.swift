// Attacks the readers and the language with changed files and texts; see docs/fuzzing.md.
import Foundation
import Fuzzing

@main
enum Fuzz {
  static func main() {
    do {
      let options = try Options(Array(CommandLine.arguments.dropFirst()))
      if options.lists {
        for target in FuzzTargets.all {
          print(target.name.padding(toLength: 14, withPad: " ", startingAt: 0) + target.summary)
        }
      } else if let worker = options.worker {
        try Worker(options, worker).run()
      } else if let number = options.only {
        exit(try One(options, number).run() ? 0 : 1)
      } else {
        exit(try options.targets.map { try Supervisor(options, $0).run() }.contains(false) ? 1 : 0)
      }
    } catch let error as Options.Mistake {
      FileHandle.standardError.write(Data("\(error.what)\n\(Options.usage)\n".utf8))
      exit(2)
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      exit(1)
    }
  }
}
