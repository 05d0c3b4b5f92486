import CSndfile
import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// What a header promises is there, or the file is refused; what it does not know is read to
/// the end.
struct ContainerPromiseTests {
  static let tone = Sounds.tone(440, samples: 8000)

  /// Formats whose header says how long the sound is.
  static let promising: [(name: String, format: Int)] = [
    ("WAV", SF_FORMAT_WAV | SF_FORMAT_PCM_16),
    ("RIFX", SF_FORMAT_WAV | SF_ENDIAN_BIG | SF_FORMAT_PCM_24),
    ("WAVEX", SF_FORMAT_WAVEX | SF_FORMAT_FLOAT), ("ADPCM", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM),
    ("RF64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16), ("W64", SF_FORMAT_W64 | SF_FORMAT_PCM_16),
    ("AIFF", SF_FORMAT_AIFF | SF_FORMAT_PCM_16), ("AIFC", SF_FORMAT_AIFF | SF_FORMAT_FLOAT),
    ("AU", SF_FORMAT_AU | SF_FORMAT_PCM_16),
    ("AU, little", SF_FORMAT_AU | SF_ENDIAN_LITTLE | SF_FORMAT_ULAW),
    ("CAF", SF_FORMAT_CAF | SF_FORMAT_PCM_16), ("ALAC", SF_FORMAT_CAF | SF_FORMAT_ALAC_16),
    ("NIST", SF_FORMAT_NIST | SF_FORMAT_PCM_16), ("SVX", SF_FORMAT_SVX | SF_FORMAT_PCM_16),
    ("VOC", SF_FORMAT_VOC | SF_FORMAT_PCM_16), ("MAT4", SF_FORMAT_MAT4 | SF_FORMAT_FLOAT),
    ("MAT5", SF_FORMAT_MAT5 | SF_FORMAT_DOUBLE), ("AVR", SF_FORMAT_AVR | SF_FORMAT_PCM_16),
    ("HTK", SF_FORMAT_HTK | SF_FORMAT_PCM_16), ("MPC 2000", SF_FORMAT_MPC2K | SF_FORMAT_PCM_16),
    ("WVE", SF_FORMAT_WVE | SF_FORMAT_ALAW), ("FLAC", SF_FORMAT_FLAC | SF_FORMAT_PCM_16),
  ]

  static func rate(_ name: String) -> Int { name == "WVE" ? 8000 : 16000 }

  @Test("whole files give all their samples", arguments: promising.map(\.name))
  func whole(name: String) throws {
    let recording = try AudioFile.decode(try bytes(name), path: name)
    // ADPCM fills its last block.
    #expect((8000...8200).contains(recording.frames))
    #expect(recording.sampleRate == Self.rate(name))
    // As near as A-law is.
    #expect(abs(recording.samples[100] - Self.tone[100]) < 0.02)
  }

  @Test("a file cut anywhere is an error, with both numbers", arguments: promising.map(\.name))
  func cut(name: String) throws {
    let bytes = try bytes(name)
    for kept in [bytes.count - 10, bytes.count * 6 / 10, bytes.count / 4] {
      let error = #expect(throws: AudioError.self) {
        try AudioFile.decode(Array(bytes.prefix(kept)), path: name)
      }
      // The frames of ALAC are counted behind them.
      if name == "ALAC", case .damaged = error { continue }
      guard case .truncated(_, _, let expected, let found) = error else {
        Issue.record("\(name), \(kept) bytes: \(String(describing: error))")
        continue
      }
      #expect(expected > found)
    }
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    let format = try #require(Self.promising.first { $0.name == name }?.format)
    return try SoundWriter.bytes(Self.tone, format: format, rate: Self.rate(name))
  }

