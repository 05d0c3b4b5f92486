/// How a recording becomes the input of a model. The defaults are those of
/// `ASTFeatureExtractor` in transformers, with which the published checkpoints were trained.
public struct FeatureSettings: Hashable, Sendable {
  /// What a model looks at.
  public enum Kind: String, Codable, CaseIterable, Sendable {
    /// Kaldi's log-mel spectrogram, `[frames, melBins]`: AST.
    case logMel
    /// The samples themselves, `[samples]`: wav2vec 2.0.
    case waveform
  }

  /// What a clip gets that is shorter than what the model looks at.
  public enum ShortClips: String, Codable, CaseIterable, Sendable {
    /// Padding behind it.
    case pad
    /// Its sound again and again.
    case loop
    /// Padding on both sides.
    case center
  }

  public var kind = Kind.logMel
  public var short = ShortClips.pad
  /// How recordings are cut into what the model looks at; `nil`: not at all.
  public var windows: Windows?
  /// The channel that is taken, from 1; `nil`: the mean of all.
  public var channel: Int?
  /// Rate all sound is resampled to, in Hz.
  public var sampleRate = 16000

  /// Mel filters, the width of a spectrogram.
  public var melBins = 128
  /// Frames (10 ms each) every spectrogram is cut or zero-padded to.
  public var frames = 1024
  /// Mean of the log-mel values over AudioSet.
  public var mean = -4.2677393
  /// Their standard deviation; the values are divided by twice this.
  public var std = 4.5689974

  /// Length in seconds every waveform is cut or zero-padded to.
  public var seconds = 10.0
  /// Whether each waveform is brought to mean 0 and variance 1 (`do_normalize`).
  public var normalisesClips = true
  /// Whether the model neither attends to the padding of waveforms nor averages it
  /// (`return_attention_mask`). Said by a model's file; a data set's clips know their length
  /// either way.
  public var masksPadding = false

  /// Log-mel spectrograms.
  public init(
    sampleRate: Int = 16000, melBins: Int = 128, frames: Int = 1024, mean: Double = -4.2677393,
    std: Double = 4.5689974
  ) {
    self.sampleRate = sampleRate
    self.melBins = melBins
    self.frames = frames
    self.mean = mean
    self.std = std
  }

  /// Waveforms of `seconds`, as `Wav2Vec2FeatureExtractor` of transformers prepares them when
  /// it has an attention mask: the padding takes no part in the mean and the variance.
  public static func waveform(
    seconds: Double, sampleRate: Int = 16000, normalisesClips: Bool = true
  ) -> FeatureSettings {
    var settings = FeatureSettings(sampleRate: sampleRate)
    settings.kind = .waveform
    settings.seconds = seconds
    settings.normalisesClips = normalisesClips
    return settings
  }

  /// Leaves log-mel values or samples as they are (`do_normalize` of transformers' extractors
  /// off): a spectrogram has mean 0 and std 0.5 then, with which nothing changes.
  public mutating func leaveOutNormalisation() {
    switch kind {
    case .logMel: (mean, std) = (0, 0.5)
    case .waveform: normalisesClips = false
    }
  }

  /// In what, in words, features differ that a model was trained on and features it is given
  /// now; `nil` when they were made alike. The length of waveforms is no difference.
  ///
  /// - Parameter when: what to call the two.
  public func difference(
    from given: FeatureSettings, _ when: (String, String) = ("then", "now")
  ) -> String? {
    var differences: [String] = []
    func compare<T: Equatable>(_ name: String, _ value: (FeatureSettings) -> T) {
      let (mine, theirs) = (value(self), value(given))
      if mine != theirs { differences.append("\(name)\(mine) \(when.0), \(theirs) \(when.1)") }
    }
    compare("") { $0.kind }
    if kind != given.kind { return differences.first }
    compare("") { "\($0.sampleRate) Hz" }
    compare("short clips: ") { $0.short }
    compare("channel ") { $0.channel.map { "\($0)" } ?? "mean" }
    switch kind {
    case .logMel:
      compare("") { "\($0.melBins) mel bins" }
      compare("") { "\($0.frames) frames" }
      compare("mean ") { $0.mean }
      compare("std ") { $0.std }
    case .waveform:
      compare("clips ") { $0.normalisesClips ? "normalised" : "as they are" }
    }
    return differences.isEmpty ? nil : differences.joined(separator: "; ")
  }

