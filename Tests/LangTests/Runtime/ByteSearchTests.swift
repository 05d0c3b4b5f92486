import Testing

@testable import Lang

@Suite struct ByteSearchTests {
  @Test("the first place is that of a plain search", arguments: ["a", "ab", "aab", "abab", "aaab"])
  func first(_ part: String) {
    // All texts of up to ten letters a and b.
    for length in 0...10 {
      for number in 0..<(1 << length) {
        let letters = (0..<length).map { number >> $0 & 1 == 0 ? Character("a") : "b" }
        let text = String(letters)
        let expected = (0...length).first { text.dropFirst($0).hasPrefix(part) }
        let found = text.firstRange(of: part).map {
          text.distance(from: text.startIndex, to: $0.lowerBound)
        }
        #expect(found == expected, "\(part) in \(text)")
      }
    }
  }

  @Test func anEmptyPartStandsNowhere() { #expect("a".firstRange(of: "") == nil) }

  @Test("a part that nearly stands everywhere does not take for ever", .timeLimit(.minutes(1)))
  func worstCase() {
    let text = String(repeating: "a", count: 400_000)
    #expect(text.firstRange(of: String(repeating: "a", count: 200_000) + "b") == nil)
  }
}
