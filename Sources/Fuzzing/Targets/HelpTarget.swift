import ASTKit
import Lang

/// Help about anything.
package final class HelpTarget: FuzzTarget {
  package static let name = "help"
  package static let summary = "help about, and search for, any word"

  private let source = ScriptSource()
  private let session = Session(output: CollectedOutput(), isInteractive: true)

  package init(_ scratch: Scratch) throws {
    _ = session.run(Source(name: "names", text: "xs = [1, 2]; r = [a: 1, b: [c: 2]]; f = 3ms"))
  }

  package var validCount: Int { Commands.all.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    if number < validCount { return FuzzInput("x.txt", Array(Commands.all[number].name.utf8)) }
    let text = source.text(number, &random)
    let start = random.below(text.count)
    var words = Array(text[start..<min(text.count, start + 1 + random.below(20))])
    if random.chance(40) {
      words = Array("\(random.pick(["xs", "r", "f", "pi", "houlsby"])).".utf8) + words
    }
    return FuzzInput("x.txt", words)
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let found = Help.search(input.text)
    if let fault = CollectedOutput.fault(of: found) { throw BrokenPromise(fault) }
    do {
      let text = try Help.text(about: input.text, in: session)
      if let fault = CollectedOutput.fault(of: text) { throw BrokenPromise(fault) }
      return text.hashValue
    } catch let error as BrokenPromise {
      throw error
    } catch {
      // As the prompt shows it.
      throw Diagnostic("\(error)".printable)
    }
  }
}
