import Lang

/// Lexer, parser and the check of names, and what is drawn of their errors.
package final class SyntaxTarget: FuzzTarget {
  package static let name = "syntax"
  package static let summary = "the language's lexer, parser and check"

  private let source = ScriptSource()

  package init(_ scratch: Scratch) throws {}

  package var validCount: Int { 0 }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    FuzzInput("x.petl", source.text(number, &random))
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let source = Source(name: "x.petl", text: input.text)
    let session = Session(output: CollectedOutput(), isInteractive: true)
    let isIncomplete = session.isIncomplete(source.text)
    let found = Session.check(source)
    for diagnostic in found { try check(diagnostic, source) }
    do {
      let program = try Session.parse(source)
      if isIncomplete { throw BrokenPromise("what parses is said to be incomplete") }
      try check(program)
      return program.statements.count + found.count
    } catch let diagnostic as Diagnostic {
      try check(diagnostic, source)
      if diagnostic.isIncomplete != isIncomplete {
        throw BrokenPromise("it is incomplete at one place and not at another")
      }
      guard !found.isEmpty else { throw BrokenPromise("the check passes what does not parse") }
      throw diagnostic
    }
  }

  private func check(_ diagnostic: Diagnostic, _ source: Source) throws {
    if let range = diagnostic.location?.range {
      guard 0 <= range.start, range.start <= range.end, range.end <= source.text.utf8.count else {
        throw BrokenPromise(
          "an error at \(range.start) to \(range.end) of \(source.text.utf8.count)")
      }
    }
    for columns in [nil, 10, 79] {
      let text = diagnostic.rendered(color: false, columns: columns)
      if let fault = CollectedOutput.fault(of: text) { throw BrokenPromise(fault) }
    }
  }

  private func check(_ program: Syntax.Program) throws {
    var end = 0
    for statement in program.statements {
      guard statement.range.start >= end, statement.range.end >= statement.range.start else {
        throw BrokenPromise("statements that overlap, at \(statement.range.start)")
      }
      end = statement.range.end
    }
    for cell in program.cells {
      guard program.statements.indices.contains(cell.statements) || cell.statements.isEmpty else {
        throw BrokenPromise("a cell of statements that there are not")
      }
    }
  }
}
