import CSndfile
import Foundation
import TestSupport

/// Makes sound files of every format libsndfile writes.
enum SoundWriter {
  /// The bytes of a file with `samples`, interleaved. `format` is libsndfile's, such as
  /// `SF_FORMAT_AU | SF_FORMAT_PCM_16`.
  static func bytes(
    _ samples: [Float], format: Int, channels: Int = 1, rate: Int = 16000
  ) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    var info = SF_INFO()
    info.samplerate = Int32(rate)
    info.channels = Int32(channels)
    info.format = Int32(format)
    guard let file = sf_open(folder.file("sound"), Int32(SFM_WRITE), &info) else {
      throw Failure(reason: String(cString: sf_strerror(nil)))
    }
    sf_write_float(file, samples, sf_count_t(samples.count))
    sf_close(file)
    return [UInt8](try Data(contentsOf: folder.url.appendingPathComponent("sound")))
  }

  struct Failure: Error { let reason: String }
}

extension [UInt8] {
  /// The offset of the first place where `letters` stand.
  func offset(of letters: String) -> Int? {
    let letters = Array(letters.utf8)
    return indices.first { self[$0...].starts(with: letters) }
  }

  /// These bytes with a number written at `offset`.
  func with(_ value: UInt64, at offset: Int, size: Int, bigEndian: Bool) -> [UInt8] {
    var copy = self
    for i in 0..<size {
      let shift = UInt64(8 * (bigEndian ? size - 1 - i : i))
      copy[offset + i] = UInt8(truncatingIfNeeded: value >> shift)
    }
    return copy
  }
}
