import ASTKit
import TestSupport
import Testing

struct AttentionTests {
  private static func inputs(
    _ batch: Int, _ tokens: Int, _ keys: Int, _ hidden: Int
  ) -> KeyValuePairs<String, DoubleTensor> {
    [
      "query": .random([batch, tokens, hidden], seed: 1, in: -2...2),
      "key": .random([batch, keys, hidden], seed: 2, in: -2...2),
      "value": .random([batch, keys, hidden], seed: 3, in: -2...2),
    ]
  }

  @Test(
    "output and gradients; more keys than tokens with a prefix",
    arguments: [(1, 5, 5, 4, 1), (2, 5, 8, 6, 3), (3, 4, 4, 8, 2)])
  func values(batch: Int, tokens: Int, keys: Int, hidden: Int, heads: Int) throws {
    #expect(
      try gradientMismatches(Self.inputs(batch, tokens, keys, hidden)) {
        try $0.attention(query: $1[0], key: $1[1], value: $1[2], heads: heads)
      } reference: {
        Naive.attention($0[0], $0[1], $0[2], heads: heads)
      } == [])
  }

  /// 1200 keys leave room for 81 rows in a tile, so 100 tokens take two.
  @Test("rows in several tiles")
  func tiles() throws {
    #expect(
      try gradientMismatches(Self.inputs(1, 100, 1200, 2), samples: 3) {
        try $0.attention(query: $1[0], key: $1[1], value: $1[2], heads: 1)
      } reference: {
        Naive.attention($0[0], $0[1], $0[2], heads: 1)
      } == [])
  }

  @Test("one tensor in two roles gets both contributions")
  func selfAttention() throws {
    let mismatches = try gradientMismatches(["x": .random([2, 4, 6], seed: 1, in: -2...2)]) {
      try $0.attention(query: $1[0], key: $1[0], value: $1[0], heads: 2)
    } reference: {
      Naive.attention($0[0], $0[0], $0[0], heads: 2)
    }
    #expect(mismatches == [])
  }

  @Test("scores far apart do not overflow")
  func largeScores() throws {
    let x = try Tensor([1, 2, 1], values: [300, -300])
    let y = try Tape(.inference).attention(query: x, key: x, value: x, heads: 1)
    #expect(y.values == [300, -300])
  }
}
