/// Why a sound file cannot be used. Every case names the file.
public enum AudioError: DescribedError, Equatable {
  /// There is no such file.
  case missing(path: String)
  /// The system does not let us read it, or it is not a regular file.
  case unreadable(path: String, reason: String)
  /// The file has no bytes.
  case empty(path: String)
  /// A sound format that is known and not decoded here.
  case unsupported(path: String, format: String)
  /// The contents are of no known format; `looksLike` says what they seem to be.
  case notAudio(path: String, looksLike: String?)
  /// The file ends early: it promises `expected` and holds `found` of `unit` (frames, bytes).
  case truncated(path: String, unit: String, expected: Int, found: Int)
  /// An Ogg stream whose last page is incomplete or that stops being one.
  case noEnd(path: String, reason: String)
  /// A file of a known format that cannot be decoded; `reason` is the library's own message.
  case damaged(path: String, format: String, reason: String)
  /// More sound in the file than is read, and where: the rest would be lost.
  case several(path: String, what: String)
  /// Recordings joined in one file whose sampling rates, in Hz, differ.
  case mixed(path: String, first: Int, then: Int)
  /// A valid header and no samples behind it.
  case noSamples(path: String)
  /// A sample that is not a number or infinite, in this frame.
  case notFinite(path: String, frame: Int)
  /// A sampling rate no recording has.
  case sampleRate(path: String, found: Int)
  /// A number of channels no recording has.
  case channels(path: String, found: Int)
  /// A channel was asked for by a number, from 1 on, that the file does not have.
  case noChannel(path: String, asked: Int, channels: Int)
  /// A recording that goes on after this many samples, all channels counted.
  case tooLong(path: String, samples: Int)
  /// Fewer samples at the feature rate than one analysis frame needs.
  case tooShort(path: String, samples: Int, needed: Int, sampleRate: Int)
  /// libsoxr refused; `reason` is its own message.
  case resampling(path: String, reason: String)
}

extension AudioError {
  /// The file concerned.
  public var path: String {
    switch self {
    case .missing(let path), .unreadable(let path, _), .empty(let path), .notAudio(let path, _),
      .unsupported(let path, _), .truncated(let path, _, _, _), .noEnd(let path, _),
      .damaged(let path, _, _), .several(let path, _), .mixed(let path, _, _),
      .noSamples(let path), .notFinite(let path, _), .sampleRate(let path, _),
      .channels(let path, _), .noChannel(let path, _, _), .tooLong(let path, _),
      .tooShort(let path, _, _, _), .resampling(let path, _):
      path
    }
  }

  /// What is wrong, without the file's name, for lists of many files.
  public var reason: String {
    switch self {
    case .missing: "there is no such file"
    case .unreadable(_, let reason): "cannot be read: \(reason)"
    case .empty: "the file is empty (0 bytes)"
    case .unsupported(_, let format):
      "\(format) is not decoded here; convert it: \(conversion)"
    case .notAudio(_, let looksLike):
      "not a sound file of a known format" + (looksLike.map { " (it looks like \($0))" } ?? "")
    case .truncated(_, let unit, let expected, let found):
      "truncated: the header promises \(expected) \(unit), found \(found)"
    case .noEnd(_, let reason): "truncated or damaged: \(reason)"
    case .damaged(_, let format, let reason):
      "\(format) that cannot be decoded: damaged, or coded in a rare way (\(reason)); ffmpeg may "
        + "convert it: \(conversion)"
    case .several(_, let what):
      "it holds \(what), of which only one would be read; take them apart, or: \(conversion)"
    case .mixed(_, let first, let then):
      "it holds recordings of different rates one after the other: \(first) Hz, then "
        + "\(then) Hz; take them apart"
    case .noSamples: "the file holds no samples"
    case .notFinite(_, let frame): "sample \(frame) is not a finite number"
    case .sampleRate(_, let found):
      "a sampling rate of \(found) Hz; expected "
        + "\(AudioFile.sampleRates.lowerBound) to \(AudioFile.sampleRates.upperBound)"
    case .channels(_, let found):
      "a header with \(found) channels; expected \(AudioFile.channels.lowerBound) to "
        + "\(AudioFile.channels.upperBound)"
    case .noChannel(_, let asked, let channels):
      "it has no channel \(asked); channels are numbered from 1, and it has \(channels)"
    case .tooLong(_, let samples):
      "too long: more than \(samples) samples; cut it into clips"
    case .tooShort(_, let samples, let needed, let sampleRate):
      "too short: \(samples) samples at \(sampleRate) Hz, one frame needs \(needed)"
    case .resampling(_, let reason): "cannot be resampled: \(reason)"
    }
  }

  private var conversion: String { ConversionCommand.of(path) }

  public var message: String { "'\(path)': \(reason)" }
}
