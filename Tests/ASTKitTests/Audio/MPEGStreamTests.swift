import CSndfile
import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// The length of an MP3 is that of its frames, whatever an index says or a guess would be.
struct MPEGStreamTests {
  /// Loud, then nearly silent: the first frames are larger than the rest.
  private static let tone =
    Sounds.tone(440, samples: 40000) + Sounds.tone(440, samples: 24000).map { $0 / 1000 }

  private let bytes: [UInt8]
  /// Where the index counts the frames.
  private let count: Int
  private let frames: Int
  /// The length of the frame with the index.
  private let indexFrame: Int

  init() throws {
    let format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III | SF_BITRATE_MODE_VARIABLE
    bytes = try SoundWriter.bytes(Self.tone, format: format)
    count = try #require(bytes.offset(of: "Xing") ?? bytes.offset(of: "Info")) + 8
    indexFrame = try #require(MPEGHeader(SoundBytes(bytes))?.length)
    frames = bytes[count..<(count + 4)].reduce(0) { $0 << 8 | Int($1) }
  }

  @Test func gaplessWithItsIndex() throws {
    #expect(try AudioFile.decode(bytes, path: "a").frames == 64000)
  }

  @Test func aFrameThatClaimsMoreSoundThanItHasIsRefused() throws {
    // MPEG 2 mono: 8 bits to borrow, 1 bit, then the 12 bits of the length.
    let second = try #require(MPEGHeader(SoundBytes(bytes), at: indexFrame)?.length) + indexFrame
    let side = second + 4
    var damaged = bytes
    damaged[side] = 0
    damaged[side + 1] |= 0x7F
    damaged[side + 2] |= 0xF8
    let error = #expect(throws: AudioError.self) { try AudioFile.decode(damaged, path: "a") }
    #expect(try #require(error).reason.contains("the frame at byte \(second) claims 512 bytes"))
    // As long as it may be, it is only other sound.
    damaged[side] = bytes[side]
    damaged[side + 1] &= 0x80
    damaged[side + 2] = damaged[side + 2] & 0x07 | 0x08
    #expect(try AudioFile.decode(damaged, path: "a").frames == 64000)
  }

  @Test func allFramesWithoutIndex() throws {
    let bare = Array(bytes.dropFirst(indexFrame))
    let recording = try AudioFile.decode(bare, path: "a")
    #expect(recording.frames == frames * 576)
    // The quiet end is there.
    let end = recording.samples.suffix(12000).map(abs).max() ?? 0
    #expect((0.0002...0.001).contains(end))
  }

  @Test(arguments: [1, 2])
  func shortest(frames: Int) throws {
    var end = indexFrame
    for _ in 0..<frames { end += try #require(MPEGHeader(SoundBytes(bytes), at: end)?.length) }
    #expect(try AudioFile.decode(Array(bytes[indexFrame..<end]), path: "a").frames == 576 * frames)
  }

  @Test("an index that counts too few frames, or none, is not believed")
  func lyingIndex() throws {
    for lie in [0, 1, frames / 2, frames - 1] {
      let lying = bytes.with(UInt64(lie), at: count, size: 4, bigEndian: true)
      #expect(try AudioFile.decode(lying, path: "a").frames == frames * 576)
    }
  }

  @Test("an index that gives all samples out for the encoder's own leaves none")
  func onlyPadding() throws {
    let end = indexFrame + (try #require(MPEGHeader(SoundBytes(bytes), at: indexFrame)?.length))
    // Delay and padding, 12 bits each, after LAME's name and 12 more bytes.
    let ends = try #require(bytes.offset(of: "LAME")) + 21
    let short = Array(bytes[..<end]).with(1, at: count, size: 4, bigEndian: true)
      .with(0x300_300, at: ends, size: 3, bigEndian: true)
    #expect(throws: AudioError.noSamples(path: "a")) { try AudioFile.decode(short, path: "a") }
  }

  @Test("more frames promised than there are: truncated")
  func promises() throws {
    let lying = bytes.with(UInt64(frames + 50), at: count, size: 4, bigEndian: true)
    for cut in [lying, Array(bytes.prefix(bytes.count / 2)), bytes.dropLast()] {
      let error = #expect(throws: AudioError.self) { try AudioFile.decode(cut, path: "a") }
      guard case .truncated = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test("a cut last frame tells on a file without index")
  func cutWithoutIndex() throws {
    let bare = Array(bytes.dropFirst(indexFrame))
    let error = #expect(throws: AudioError.self) {
      try AudioFile.decode(bare.dropLast(5), path: "a")
    }
    guard case .truncated(_, "bytes in the last MP3 frame", let length, let found) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found == length - 5)
  }

  @Test("bytes between frames are an error, behind the last and zeros are not")
  func junk() throws {
    let junk = [UInt8](repeating: 0x55, count: 300)
    let between = Array(bytes[..<indexFrame]) + junk + Array(bytes[indexFrame...])
    #expect(throws: AudioError.self) { try AudioFile.decode(between, path: "a") }
    #expect(try AudioFile.decode(bytes + junk, path: "a").frames == 64000)
    let zeros = [UInt8](repeating: 0, count: 300)
    #expect(try AudioFile.decode(zeros + bytes + zeros, path: "a").frames == 64000)
  }

  @Test("MP3 in a WAV is counted in the same way")
  func inWAV() throws {
    var wav = Array("RIFF....WAVEfmt ".utf8) + [18, 0, 0, 0, 0x55, 0, 1, 0, 0x80, 0x3E, 0, 0]
    wav += [0, 8, 0, 0, 1, 0, 0, 0, 0, 0] + Array("data....".utf8)
    wav = wav.with(UInt64(bytes.count), at: wav.count - 4, size: 4, bigEndian: false) + bytes
    #expect(try AudioFile.decode(wav, path: "a").frames == 64000)
    #expect(throws: AudioError.self) { try AudioFile.decode(wav.dropLast(100), path: "a") }
  }

  /// Length by the formulas of ISO 11172-3 and 13818-3.
  @Test(
    arguments: [
      ([0xFF, 0xFB, 0x90, 0x00], 1, 3, 44100, 2, 1152, 417),
      ([0xFF, 0xFB, 0x92, 0xC0], 1, 3, 44100, 1, 1152, 418),
      ([0xFF, 0xF3, 0x48, 0xC0], 2, 3, 16000, 1, 576, 144),
      ([0xFF, 0xE3, 0x48, 0xC0], 3, 3, 8000, 1, 576, 288),
      ([0xFF, 0xFD, 0xA4, 0x00], 1, 2, 48000, 2, 1152, 576),
      ([0xFF, 0xFF, 0xA4, 0x00], 1, 1, 48000, 2, 384, 320),
    ] as [([UInt8], Int, Int, Int, Int, Int, Int)])
  func headers(
    bytes: [UInt8], version: Int, layer: Int, rate: Int, channels: Int, samples: Int, length: Int
  ) throws {
    let header = try #require(MPEGHeader(SoundBytes(bytes)))
    #expect(header.version == version)
    #expect(header.layer == layer)
    #expect(header.sampleRate == rate)
    #expect(header.channels == channels)
    #expect(header.samples == samples)
    #expect(header.length == length)
  }
}
