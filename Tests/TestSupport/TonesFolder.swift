import Foundation

extension TemporaryFolder {
  /// Writes short WAV files, `classes[name]` in a folder of each name, all of them different.
  public func writeTones(_ classes: [String: Int], samples: Int = 720) throws {
    for (rank, (name, count)) in classes.sorted(by: { $0.key < $1.key }).enumerated() {
      for i in 0..<count {
        let tone = Sounds.tone(Double(200 + 300 * rank + 11 * i), samples: samples)
        let number = String(i).count < 2 ? "0\(i)" : "\(i)"
        try write("\(name)/\(number).wav", Sounds.wav(tone))
      }
    }
  }
}
