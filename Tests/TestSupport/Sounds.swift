import Foundation

/// Makes sound files for tests.
public enum Sounds {
  /// A sine of amplitude 0.5.
  public static func tone(_ frequency: Double, samples: Int, rate: Int = 16000) -> [Float] {
    (0..<samples).map { Float(0.5 * sin(2 * .pi * frequency * Double($0) / Double(rate))) }
  }

  /// A WAV file of 32-bit floats; `samples` are interleaved.
  public static func wav(_ samples: [Float], channels: Int = 1, rate: Int = 16000) -> [UInt8] {
    var bytes: [UInt8] = []
    func letters(_ text: String) { bytes += Array(text.utf8) }
    func number(_ value: Int, _ size: Int) {
      for i in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
    }
    letters("RIFF")
    number(36 + samples.count * 4, 4)
    letters("WAVEfmt ")
    number(16, 4)
    number(3, 2)
    number(channels, 2)
    number(rate, 4)
    number(rate * channels * 4, 4)
    number(channels * 4, 2)
    number(32, 2)
    letters("data")
    number(samples.count * 4, 4)
    for sample in samples { number(Int(sample.bitPattern), 4) }
    return bytes
  }
}

extension TemporaryFolder {
  /// Writes a file, making the folders it lies in; its path.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }
}
