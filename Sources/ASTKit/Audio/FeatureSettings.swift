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
  /// Length of the windows that recordings are cut into, in seconds; `nil`: they are not cut.
  public var window: Double?
  /// From the start of a window to that of the next, in seconds; `nil`: the window's length.
  public var hop: Double?
  /// See `Windows.overlap`.
  public var overlap: Double?
  /// See `Windows.within`.
  public var within = Windows.Place.recording
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
}

extension FeatureSettings.Kind: SettingChoice {
  public var settingWord: String {
    switch self {
    case .logMel: "logmel"
    case .waveform: "waveform"
    }
  }
}

extension FeatureSettings.ShortClips: SettingChoice {}
extension Windows.Place: SettingChoice {}

extension FeatureSettings: Configurable {
  public static let defaults = FeatureSettings()
  public static let declarations = [
    SettingOf<FeatureSettings>(
      "frames", "length in frames of 10 ms that clips are cut or padded to", \.frames,
      bounds: .between(1...100_000)),
    SettingOf(
      "features", "what the model looks at: log-mel (AST) or the waveform (wav2vec 2.0)", \.kind),
    SettingOf(
      "seconds",
      "length that waveforms are cut or padded to; a model masks the padding if its file says so",
      \.seconds, unit: .seconds, bounds: .between(0.001...1000)),
    SettingOf(
      "rate", "sample rate all sound is resampled to", \.sampleRate, unit: .hertz,
      bounds: .between(1000...192_000)),
    SettingOf("mels", "mel bins", \.melBins, bounds: .between(1...1024)),
    SettingOf("mean", "mean of the log-mel values", \.mean),
    SettingOf(
      "std", "their standard deviation; values are divided by twice this", \.std,
      bounds: .above(0)),
    SettingOf(
      "channel", "the one channel to take, from 1; default: the mean of all", \.channel,
      bounds: .between(1...1024)),
    SettingOf(
      "short", "what a clip gets that is shorter than the model's length", \.short),
    SettingOf(
      "window", "cuts recordings into windows of this length; frames follows from it", \.window,
      unit: .seconds, bounds: .between(0.001...3600)),
    SettingOf(
      "hop", "from one window to the next; default: the window", \.hop, unit: .seconds,
      bounds: .between(0.001...3600)),
    SettingOf(
      "overlap",
      "what a window must hold of an annotation to take its label; default: a quarter of the "
        + "shorter of the two", \.overlap, unit: .seconds, bounds: .above(0, atMost: 3600)),
    SettingOf(
      "within", "where windows lie: all over the recording, or inside annotations only", \.within),
    // After those that it may put out of force.
    SettingOf(
      "normalize",
      "brings log-mel values by mean and std, each waveform by its own, to one scale",
      \.normalises),
  ]

  /// Whether values are brought to one scale; turned off, `leaveOutNormalisation` is done, and
  /// only what was overwritten then cannot be turned on again.
  var normalises: Bool {
    get { kind == .waveform ? normalisesClips : (mean, std) != (0, 0.5) }
    set {
      if newValue { normalisesClips = true } else { leaveOutNormalisation() }
    }
  }

  /// With the defaults in place of what its kind has no use for.
  public var withoutUnused: FeatureSettings {
    guard kind == .waveform else { return self }
    var settings = FeatureSettings.waveform(
      seconds: seconds, sampleRate: sampleRate, normalisesClips: normalisesClips)
    (settings.short, settings.channel, settings.windows) = (short, channel, windows)
    return settings
  }

  /// How recordings are cut; `nil`: not at all.
  public var windows: Windows? {
    get { window.map { Windows(length: $0, hop: hop, overlap: overlap, within: within) } }
    set {
      (window, hop, overlap) = (newValue?.length, newValue?.hop, newValue?.overlap)
      within = newValue?.within ?? .recording
    }
  }

  /// - Throws: `EngineError.setting` naming the value that makes no sense.
  public func validate() throws(EngineError) {
    try checkSettings()
    guard window == nil else { return }
    let without = [
      ("hop", hop != nil), ("overlap", overlap != nil), ("within", within != .recording),
    ]
    if let name = without.first(where: \.1)?.0 {
      throw .setting(name: name, expected: "given with a 'window'", found: "alone")
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
  /// What the recording was like; `nil` where that is not known.
  public var facts: SoundFacts?

  /// - Parameters: as the properties; `values` has a whole number of rows.
  public init(values: [Float], frames: Int, seconds: Double, facts: SoundFacts? = nil) {
    self.values = values
    self.frames = frames
    self.seconds = seconds
    self.facts = facts
  }
}