  /// Samples of a waveform of `seconds`.
  public var samples: Int { Int(clamped: (seconds * Double(sampleRate)).rounded()) }

  /// The input of a model for one clip: `[frames, melBins]` or `[samples]`.
  public var shape: [Int] {
    switch kind {
    case .logMel: [frames, melBins]
    case .waveform: [samples]
    }
  }

  /// - Throws: `EngineError.setting` naming the value that makes no sense.
  public func validate() throws(EngineError) {
    func require(
      _ holds: Bool, _ name: String, _ expected: String, _ found: String
    ) throws(EngineError) {
      if !holds { throw .setting(name: name, expected: expected, found: found) }
    }
    try require(
      (1000...192_000).contains(sampleRate), "sampleRate", "1000 to 192000 Hz", "\(sampleRate)")
    if let channel {
      try require((1...1024).contains(channel), "channel", "1 to 1024", "\(channel)")
    }
    switch kind {
    case .logMel:
      try require((1...1024).contains(melBins), "melBins", "1 to 1024", "\(melBins)")
      try require((1...100_000).contains(frames), "frames", "1 to 100000", "\(frames)")
      try require(mean.isFinite, "mean", "a finite number", "\(mean)")
      try require(std.isFinite && std > 0, "std", "above 0", "\(std)")
    case .waveform:
      // Checked before it is made a number of samples, which must be at least one.
      try require(
        (0.001...1000).contains(seconds), "seconds", "0.001 to 1000", "\(seconds)")
    }
  }
}

extension FeatureSettings: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, short, windows, channel, sampleRate, melBins, frames, mean, std, seconds,
      normalisesClips,
      masksPadding
  }

  /// What a file leaves out is as in a log-mel spectrogram of AST.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<T: Decodable>(_ key: CodingKeys, _ value: inout T) throws {
      if let found = try values.decodeIfPresent(T.self, forKey: key) { value = found }
    }
    try read(.kind, &kind)
    try read(.short, &short)
    windows = try values.decodeIfPresent(Windows.self, forKey: .windows)
    channel = try values.decodeIfPresent(Int.self, forKey: .channel)
    try read(.sampleRate, &sampleRate)
    try read(.melBins, &melBins)
    try read(.frames, &frames)
    try read(.mean, &mean)
    try read(.std, &std)
    try read(.seconds, &seconds)
    try read(.normalisesClips, &normalisesClips)
    try read(.masksPadding, &masksPadding)
  }

  /// Writes what matters for the kind.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(kind, forKey: .kind)
    if short != .pad { try values.encode(short, forKey: .short) }
    try values.encodeIfPresent(windows, forKey: .windows)
    try values.encodeIfPresent(channel, forKey: .channel)
    try values.encode(sampleRate, forKey: .sampleRate)
    switch kind {
    case .logMel:
      try values.encode(melBins, forKey: .melBins)
      try values.encode(frames, forKey: .frames)
      try values.encode(mean, forKey: .mean)
      try values.encode(std, forKey: .std)
    case .waveform:
      try values.encode(seconds, forKey: .seconds)
      try values.encode(normalisesClips, forKey: .normalisesClips)
      try values.encode(masksPadding, forKey: .masksPadding)
    }
  }
}

/// The log-mel spectrogram of one clip before padding and normalisation.
public struct LogMel: Sendable, Equatable {
  /// Row by row `[frames, bins]`, natural logarithm of the filter energies.
  public var values: [Float]
  /// Rows, 10 ms apart.
  public var frames: Int
  /// Length of the recording it comes from.
  public var seconds: Double

  /// - Parameters: as the properties; `values` has a whole number of rows.
  public init(values: [Float], frames: Int, seconds: Double) {
    self.values = values
    self.frames = frames
    self.seconds = seconds
  }
}
