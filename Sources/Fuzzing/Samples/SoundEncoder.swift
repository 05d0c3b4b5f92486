internal import CSndfile
import Glibc

/// Encodes a sound through libsndfile, into memory.
package enum SoundEncoder {
  /// The sound of all valid files: tones of another frequency in each channel.
  package static func samples(frames: Int, channels: Int, rate: Int) -> [Float] {
    (0..<(frames * channels)).map { at in
      let frequency = 220 * Double(1 + at % channels)
      return Float(0.5 * sin(2 * .pi * frequency * Double(at / channels) / Double(rate)))
    }
  }

  /// The plainest of all formats.
  package static let wav = SF_FORMAT_WAV | SF_FORMAT_PCM_16

  /// The file as bytes.
  /// - Parameter format: libsndfile's major and minor format, added.
  /// - Throws: `BrokenPromise` with libsndfile's words when it cannot encode this.
  package static func encode(
    _ samples: [Float], channels: Int, rate: Int, format: Int
  ) throws -> [UInt8] {
    var info = SF_INFO()
    info.samplerate = Int32(rate)
    info.channels = Int32(channels)
    info.format = Int32(format)
    var target = MemoryTarget()
    return try withUnsafeMutablePointer(to: &target) { pointer in
      var callbacks = MemoryTarget.callbacks
      guard let file = sf_open_virtual(&callbacks, Int32(SFM_WRITE), &info, pointer)
      else { throw BrokenPromise("libsndfile: \(String(cString: sf_strerror(nil)))") }
      // It holds the time of day.
      sf_command(file, Int32(SFC_SET_ADD_PEAK_CHUNK), nil, Int32(SF_FALSE))
      _ = samples.withUnsafeBufferPointer {
        sf_writef_float(file, $0.baseAddress, sf_count_t($0.count / channels))
      }
      guard sf_close(file) == 0 else { throw BrokenPromise("libsndfile cannot end the file") }
      return withoutChance(pointer.pointee.bytes)
    }
  }
}

extension SoundEncoder {
  /// The file without what libsndfile takes from the clock: an Ogg stream's number, the date in
  /// a MATLAB file. The same seed must give the same inputs.
  private static func withoutChance(_ file: [UInt8]) -> [UInt8] {
    var bytes = file
    if bytes.holds("MATLAB 5.0", at: 0) {
      // The rest of the text, its end included, is how libsndfile knows the file.
      for at in 45..<min(116, bytes.count) where (0x30...0x39).contains(bytes[at]) {
        bytes[at] = UInt8(ascii: "0")
      }
    }
    var at = 0
    while let size = OggLayout.pageSize(bytes, at: at) {
      bytes.put(1, at: at + 14, 4)
      at += size
    }
    if at > 0 { Checksum.repairOgg(&bytes) }
    return bytes
  }
}

/// Bytes in memory that libsndfile writes as if they were a file.
private struct MemoryTarget {
  var bytes: [UInt8] = []
  var position = 0

  static var callbacks: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { target(of: $0).map { sf_count_t($0.pointee.bytes.count) } ?? 0 },
      seek: { offset, origin, data in
        guard let target = target(of: data) else { return -1 }
        let start =
          switch origin {
          case SEEK_CUR: target.pointee.position
          case SEEK_END: target.pointee.bytes.count
          default: 0
          }
        target.pointee.position = max(0, start + Int(offset))
        return sf_count_t(target.pointee.position)
      },
      read: { destination, count, data in
        guard let target = target(of: data), let destination else { return 0 }
        let piece = target.pointee.bytes.dropFirst(target.pointee.position).prefix(Int(count))
        piece.withUnsafeBytes { bytes in
          if let base = bytes.baseAddress {
            destination.copyMemory(from: base, byteCount: bytes.count)
          }
        }
        target.pointee.position += piece.count
        return sf_count_t(piece.count)
      },
      write: { source, count, data in
        guard let target = target(of: data), let source else { return 0 }
        let (start, end) = (target.pointee.position, target.pointee.position + Int(count))
        let missing = end - target.pointee.bytes.count
        if missing > 0 { target.pointee.bytes += [UInt8](repeating: 0, count: missing) }
        target.pointee.bytes.withUnsafeMutableBytes {
          $0[start..<end].copyBytes(from: UnsafeRawBufferPointer(start: source, count: Int(count)))
        }
        target.pointee.position = end
        return count
      },
      tell: { target(of: $0).map { sf_count_t($0.pointee.position) } ?? -1 })
  }
}

private func target(of data: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<MemoryTarget>? {
  data?.assumingMemoryBound(to: MemoryTarget.self)
}
