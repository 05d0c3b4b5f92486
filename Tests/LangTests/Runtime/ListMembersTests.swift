import ASTKit
import Testing

@testable import Lang

@Suite("Long lists")
struct ListMembersTests {
  private let session = Session(output: TextSink(), isInteractive: false)

  private func call(_ name: String, _ values: [Value]) throws -> Value {
    let member = try #require(ListMembers.all.first { $0.command.name == name })
    return try member.command.body(
      session, try member.command.bind(CallArguments(values), receivers: 1))
  }

  @Test("unique takes a moment for many lists", .timeLimit(.minutes(1)))
  func uniqueIsFast() throws {
    let lists = (0..<40_000).map { Value.list([.count($0 % 30_000), "a"]) }
    guard case .list(let result) = try call("unique", [.list(lists)]) else {
      throw CommandError("no list")
    }
    #expect(result.count == 30_000)
  }

  @Test("unique tells long texts apart that differ at their end")
  func uniqueLongTexts() throws {
    let start = String(repeating: "a", count: 1_000_001)
    let texts = Value.strings([start + "b", start + "c", start + "b"])
    guard case .list(let result) = try call("unique", [texts]) else {
      throw CommandError("no list")
    }
    #expect(result.count == 2)
  }

  @Test(
    "long work on a list stops when asked to",
    arguments: [
      ("unique", []), ("sorted", []), ("contains", [9]), ("index", [9]), ("joined", ["-"]),
    ] as [(String, [Value])])
  func interrupt(_ name: String, _ values: [Value]) {
    session.interrupt.raise()
    #expect(throws: EngineError.interrupted) { try call(name, [.numbers([3, 1, 2])] + values) }
  }

  @Test("so do comparisons and 'in'")
  func interruptedOperators() {
    session.interrupt.raise()
    let list = Value.numbers((0..<10_000).map(Double.init))
    let same = Value.numbers((0..<10_000).map(Double.init))
    for (operation, left) in [(.equal, same), (.in, 3)] as [(Syntax.BinaryOperator, Value)] {
      #expect(throws: EngineError.interrupted) {
        try Operators.apply(operation, left, list, interrupt: session.interrupt)
      }
    }
  }
}
