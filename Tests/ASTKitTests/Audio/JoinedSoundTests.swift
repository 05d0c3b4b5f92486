import CSndfile
import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// What follows a first stream in a file is read, too, or the file is refused.
struct JoinedSoundTests {
  private func sound(_ samples: Int, _ format: Int, channels: Int = 1, rate: Int = 16000) throws
    -> [UInt8]
  {
    let tone = Sounds.tone(440, samples: samples * channels, rate: rate)
    return try SoundWriter.bytes(tone, format: format, channels: channels, rate: rate)
  }

  private static let vorbis = SF_FORMAT_OGG | SF_FORMAT_VORBIS
  private static let opus = SF_FORMAT_OGG | SF_FORMAT_OPUS
  private static let flac = SF_FORMAT_FLAC | SF_FORMAT_PCM_16
  private static let mp3 = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III
  private static let tag = Array("TAG".utf8) + [UInt8](repeating: 0, count: 125)

  @Test(arguments: [vorbis, opus, flac, mp3])
  func streamsAfterEachOtherAreJoined(format: Int) throws {
    let (long, short) = (try sound(16000, format), try sound(9600, format))
    let joined = try AudioFile.decode(long + short + long, path: "a")
    #expect(joined.frames == 41600)
    let (first, last) = (
      try AudioFile.decode(long, path: "a"), try AudioFile.decode(short, path: "a")
    )
    #expect(joined.samples == first.samples + last.samples + first.samples)
  }

  @Test("links of a chain may have other codecs")
  func mixedCodecs() throws {
    let bytes = try sound(16000, Self.vorbis) + sound(8000, Self.opus)
    #expect(try AudioFile.decode(bytes, path: "a").frames == 24000)
  }

  @Test(arguments: [vorbis, flac, mp3])
  func otherRatesAreRefused(format: Int) throws {
    let bytes = try sound(16000, format) + sound(16000, format, rate: 44100)
    #expect(throws: AudioError.mixed(path: "a", first: 16000, then: 44100)) {
      try AudioFile.decode(bytes, path: "a")
    }
  }

  /// Features are made of the mean of the channels, so nothing is lost.
  @Test(arguments: [vorbis, flac, mp3])
  func otherChannelsAreMixedToOne(format: Int) throws {
    let (mono, stereo) = (try sound(16000, format), try sound(8000, format, channels: 2))
    let joined = try AudioFile.decode(mono + stereo, path: "a")
    #expect(joined.channels == 1)
    let (first, last) = (
      try AudioFile.decode(mono, path: "a"), try AudioFile.decode(stereo, path: "a")
    )
    #expect(joined.samples == first.samples + last.mono())
  }

  @Test(arguments: [vorbis, opus, flac, mp3])
  func tagsAtTheEndAreNoStream(format: Int) throws {
    let bytes = try sound(16000, format)
    var ape = Array("APETAGEX".utf8) + [UInt8](repeating: 0, count: 24)
    ape = ape.with(2000, at: 8, size: 4, bigEndian: false).with(
      32, at: 12, size: 4, bigEndian: false)
    for tags in [Self.tag, ape, ape + Self.tag] {
      #expect(try AudioFile.decode(bytes + tags, path: "a").frames == 16000)
    }
  }

  @Test func tagsBetweenMP3sAreNoSound() throws {
    let header: [UInt8] = [0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 10]
    let id3 = header + [UInt8](repeating: 0x41, count: 10)
    let bytes = try sound(16000, Self.mp3)
    #expect(try AudioFile.decode(id3 + bytes + Self.tag + id3 + bytes, path: "a").frames == 32000)
  }

  @Test("a file joined to a WAV, or a second chunk of samples, is refused")
  func filesThatAreNotJoined() throws {
    let wav = Sounds.wav(Sounds.tone(440, samples: 999))
    let list = Array("LIST".utf8) + [4, 0, 0, 0] + Array("INFO".utf8)
    for second in [wav, list + wav, try sound(100, SF_FORMAT_AIFF | SF_FORMAT_PCM_16)] {
      let error = #expect(throws: AudioError.self) {
        try AudioFile.decode(wav + second, path: "a.wav")
      }
      #expect(error?.reason.contains("a second file joined to it at byte") == true)
    }
    let again = try #require(wav.offset(of: "data"))
    let error = #expect(throws: AudioError.self) {
      try AudioFile.decode(wav + wav[again...], path: "a.wav")
    }
    #expect(error?.reason.contains("more than one chunk of samples") == true)
    #expect(try AudioFile.decode(wav + list, path: "a").frames == 999)
  }

  @Test("streams side by side, as in a video, are refused")
  func multiplexed() throws {
    let pages = [try sound(16000, Self.vorbis), try sound(16000, Self.opus)].map(OggEditing.pages)
    let bytes = pages.flatMap { $0[0] } + pages.flatMap { $0.dropFirst().flatMap { $0 } }
    let error = #expect(throws: AudioError.self) { try AudioFile.decode(bytes, path: "a.ogg") }
    #expect(error?.reason.contains("several Ogg streams at once") == true)
  }

  @Test("FLAC in Ogg is read, and its chains")
  func oggFLAC() throws {
    let native = try Fixtures.bytes("tone.flac")
    let bytes = Self.oggFLAC(native)
    let expected = try AudioFile.decode(native, path: "a")
    #expect(try AudioFile.decode(bytes, path: "a") == expected)
    #expect(try AudioFile.decode(bytes + bytes, path: "a").frames == 2 * expected.frames)
    #expect(throws: AudioError.self) { try AudioFile.decode(bytes.dropLast(100), path: "a") }
  }

  /// A native file as one stream: a page with the first block of metadata, the rest in pages of
  /// 255 segments. (Where packets end does not matter to what is joined again.)
  private static func oggFLAC(_ native: [UInt8]) -> [UInt8] {
    let mapping: [UInt8] = [0x7F, 0x46, 0x4C, 0x41, 0x43, 1, 0, 0, 1]
    var bodies: [[UInt8]] = [mapping + native.prefix(42)]
    var rest = native.dropFirst(42)
    while !rest.isEmpty {
      bodies.append(Array(rest.prefix(255 * 254)))
      rest = rest.dropFirst(255 * 254)
    }
    return bodies.enumerated().flatMap { number, body -> [UInt8] in
      var segments = [UInt8](repeating: 255, count: body.count / 255)
      segments.append(UInt8(body.count % 255))
      let flags: UInt8 = number == 0 ? 2 : 0
      var page: [UInt8] = Array("OggS".utf8) + [0, flags]
      page += [UInt8](repeating: 0, count: 20)
      page = page.with(7, at: 14, size: 4, bigEndian: false)
      page = page.with(UInt64(number), at: 18, size: 4, bigEndian: false)
      page += [UInt8(segments.count)] + segments + body
      return OggEditing.summed(page)
    }
  }

  @Test("a VOC of several blocks of sound is refused")
  func blocks() throws {
    // Rate 16000: 256 - 1000000 / 16000, rounded.
    let header: [UInt8] = [1, 102, 0, 0, 194, 0]
    let block = header + [UInt8](repeating: 128, count: 100)
    let version: [UInt8] = [26, 0, 10, 1, 0x29, 0x11]
    let start = Array("Creative Voice File\u{1A}".utf8) + version
    #expect(try AudioFile.decode(start + block + [0], path: "a").frames == 100)
    let error = #expect(throws: AudioError.self) {
      try AudioFile.decode(start + block + block + [0], path: "a")
    }
    #expect(error?.reason.contains("several blocks") == true)
  }
}
