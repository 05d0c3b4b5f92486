/// Decodes one stream of a file from its beginning to its end.
protocol SoundDecoder: AnyObject {
  /// Samples of one instant.
  var channels: Int { get }
  /// Hz.
  var sampleRate: Int { get }
  /// Samples to make room for, all channels counted: what the stream seems to hold, and no
  /// more than is harmless if it lies.
  var room: Int { get }
  /// The next samples, interleaved, the channels of one instant together; none at the end.
  /// - Throws: `AudioError`. Less than the stream promises is an error. Not called again after
  ///   an error or the end.
  func next() throws(AudioError) -> [Float]
}

/// How many samples may come of a file, all its streams and channels counted.
struct SampleAllowance {
  let most: Int
  /// How many of them the streams so far have taken.
  var taken = 0

  var left: Int { most - taken }
}
