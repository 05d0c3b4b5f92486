import Foundation
import Fuzzing
import Testing

/// The tools that change inputs: what they must leave right.
struct ChangesTests {
  private var random = FuzzRandom(target: "test", seed: 1, number: 1)

  /// The values are those of the standards' own examples.
  @Test func checksumsAreThoseOfTheFormats() {
    let digits = Array("123456789".utf8)
    #expect(Checksum.zip(digits) == 0xCBF4_3926)
    #expect(Checksum.flacHeader(digits[...]) == 0xF4)
    #expect(Checksum.flac(digits[...]) == 0xFEE8)
  }

  @Test func changedJSONIsMostlyJSON() {
    var random = random
    let valid = Array(#"{"a": [1, {"b": "x,\"y"}], "c": null, "d": -1.5}"#.utf8)
    let (all, good) = (
      2000,
      count(2000) {
        var text = valid
        JSONMutation.apply(to: &text, &random)
        return (try? JSONSerialization.jsonObject(with: Data(text))) != nil
      }
    )
    #expect(good > all / 3 && good < all, "\(good) of \(all)")
  }

  @Test func numbersGoWhereTheLayoutSays() {
    var random = random
    var layout = Layout()
    layout.add(4, 2, bigEndian: true)
    var changed = Set<Int>()
    for _ in 0..<500 {
      var bytes = [UInt8](repeating: 9, count: 16)
      bytes.put(0x1234, at: 4, 2, bigEndian: true)
      #expect(bytes[4...5] == [0x12, 0x34])
      let old = bytes
      ByteMutation.apply(to: &bytes, layout, donors: [], &random)
      if bytes.count == old.count {
        changed.formUnion(bytes.indices.filter { bytes[$0] != old[$0] })
      }
    }
    #expect(changed.isSuperset(of: [4, 5]))
  }

  @Test func cutsGoThroughAllLengths() {
    let bytes = [UInt8](repeating: 1, count: 10)
    #expect((0..<10).map { ByteMutation.cut(bytes, turn: $0).count } == Array(0..<10))
  }

  @Test func everyCommandComesUpInPrograms() {
    var random = random
    let text = (0..<600).map { _ in ScriptGenerator.program(&random) }.joined()
    for word in ["attach", "evaluate", "load", "sorted", "for ", "func ", "param "] {
      #expect(text.contains(word), "\(word)")
    }
  }

  private func count(_ times: Int, _ holds: () -> Bool) -> Int {
    (0..<times).filter { _ in holds() }.count
  }
}
