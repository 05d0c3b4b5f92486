import Testing

@testable import ASTKit

/// RFC 4180 and what people's tables are beside it.
struct CSVTableTests {
  private func table(_ text: String) throws -> CSVTable { try CSVTable(Array(text.utf8)) }

  @Test(
    arguments: [
      "a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4", "a;b\n1;2\n3;4\n", "a\tb\n1\t2\n3\t4\n",
      "\u{FEFF}a,b\n1,2\n\n3,4\n", "\"a\",\"b\"\n\"1\",2\n3,\"4\"\n", "a,b\r1,2\r3,4\r",
    ])
  func theSameTable(_ text: String) throws {
    let table = try table(text)
    #expect(table.columns == ["a", "b"])
    #expect(table.rows.map(\.fields) == [["1", "2"], ["3", "4"]])
  }

  @Test func quotesHoldSeparatorsQuotesAndLines() throws {
    let table = try table("a,b\n\"x, \"\"y\"\"\",\"one\ntwo\"\nz,\n")
    #expect(table.rows.map(\.fields) == [["x, \"y\"", "one\ntwo"], ["z", ""]])
    #expect(table.rows.map(\.line) == [2, 4])
    // More commas than semicolons, but all of them in quotes.
    #expect(try self.table("\"a,,,\";b\n1;2\n").columns == ["a,,,", "b"])
  }

  @Test func oneColumnMayBeEmpty() throws {
    #expect(try table("a\n\nx\n").rows.map(\.fields) == [[""], ["x"]])
    #expect(try table("a,b\n").rows.isEmpty)
  }

  @Test func whatIsWrongHasItsLine() {
    func failure(_ bytes: [UInt8]) -> CSVTable.Failure? {
      #expect(throws: CSVTable.Failure.self) { try CSVTable(bytes) }
    }
    #expect(failure([])?.found == "nothing")
    #expect(failure(Array("a,b\n1,2\n3\n".utf8))?.line == 3)
    #expect(failure(Array("a,b\n\"1,2\n3,4\n".utf8))?.line == 2)
    #expect(failure(Array("a,b\n\"1\"x,2\n".utf8))?.line == 2)
    #expect(failure(Array("a,b\n".utf8) + [0xFF, 0x2C, 0x31])?.line == 2)
  }
}
