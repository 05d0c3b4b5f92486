/// The sizes of an Audio Spectrogram Transformer (Gong, Chung and Glass, arXiv 2104.01778),
/// with the names and defaults of Hugging Face's `ASTConfig`.
public struct ASTConfiguration: Sendable, Equatable {
  /// Width of the hidden states.
  public var hidden = 768
  /// Encoder layers.
  public var layers = 12
  /// Attention heads; a divisor of `hidden`.
  public var heads = 12
  /// Width of the feed-forward network.
  public var intermediate = 3072
  /// Side of a patch, in mel bins and frames.
  public var patch = 16
  /// Steps between patches, in mel bins and in frames.
  public var frequencyStride = 10, timeStride = 10
  /// Length of the spectrogram in frames of 10 ms.
  public var frames = 1024
  /// Mel bins of the spectrogram.
  public var melBins = 128
  /// Added to the variance in every LayerNorm of the backbone.
  public var layerNormEps: Float = 1e-12
  /// Whether query, key and value have biases.
  public var hasQKVBias = true
  /// Standard deviation of the initial weights.
  public var initializerRange: Float = 0.02

  /// The sizes of AST-base.
  public init() {}

  /// Patches along frequency and along time.
  public var grid: (frequency: Int, time: Int) {
    ((melBins - patch) / frequencyStride + 1, (frames - patch) / timeStride + 1)
  }

  /// Tokens of a clip: patches, [CLS] and [DIST].
  public var tokens: Int { grid.frequency * grid.time + 2 }

  /// The named sizes: DeiT's widths.
  public static let presets: [String: ASTConfiguration] = [
    "ast-base": ASTConfiguration(),
    "ast-small": ASTConfiguration(hidden: 384, heads: 6),
    "ast-tiny": ASTConfiguration(hidden: 192, heads: 3),
  ]

  private init(hidden: Int, heads: Int) {
    self.hidden = hidden
    self.heads = heads
    intermediate = 4 * hidden
  }

  /// - Throws: `EngineError.setting` for the first size that makes no model.
  public func validate() throws {
    func require(_ name: String, _ holds: Bool, _ expected: String, _ found: Int) throws {
      if !holds { throw EngineError.setting(name: name, expected: expected, found: "\(found)") }
    }
    try checkSettings()
    try require("heads", hidden % heads == 0, "a divisor of hidden (\(hidden))", heads)
    try require("patch", (1...1024).contains(patch), "between 1 and 1024", patch)
    try require("frequency_stride", frequencyStride >= 1, "at least 1", frequencyStride)
    try require("time_stride", timeStride >= 1, "at least 1", timeStride)
    try require("frames", frames >= patch, "at least a patch (\(patch))", frames)
    try require("mels", melBins >= patch, "at least a patch (\(patch))", melBins)
    guard layerNormEps.isFinite, layerNormEps >= 0 else {
      throw EngineError.setting(
        name: "layer_norm_eps", expected: "at least 0", found: "\(layerNormEps)")
    }
  }
}