  /// libsndfile leaves the length of an instrument's sample at 0; others write it.
  @Test func instruments() throws {
    let bytes = try SoundWriter.bytes(
      Self.tone, format: SF_FORMAT_XI | SF_FORMAT_DPCM_16, rate: 44100)
    #expect(try AudioFile.decode(bytes, path: "a").frames == 8000)
    let whole = bytes.with(16000, at: 298, size: 4, bigEndian: false)
    #expect(try AudioFile.decode(whole, path: "a").frames == 8000)
    #expect(
      throws: AudioError.truncated(
        path: "a", unit: "bytes of samples", expected: 16000, found: 15000)
    ) { try AudioFile.decode(whole.dropLast(1000), path: "a") }
  }

  @Test("formats without a length are read to their end")
  func withoutPromise() throws {
    for container in [SF_FORMAT_PAF, SF_FORMAT_PVF, SF_FORMAT_IRCAM] {
      let bytes = try SoundWriter.bytes(Self.tone, format: container | SF_FORMAT_PCM_16)
      #expect(try AudioFile.decode(bytes, path: "a").frames == 8000)
      #expect(try AudioFile.decode(bytes.dropLast(1000), path: "a").frames == 7500)
    }
  }

  @Test("BW64 is RF64 by another name")
  func bw64() throws {
    var bytes = try SoundWriter.bytes(Self.tone, format: SF_FORMAT_RF64 | SF_FORMAT_PCM_16)
    bytes.replaceSubrange(0..<4, with: "BW64".utf8)
    #expect(try AudioFile.decode(bytes, path: "a").frames == 8000)
    #expect(
      throws: AudioError.truncated(
        path: "a", unit: "bytes of samples", expected: 16000, found: 15990)
    ) { try AudioFile.decode(bytes.dropLast(10), path: "a") }
  }

  /// What programs leave there that write to a pipe or are stopped.
  @Test(arguments: [0, 0xFFFF_FFFF, 0x7FFF_FFFF, 0x8000_0000] as [UInt64])
  func lengthsNobodyKnew(length: UInt64) throws {
    let fields: [(format: Int, letters: String, behind: Int, bigEndian: Bool)] = [
      (SF_FORMAT_WAV, "data", 4, false), (SF_FORMAT_AIFF, "SSND", 4, true),
      (SF_FORMAT_SVX, "BODY", 4, true), (SF_FORMAT_AU, ".snd", 8, true),
      (SF_FORMAT_AU | SF_ENDIAN_LITTLE, "dns.", 8, false),
    ]
    for field in fields {
      let bytes = try SoundWriter.bytes(Self.tone, format: field.format | SF_FORMAT_PCM_16)
      let at = try #require(bytes.offset(of: field.letters)) + field.behind
      let unknown = bytes.with(length, at: at, size: 4, bigEndian: field.bigEndian)
      #expect(try AudioFile.decode(unknown, path: field.letters).frames == 8000)
    }
  }

  @Test(arguments: [0, .max, UInt64(Int64.max), 0xFFFF_FFFF] as [UInt64])
  func wideLengthsNobodyKnew(length: UInt64) throws {
    let fields: [(format: Int, letters: String, behind: Int, bigEndian: Bool)] = [
      (SF_FORMAT_RF64, "ds64", 16, false), (SF_FORMAT_W64, "data", 16, false),
      (SF_FORMAT_CAF, "data", 4, true),
    ]
    for field in fields {
      let bytes = try SoundWriter.bytes(Self.tone, format: field.format | SF_FORMAT_PCM_16)
      let at = try #require(bytes.offset(of: field.letters)) + field.behind
      let unknown = bytes.with(length, at: at, size: 8, bigEndian: field.bigEndian)
      #expect(try AudioFile.decode(unknown, path: field.letters).frames == 8000)
    }
  }

  @Test("a length of 0 is true where only other chunks follow")
  func reallyEmpty() throws {
    let bytes = Sounds.wav([]) + Array("LIST".utf8) + [4, 0, 0, 0] + Array("INFO".utf8)
    #expect(throws: AudioError.noSamples(path: "a")) { try AudioFile.decode(bytes, path: "a") }
  }

  @Test("an AIFF that counts more frames than its chunk holds is cut")
  func framesOfAIFF() throws {
    let bytes = try SoundWriter.bytes(Self.tone, format: SF_FORMAT_AIFF | SF_FORMAT_PCM_16)
    let at = try #require(bytes.offset(of: "COMM")) + 10
    #expect(throws: AudioError.self) {
      try AudioFile.decode(bytes.with(9000, at: at, size: 4, bigEndian: true), path: "a")
    }
  }

  /// libFLAC says nothing of a last frame that is cut if the header does not count.
  @Test func pipedFLAC() throws {
    let bytes = try SoundWriter.bytes(Self.tone, format: SF_FORMAT_FLAC | SF_FORMAT_PCM_16)
    var piped = bytes.with(0, at: 22, size: 4, bigEndian: true)
    piped[21] &= 0xF0
    #expect(try AudioFile.decode(piped, path: "a").frames == 8000)
    let tagged = piped + Array("TAG".utf8) + [UInt8](repeating: 0, count: 125)
    #expect(try AudioFile.decode(tagged, path: "a").frames == 8000)
    for missing in [1, 20, 1000] {
      #expect(throws: AudioError.self) { try AudioFile.decode(piped.dropLast(missing), path: "a") }
    }
  }

  @Test("a header that ends before the samples begin")
  func headerOnly() throws {
    let bytes = Array(Sounds.wav(Self.tone).prefix(30))
    #expect(
      throws: AudioError.noEnd(path: "a", reason: "the file ends before its samples begin")
    ) { try AudioFile.decode(bytes, path: "a") }
  }
}
