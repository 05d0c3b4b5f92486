import ASTKit
import TestSupport
import Testing

/// Ops that leave padding out: it is neither attended to nor averaged, and gets no gradient.
struct PaddingTests {
  private let x = DoubleTensor.random([3, 5, 4], seed: 1)

  /// The rows of one item, as a batch of one.
  private func item(_ x: DoubleTensor, _ index: Int, first count: Int) -> DoubleTensor {
    let (tokens, hidden) = (x.shape[1], x.shape[2])
    let start = index * tokens * hidden
    return DoubleTensor([1, count, hidden], Array(x.values[start..<(start + count * hidden)]))
  }

  private func stacked(_ items: [DoubleTensor]) -> DoubleTensor {
    DoubleTensor(
      [items.count] + items[0].shape.dropFirst(), items.flatMap(\.values))
  }

  @Test(arguments: [[5, 1, 3], [2, 2, 2], [5, 5, 5]])
  func attention(counts: [Int]) throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "query": .random([3, 4, 4], seed: 1, in: -2...2),
      "key": .random([3, 5, 4], seed: 2, in: -2...2),
      "value": .random([3, 5, 4], seed: 3, in: -2...2),
    ]
    #expect(
      try gradientMismatches(inputs) {
        try $0.attention(query: $1[0], key: $1[1], value: $1[2], heads: 2, keyCounts: counts)
      } reference: { inputs in
        stacked(
          counts.enumerated().map { index, count in
            Naive.attention(
              item(inputs[0], index, first: 4), item(inputs[1], index, first: count),
              item(inputs[2], index, first: count), heads: 2)
          })
      } == [])
  }

  /// 1200 keys leave room for 81 rows in a tile, so 100 tokens take two.
  @Test func attentionInSeveralTiles() throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "query": .random([2, 100, 2], seed: 1, in: -2...2),
      "key": .random([2, 1200, 2], seed: 2, in: -2...2),
      "value": .random([2, 1200, 2], seed: 3, in: -2...2),
    ]
    #expect(
      try gradientMismatches(inputs, samples: 3) {
        try $0.attention(
          query: $1[0], key: $1[1], value: $1[2], heads: 1, keyCounts: [700, 1200])
      } reference: { inputs in
        stacked(
          [700, 1200].enumerated().map { index, count in
            Naive.attention(
              item(inputs[0], index, first: 100), item(inputs[1], index, first: count),
              item(inputs[2], index, first: count), heads: 1)
          })
      } == [])
  }

  @Test func oneTensorInAllRoles() throws {
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.attention(
          query: $1[0], key: $1[0], value: $1[0], heads: 2, keyCounts: [1, 4, 5])
      } reference: { inputs in
        stacked(
          [1, 4, 5].enumerated().map { index, count in
            let keys = item(inputs[0], index, first: count)
            return Naive.attention(item(inputs[0], index, first: 5), keys, keys, heads: 2)
          })
      } == [])
  }

  @Test(arguments: [[5, 1, 3], [2, 2, 2]])
  func mean(counts: [Int]) throws {
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.tokenMean($1[0], ofFirst: counts)
      } reference: { inputs in
        let means = counts.enumerated().map { index, count in
          Naive.tokenMean(item(inputs[0], index, first: count), 0..<count)
        }
        return DoubleTensor([3, 4], means.flatMap(\.values))
      } == [])
  }

  @Test(arguments: [[5, 0, 3], [2, 2, 2]])
  func clearing(counts: [Int]) throws {
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.clearPadding($1[0], after: counts)
      } reference: { inputs in
        var y = inputs[0]
        for (index, count) in counts.enumerated() {
          for i in (count * 4)..<20 { y.values[index * 20 + i] = 0 }
        }
        return y
      } == [])
  }

  @Test(arguments: [[5, 6, 3], [5, 5], [-1, 2, 2]])
  func countsThatCannotBe(counts: [Int]) {
    let (x, tape) = (x.tensor, Tape(.inference))
    #expect(throws: EngineError.self) { try tape.clearPadding(x, after: counts) }
    #expect(throws: EngineError.self) { try tape.tokenMean(x, ofFirst: counts) }
    #expect(throws: EngineError.self) {
      try tape.attention(query: x, key: x, value: x, heads: 2, keyCounts: counts)
    }
    #expect(throws: EngineError.self) { try tape.tokenMean(x, ofFirst: [0, 1, 1]) }
  }
}
