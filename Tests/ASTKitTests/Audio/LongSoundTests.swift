import CSndfile
import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// Recordings of hours are streamed in the memory of a few pieces. The files are mostly holes.
@Suite(.serialized) struct LongSoundTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A WAV with `megabytes` of silence, at 44.1 kHz.
  private func silence(megabytes: Int, format: Int, channels: Int) throws -> String {
    let size = megabytes << 20
    let bytes = try SoundWriter.bytes(
      [], format: SF_FORMAT_WAV | format, channels: channels, rate: 44100)
    let header = bytes.with(UInt64(size), at: bytes.count - 4, size: 4, bigEndian: false)
    let path = try folder.write("long.wav", header)
    try #require(truncate(path, off_t(header.count + size)) == 0)
    return path
  }

  /// Bytes by which the process grows while a file is streamed, and what comes of it.
  private func growth(_ path: String) throws -> (bytes: Int, samples: Int, seconds: Double) {
    let stream = try SoundStream(path, sampleRate: 8000)
    var piece = try stream.next()
    let before = try #require(ProcessMemory.resident)
    var (count, largest) = (0, before)
    while !piece.isEmpty {
      count += piece.count
      piece = try stream.next()
      largest = max(largest, ProcessMemory.resident ?? .max)
    }
    return (largest - before, count, stream.seconds)
  }

  @Test("200 MB stream in a few MB")
  func memory() throws {
    let path = try silence(megabytes: 200, format: SF_FORMAT_DOUBLE, channels: 8)
    // Other tests of this process may need memory at the same time, but not each time.
    for attempt in 1...3 {
      let (growth, samples, seconds) = try growth(path)
      #expect(seconds == Double(200 << 20 / 64) / 44100)
      #expect(samples == Int((seconds * 8000).rounded()))
      if growth < 32 << 20 { return }
      #expect(attempt < 3, "\(growth >> 20) MB")
    }
  }

  @Test("more samples than are read into memory")
  func tooLongToRead() throws {
    let path = try silence(megabytes: 600, format: SF_FORMAT_PCM_16, channels: 2)
    #expect(throws: AudioError.tooLong(path: path, samples: AudioFile.mostSamples)) {
      try AudioFile.read(path)
    }
    let stream = try SoundStream(path, sampleRate: 16000)
    #expect(try stream.next().allSatisfy { $0 == 0 })
  }

  @Test("a claim of more than a file can hold is refused before it is decoded")
  func claims() throws {
    let bytes = try SoundWriter.bytes(
      [Float](repeating: 0.1, count: 5000), format: SF_FORMAT_FLAC | SF_FORMAT_PCM_16)
    // 36 bits of a number of samples.
    var lying = bytes.with(0xFFFF_FFFF, at: 22, size: 4, bigEndian: true)
    lying[21] |= 0x0F
    let path = try folder.write("a.flac", lying)
    let error = #expect(throws: AudioError.self) { try SoundStream(path, sampleRate: 16000) }
    guard case .tooLong = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
