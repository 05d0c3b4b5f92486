/// Decodes the streams of a file one after the other, piece by piece. What is read into memory
/// and what is streamed come of it, so that both take and refuse the same.
final class SoundReader {
  /// Frames a second, in Hz, in all streams.
  let sampleRate: Int
  /// Frames given so far.
  private(set) var frames = 0
  /// The number of the stream the last piece is of, counted from 0.
  private(set) var stream = 0
  private let path: String
  private let parts: [SoundPart]
  private var decoder: any SoundDecoder
  private var allowance: SampleAllowance
  private var isAtEnd = false

  /// Looks at the whole structure of a file and begins to decode its first stream.
  /// - Parameters:
  ///   - path: the file's name, for errors.
  ///   - mostSamples: samples that are taken at most, all channels counted.
  /// - Throws: `AudioError`.
  init(_ bytes: SoundBytes, path: String, mostSamples: Int) throws(AudioError) {
    if bytes.isEmpty { throw .empty(path: path) }
    var sound = bytes
    while let tag = SoundTags.leading(sound) {
      guard tag < sound.count else {
        throw .noEnd(path: path, reason: "the file ends with the tags before the sound")
      }
      sound = sound.dropFirst(tag)
    }
    parts = try SoundPart.all(in: sound, path: path)
    guard let first = parts.first else { throw .noSamples(path: path) }
    allowance = SampleAllowance(most: mostSamples)
    decoder = try first.decoder(path: path, allowance)
    sampleRate = decoder.sampleRate
    self.path = path
  }

  /// Channels of the last piece, or of the first one before it came.
  var channels: Int { decoder.channels }

  /// Samples to make room for, of the present stream.
  var room: Int { decoder.room }

  /// The next samples, interleaved, all of one stream; none at the end.
  /// - Throws: `AudioError`. Not called again after one.
  func next() throws(AudioError) -> [Float] {
    while !isAtEnd {
      let piece = try decoder.next()
      if piece.isEmpty {
        try turnToNextStream()
        continue
      }
      if let bad = piece.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(path: path, frame: frames + bad / channels)
      }
      frames += piece.count / channels
      allowance.taken += piece.count
      return piece
    }
    return []
  }

  private func turnToNextStream() throws(AudioError) {
    try parts[stream].checkEnd(path: path)
    guard stream + 1 < parts.count else {
      // An index can give all samples out for the encoder's own.
      if frames == 0 { throw .noSamples(path: path) }
      return isAtEnd = true
    }
    stream += 1
    decoder = try parts[stream].decoder(path: path, allowance)
    guard decoder.sampleRate == sampleRate else {
      throw .mixed(path: path, first: sampleRate, then: decoder.sampleRate)
    }
  }
}
