import ASTKit
import TestSupport
import Testing

/// Ops that move tokens about: concatenation, ranges, means, sums, other shapes.
struct TokensTests {
  private let x = DoubleTensor.random([2, 5, 3], seed: 1)

  @Test("concatenation, parts with a batch of one being shared")
  func concatenation() throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "class token": .random([1, 1, 3], seed: 2), "x": x,
      "prompts": .random([1, 2, 3], seed: 3), "more": .random([2, 1, 3], seed: 4),
    ]
    #expect(
      try gradientMismatches(inputs) {
        try $0.concatenate($1)
      } reference: {
        Naive.concatenate($0)
      } == [])
  }

  @Test("a run of tokens", arguments: [0..<5, 1..<4, 4..<5])
  func range(range: Range<Int>) throws {
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.tokens($1[0], range)
      } reference: {
        Naive.tokens($0[0], range)
      } == [])
  }

  @Test("the mean over a run of tokens", arguments: [0..<5, 1..<4, 0..<1])
  func mean(range: Range<Int>) throws {
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.tokenMean($1[0], over: range)
      } reference: {
        Naive.tokenMean($0[0], range)
      } == [])
  }

  @Test("runs outside the tokens are refused")
  func outside() {
    let x = x.tensor
    #expect(throws: EngineError.self) { try Tape(.inference).tokens(x, 3..<6) }
    #expect(throws: EngineError.self) { try Tape(.inference).tokenMean(x, over: 2..<2) }
  }

  @Test("sums, of equal shapes and with one shared by the batch")
  func sums() throws {
    #expect(
      try gradientMismatches(["a": x, "b": .random([2, 5, 3], seed: 2)]) {
        try $0.add($1[0], $1[1])
      } reference: {
        $0[0].combined($0[1], +)
      } == [])
    #expect(
      try gradientMismatches(["a": x, "b": .random([1, 5, 3], seed: 2)]) {
        try $0.add($1[0], $1[1])
      } reference: {
        $0[0].combined(DoubleTensor([2, 5, 3], $0[1].values + $0[1].values), +)
      } == [])
  }

  @Test("a tensor added to itself, and a residual around it, gather every contribution")
  func residual() throws {
    #expect(
      try gradientMismatches(["x": x]) { tape, x in
        let twice = try tape.add(x[0], x[0])
        return try tape.add(tape.multiply(twice, x[0]), twice)
      } reference: {
        $0[0].map { 2 * $0 * $0 + 2 * $0 }
      } == [])
  }

  @Test("another shape, and one item of the first dimension")
  func views() throws {
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.reshape($1[0], to: [10, 3])
      } reference: {
        $0[0].reshaped([10, 3])
      } == [])
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.item($1[0], 1)
      } reference: {
        DoubleTensor([1, 5, 3], Array($0[0].values[15...]))
      } == [])
  }

  @Test("two items of one tensor share its gradient")
  func items() throws {
    #expect(
      try gradientMismatches(["x": x]) { tape, x in
        try tape.multiply(tape.item(x[0], 0), tape.item(x[0], 1))
      } reference: {
        DoubleTensor([1, 5, 3], zip($0[0].values[..<15], $0[0].values[15...]).map { $0 * $1 })
      } == [])
  }
}
