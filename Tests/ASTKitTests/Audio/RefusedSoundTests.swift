import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// What is not decoded is told in petl's words: what the file is, and what makes one of it that
/// is read.
struct RefusedSoundTests {
  /// A 16-bit WAV header with these fields, and a second of samples.
  private func wav(coding: Int = 1, channels: Int = 1, rate: Int = 16000, bits: Int = 16) -> [UInt8]
  {
    var bytes = Sounds.wav([Float](repeating: 0.25, count: 8000))
    for (value, offset, size) in [(coding, 20, 2), (channels, 22, 2), (rate, 24, 4), (bits, 34, 2)]
    {
      bytes = bytes.with(UInt64(value), at: offset, size: size, bigEndian: false)
    }
    return bytes.with(UInt64(channels * bits / 8), at: 32, size: 2, bigEndian: false)
  }

  private func reason(_ bytes: [UInt8], _ path: String = "x/a.wav") -> String {
    do throws(AudioError) {
      _ = try AudioFile.decode(bytes, path: path)
      return "no error"
    } catch {
      return error.reason
    }
  }

  @Test func impossibleHeaders() {
    #expect(reason(wav(rate: 0)) == "a sampling rate of 0 Hz; expected 1000 to 1536000")
    #expect(reason(wav(channels: 0)) == "a header with 0 channels; expected 1 to 1024")
    #expect(reason(wav(channels: 5000)) == "a header with 5000 channels; expected 1 to 1024")
  }

  @Test(
    arguments: [
      (3, 16, "WAV (floats, 16 bits)"), (0x161, 16, "WAV (WMA, 16 bits)"),
      (0x1234, 8, "WAV (coding 0x1234, 8 bits)"),
    ])
  func codingsOfWAV(coding: Int, bits: Int, name: String) {
    let reason = reason(wav(coding: coding, bits: bits))
    #expect(reason.hasPrefix("\(name) that cannot be decoded: damaged, or coded in a rare way ("))
    #expect(reason.hasSuffix("ffmpeg may convert it: ffmpeg -i a.wav a-converted.wav"))
  }

  @Test(
    arguments: [
      ([0, 0, 0, 32] + Array("ftypM4A ".utf8), "MP4 or M4A"),
      ([0x1A, 0x45, 0xDF, 0xA3], "Matroska or WebM"), ([0xFF, 0xF1, 0x50, 0x80], "AAC"),
      (Array("#!AMR\n".utf8), "AMR"),
      ([0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11], "Windows Media (WMA)"),
      (Array("wvpk".utf8), "WavPack"), ([0xF0, 0x7E, 0, 1], "MIDI Sample Dump (SDS)"),
    ] as [([UInt8], String)])
  func foreignFormats(start: [UInt8], name: String) {
    let bytes = start + [UInt8](repeating: 0, count: 50)
    #expect(
      reason(bytes, "x/my clip.m4a")
        == "\(name) is not decoded here; convert it: ffmpeg -i 'my clip.m4a' 'my clip.wav'")
  }

  @Test func speexInOgg() throws {
    var page = Array("OggS".utf8) + [0, 2] + [UInt8](repeating: 0, count: 20) + [1, 8]
    page += Array("Speex   ".utf8)
    page = page.with(UInt64(OggChecksum.of(SoundBytes(page))), at: 22, size: 4, bigEndian: false)
    #expect(
      reason(page, "a.spx") == "Speex in Ogg is not decoded here; convert it: ffmpeg -i a.spx a.wav"
    )
  }

  @Test(
    arguments: [
      ("x/a.m4a", "ffmpeg -i a.m4a a.wav"), ("a.WAV", "ffmpeg -i a.WAV a-converted.wav"),
      ("a/it's.mp3", #"ffmpeg -i 'it'\''s.mp3' 'it'\''s.wav'"#),
      ("-i.flac", "ffmpeg -i ./-i.flac ./-i.wav"), ("none", "ffmpeg -i none none.wav"),
      ("a/\u{301}x.mp3", "ffmpeg -i '\u{301}x.mp3' '\u{301}x.wav'"),
    ])
  func commands(path: String, command: String) {
    #expect(ConversionCommand.of(path).utf8.elementsEqual(command.utf8))
  }

  /// Nothing is read, so nothing is asked for: the file is a hole.
  @Test("a header that claims too much is refused before the file is read")
  func holes() throws {
    let folder = try TemporaryFolder()
    var header = Array(wav().prefix(44))
    header = header.with(0xFFFF_FFFF, at: 40, size: 4, bigEndian: false)
    for (size, isTooLong) in [(4 << 30, false), (400 << 20, true)] {
      let path = try folder.write("a.wav", header)
      try #require(truncate(path, off_t(size)) == 0)
      let error = #expect(throws: AudioError.self) { try AudioFile.read(path) }
      switch error {
      case .tooLong: #expect(isTooLong)
      case .unreadable: #expect(!isTooLong)
      default: Issue.record("\(String(describing: error))")
      }
    }
  }
}
