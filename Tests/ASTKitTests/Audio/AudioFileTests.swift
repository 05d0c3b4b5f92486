import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// Sound files decode to the samples that were written, and every kind of bad file is told
/// from the others by its own error.
struct AudioFileTests {
  let folder = try? TemporaryFolder()

  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    try #require(folder).write(name, bytes)
  }

  @Test func floatWAVDecodesToTheSameSamples() throws {
    let samples: [Float] = [0, 0.25, -0.5, 1, -1, 1.5]
    let path = try file("a.wav", Sounds.wav(samples, rate: 8000))
    let expected = Recording(samples: samples, channels: 1, sampleRate: 8000)
    #expect(try AudioFile.read(path) == expected)
    #expect(expected.seconds == 6.0 / 8000)
  }

  @Test func stereoIsMixedToTheMean() throws {
    let path = try file("a.wav", Sounds.wav([0.5, 0.25, -1, 0], channels: 2, rate: 96000))
    let recording = try AudioFile.read(path)
    #expect(recording.frames == 2)
    #expect(recording.sampleRate == 96000)
    #expect(recording.mono() == [0.375, -0.5])
  }

  /// Lossless to 16 bit; the lossy ones near enough that no other sound could be meant. An
  /// MP3 has silence of its encoder around it, hence the search for the best shift.
  @Test(arguments: [("tone.flac", 1e-4), ("tone.ogg", 0.03), ("tone.mp3", 0.05)])
  func compressedFormatsDecode(name: String, tolerance: Float) throws {
    let recording = try AudioFile.read(Fixtures.path(name))
    #expect(recording.sampleRate == 22050)
    #expect(recording.channels == 1)
    #expect((5512...8000).contains(recording.frames))
    let expected = Sounds.tone(440, samples: 5512, rate: 22050)
    let middle = 2000..<3000
    let errors = (0...(recording.frames - 5512)).map { shift in
      middle.map { abs(recording.samples[$0 + shift] - expected[$0]) }.max() ?? 1
    }
    #expect((errors.min() ?? 1) < tolerance)
  }

  @Test func aRecordingWithoutEndIsCutOffWithAnError() throws {
    let bytes = try Fixtures.bytes("tone.flac")
    #expect(try AudioFile.decode(bytes, path: "a", mostSamples: 5512).frames == 5512)
    #expect(throws: AudioError.tooLong(path: "a", samples: 5511)) {
      try AudioFile.decode(bytes, path: "a", mostSamples: 5511)
    }
  }

  @Test(arguments: [10, 60, 2000, 3500, 3837])
  func truncatedOggIsAnError(bytes: Int) throws {
    let path = try file("a.ogg", Array(try Fixtures.bytes("tone.ogg").prefix(bytes)))
    let error = #expect(throws: AudioError.self) { try AudioFile.read(path) }
    #expect(error?.message.hasPrefix("'\(path)': ") == true)
    if bytes > 30, case .noEnd = error {
    } else if bytes > 30 {
      Issue.record("expected a truncated Ogg stream, found \(String(describing: error))")
    }
  }

  @Test func truncatedMP3NamesBothLengths() throws {
    let path = try file("a.mp3", Array(try Fixtures.bytes("tone.mp3").prefix(1200)))
    let error = #expect(throws: AudioError.self) { try AudioFile.read(path) }
    guard case .truncated(_, "frames", 5512, ..<5512) = error else {
      Issue.record("expected 5512 frames to be missed, found \(String(describing: error))")
      return
    }
  }

  @Test(arguments: [200, 1000, 2400])
  func truncatedFLACIsAnError(bytes: Int) throws {
    let path = try file("a.flac", Array(try Fixtures.bytes("tone.flac").prefix(bytes)))
    #expect(throws: AudioError.self) { try AudioFile.read(path) }
  }

  @Test func truncatedWAVNamesBothLengths() throws {
    let whole = Sounds.wav(Sounds.tone(440, samples: 1000))
    let path = try file("a.wav", Array(whole.dropLast(1500)))
    #expect(
      throws: AudioError.truncated(
        path: path, unit: "bytes of samples", expected: 4000, found: 2500)
    ) { try AudioFile.read(path) }
  }

  /// A program that writes to a pipe cannot know the length and leaves the maximum there.
  @Test func wavOfUnknownLengthIsRead() throws {
    var bytes = Sounds.wav([0.5, 0.25])
    for i in 40..<44 { bytes[i] = 0xFF }
    let path = try file("a.wav", bytes)
    #expect(try AudioFile.read(path).samples == [0.5, 0.25])
  }

  @Test func textNamedWAV() throws {
    let path = try file("a.wav", Array("These are not the samples you look for.\n".utf8))
    let error = AudioError.notAudio(path: path, looksLike: "text")
    #expect(throws: error) { try AudioFile.read(path) }
    #expect(
      error.message == "'\(path)': not a sound file of a known format (it looks like text)")
  }

  @Test func emptyMissingFolderAndPipe() throws {
    let empty = try file("a.wav", [])
    #expect(throws: AudioError.empty(path: empty)) { try AudioFile.read(empty) }
    let missing = empty + "x"
    #expect(throws: AudioError.missing(path: missing)) { try AudioFile.read(missing) }
    let path = try #require(folder).path
    #expect(throws: AudioError.unreadable(path: path, reason: "it is a folder")) {
      try AudioFile.read(path)
    }
    let pipe = path + "/pipe.wav"
    try #require(mkfifo(pipe, 0o600) == 0)
    #expect(throws: AudioError.unreadable(path: pipe, reason: "it is not a regular file")) {
      try AudioFile.read(pipe)
    }
  }

  @Test func headerWithoutSamples() throws {
    let path = try file("a.wav", Sounds.wav([]))
    #expect(throws: AudioError.noSamples(path: path)) { try AudioFile.read(path) }
  }

  @Test(arguments: [Float.nan, .infinity])
  func samplesThatAreNoNumbers(bad: Float) throws {
    let path = try file("a.wav", Sounds.wav([0, 0, 0, bad], channels: 2))
    #expect(throws: AudioError.notFinite(path: path, frame: 1)) { try AudioFile.read(path) }
  }

  @Test func absurdSamplingRate() throws {
    let path = try file("a.wav", Sounds.wav([0, 0.5], rate: 1))
    #expect(throws: AudioError.sampleRate(path: path, found: 1)) { try AudioFile.read(path) }
  }

  /// Whatever the damage, the answer is samples or an error, never a crash or a hang.
  @Test(arguments: ["tone.ogg", "tone.flac", "tone.mp3"])
  func damagedBytesNeverCrash(name: String) throws {
    let whole = try Fixtures.bytes(name)
    var random = RandomSource(seed: 7)
    for _ in 0..<40 {
      var bytes = whole
      for _ in 0..<8 { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      do throws(AudioError) {
        #expect(try AudioFile.decode(bytes, path: name).frames > 0)
      } catch {
        #expect(error.path == name)
      }
    }
  }
}
