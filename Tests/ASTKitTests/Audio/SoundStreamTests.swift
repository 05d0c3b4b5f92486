import CSndfile
import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// A file that is streamed gives the samples, or the error, of the file that is read as a whole.
struct SoundStreamTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What a file gives: samples as bits and the length, or what is wrong with it.
  private struct Outcome: Equatable {
    var bits: [UInt32] = []
    var seconds = 0.0
    var error: AudioError?
  }

  private func whole(_ path: String, rate: Int, channel: Int? = nil) -> Outcome {
    do throws(AudioError) {
      let recording = try AudioFile.read(path, channel: channel)
      let samples = try Resampler.resample(
        recording.mono(), from: recording.sampleRate, to: rate, path: path)
      return Outcome(bits: samples.map(\.bitPattern), seconds: recording.seconds)
    } catch {
      return Outcome(error: error)
    }
  }

  private func streamed(_ path: String, rate: Int, channel: Int? = nil) -> Outcome {
    do throws(AudioError) {
      let stream = try SoundStream(path, sampleRate: rate, channel: channel)
      var samples: [Float] = []
      while true {
        let piece = try stream.next()
        if piece.isEmpty { break }
        samples += piece
      }
      #expect(try stream.next().isEmpty)
      return Outcome(bits: samples.map(\.bitPattern), seconds: stream.seconds)
    } catch {
      return Outcome(error: error)
    }
  }

  /// Both ways must agree; what they agree on.
  @discardableResult
  private func agreed(
    _ bytes: [UInt8], rate: Int = 16000, channel: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let path = try folder.write("sound", bytes)
    let outcome = whole(path, rate: rate, channel: channel)
    let other = streamed(path, rate: rate, channel: channel)
    let found = "\(other.bits.count) samples, \(String(describing: other.error))"
    #expect(outcome == other, "\(found)", sourceLocation: sourceLocation)
    return outcome
  }

  private static let written =
    ContainerPromiseTests.promising + [
      ("BW64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16), ("XI", SF_FORMAT_XI | SF_FORMAT_DPCM_16),
      ("PAF", SF_FORMAT_PAF | SF_FORMAT_PCM_16), ("PVF", SF_FORMAT_PVF | SF_FORMAT_PCM_16),
      ("IRCAM", SF_FORMAT_IRCAM | SF_FORMAT_PCM_16), ("GSM", SF_FORMAT_WAV | SF_FORMAT_GSM610),
      ("Vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS), ("Opus", SF_FORMAT_OGG | SF_FORMAT_OPUS),
      ("MP3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III),
    ]

  /// Noise, at which a sample too many or too few shows everywhere.
  private static func noise(_ count: Int) -> [Float] {
    (0..<count).map { Float($0 * 7919 % 1009) / 1009 - 0.5 }
  }

  private func file(_ name: String, channels: Int = 1, samples: Int = 40000) throws -> [UInt8] {
    let format = try #require(Self.written.first { $0.name == name }?.format)
    let rate = ["XI": 44100, "WVE": 8000][name] ?? 16000
    let bytes = try SoundWriter.bytes(
      Self.noise(samples * channels), format: format, channels: channels, rate: rate)
    return name == "BW64" ? Array("BW64".utf8) + bytes.dropFirst(4) : bytes
  }

  @Test("whole, resampled, cut and joined files of every format", arguments: written.map(\.name))
  func formats(name: String) throws {
    let bytes = try file(name)
    let plain = try agreed(bytes)
    #expect(plain.error == nil)
    #expect(plain.seconds > 0.9)
    try agreed(bytes, rate: 22050)
    for kept in [bytes.count - 7, bytes.count / 2, 300, 20] {
      try agreed(Array(bytes.prefix(kept)))
    }
    try agreed(bytes + bytes)
    try agreed(bytes + Array("TAG".utf8) + [UInt8](repeating: 0, count: 125))
  }

  @Test(
    "several channels, their mean and each of them",
    arguments: ["WAV", "W64", "AIFF", "CAF", "AU", "FLAC", "Vorbis", "Opus", "MP3"])
  func channels(name: String) throws {
    let bytes = try file(name, channels: 2)
    let mean = try agreed(bytes)
    let (first, second) = (try agreed(bytes, channel: 1), try agreed(bytes, channel: 2))
    #expect(first != second && first != mean && first.error == nil && second.error == nil)
    for missing in [0, 3, -1] {
      let path = folder.file("sound")
      #expect(
        try agreed(bytes, channel: missing).error
          == .noChannel(path: path, asked: missing, channels: 2))
    }
    // Streams of one and of two channels, one after the other.
    let joined = try file(name) + bytes
    for channel in [nil, 1, 2] { try agreed(joined, channel: channel) }
  }

  @Test func oneChannelIsTheSamplesOfOne() throws {
    let path = try folder.write("a.wav", Sounds.wav([0.5, 0.25, -1, 0], channels: 2))
    #expect(try AudioFile.read(path, channel: 2).samples == [0.25, 0])
    #expect(try AudioFile.read(path).mono(channel: 1) == [0.5, -1])
    let stream = try SoundStream(path, sampleRate: 16000, channel: 2)
    #expect(try stream.next() == [0.25, 0])
    #expect(stream.channels == 2 && stream.sourceRate == 16000)
  }

  @Test(
    "pieces are resampled as the whole is",
    arguments: [8000, 11025, 16000, 22050, 44100, 48000, 96000, 192_000])
  func rates(from: Int) throws {
    let samples = Self.noise(30011)
    for to in [8000, 11025, 16000, 22050, 44100, 48000, 96000, 192_000] {
      let expected = try Resampler.resample(samples, from: from, to: to)
      let resampler = try StreamResampler(from: from, to: to, path: "a")
      var output: [Float] = []
      var (at, size) = (0, 1)
      while at < samples.count {
        try resampler.add(Array(samples[at..<min(samples.count, at + size)]), into: &output)
        at += size
        size = size * 5 % 9973 + 1
      }
      try resampler.finish(into: &output)
      #expect(output == expected, "\(from) Hz to \(to) Hz")
    }
  }

  @Test func whatIsRefused() throws {
    let tone = Sounds.tone(440, samples: 20000)
    var broken = tone
    broken[15000] = .nan
    let path = folder.file("sound")
    #expect(try agreed(Sounds.wav(broken)).error == .notFinite(path: path, frame: 15000))
    #expect(try agreed([]).error == .empty(path: path))
    #expect(try agreed(Array("no sound at all".utf8)).error != nil)
    #expect(try agreed(Sounds.wav([])).error == .noSamples(path: path))
    #expect(try agreed(Sounds.wav(tone, rate: 5)).error == .sampleRate(path: path, found: 5))
    let flac = SF_FORMAT_FLAC | SF_FORMAT_PCM_16
    let mixed =
      try SoundWriter.bytes(tone, format: flac) + SoundWriter.bytes(tone, format: flac, rate: 8000)
    #expect(try agreed(mixed).error == .mixed(path: path, first: 16000, then: 8000))
    let folderPath = folder.path
    #expect(throws: AudioError.unreadable(path: folderPath, reason: "it is a folder")) {
      try SoundStream(folderPath, sampleRate: 16000)
    }
    #expect(throws: AudioError.missing(path: path + "x")) {
      try SoundStream(path + "x", sampleRate: 16000)
    }
    #expect(throws: AudioError.resampling(path: path, reason: "from 16000 Hz to 0 Hz")) {
      try SoundStream(try folder.write("sound", Sounds.wav(tone)), sampleRate: 0)
    }
  }

  @Test("damaged files, with the first bytes or any changed")
  func damage() throws {
    var random = RandomSource(seed: 11)
    for name in ["WAV", "W64", "AIFF", "CAF", "AU", "NIST", "VOC", "FLAC", "Vorbis", "MP3"] {
      let bytes = try file(name, samples: 3000)
      for span in [64, 64, 64, bytes.count, bytes.count, bytes.count] {
        var damaged = bytes
        for _ in 0..<3 { damaged[random.below(span)] = UInt8(random.below(256)) }
        try agreed(damaged)
      }
    }
  }

  @Test("an error stays, and nothing comes after it")
  func errorsStay() throws {
    var samples = Self.noise(50000)
    samples[40000] = .infinity
    let path = try folder.write("a.wav", Sounds.wav(samples))
    let stream = try SoundStream(path, sampleRate: 16000)
    var count = try stream.next().count
    let expected = AudioError.notFinite(path: path, frame: 40000)
    #expect(throws: expected) { while true { count += try stream.next().count } }
    #expect(count > 0 && count <= 40000)
    #expect(throws: expected) { try stream.next() }
  }

  @Test("a file that is written or cut meanwhile is not taken for a whole one")
  func changes() throws {
    let bytes = Sounds.wav(Self.noise(400_000))
    for size in [bytes.count / 2, bytes.count + 1] {
      let path = try folder.write("a.wav", bytes)
      let stream = try SoundStream(path, sampleRate: 16000)
      _ = try stream.next()
      try #require(truncate(path, off_t(size)) == 0)
      #expect(throws: AudioError.unreadable(path: path, reason: "it changed while it was read")) {
        while try !stream.next().isEmpty {}
      }
    }
  }
}
