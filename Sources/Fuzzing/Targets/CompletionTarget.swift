import Lang

/// Completion at any place of any text.
package final class CompletionTarget: FuzzTarget {
  package static let name = "completion"
  package static let summary = "Tab completion at any place"

  private let source = ScriptSource()
  private let session = Session(output: CollectedOutput(), isInteractive: true)

  package init(_ scratch: Scratch) throws {
    let names = Source(
      name: "names", text: "xs = [1, 2]; r = [a: 1, \"b c\": [c: 2]]; s = \"text\"; f = 3ms")
    _ = session.run(names)
  }

  package var validCount: Int { 0 }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    var bytes = source.text(number, &random)
    // The place is the end of the text; a path would list whatever folder there is.
    bytes.removeLast(random.below(bytes.count + 1))
    bytes.replace("/".utf8, with: "|".utf8)
    return FuzzInput("x.petl", bytes.suffix(300))
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let text = input.text
    let place = text.utf8.count
    for offset in [place, place / 2 - 1] {
      let found = session.completions(in: text, at: offset)
      guard 0 <= found.range.lowerBound, found.range.upperBound <= place else {
        throw BrokenPromise("completion of bytes \(found.range) of \(place)")
      }
      for candidate in found.candidates {
        if candidate.text.isEmpty { throw BrokenPromise("an empty candidate") }
      }
      if offset == place, found.range.upperBound != place {
        throw BrokenPromise("completion that does not end at the cursor")
      }
    }
    return session.completions(in: text, at: place).candidates.map(\.text).hashValue
  }
}
