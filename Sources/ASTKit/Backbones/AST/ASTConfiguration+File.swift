/// Reads and writes the sizes under the keys of transformers' `config.json`.
extension ASTConfiguration: Codable {
  private enum CodingKeys: String, CodingKey {
    case hidden = "hidden_size"
    case layers = "num_hidden_layers"
    case heads = "num_attention_heads"
    case intermediate = "intermediate_size"
    case patch = "patch_size"
    case frequencyStride = "frequency_stride"
    case timeStride = "time_stride"
    case frames = "max_length"
    case melBins = "num_mel_bins"
    case layerNormEps = "layer_norm_eps"
    case hasQKVBias = "qkv_bias"
    case initializerRange = "initializer_range"
    case activation = "hidden_act"
  }

  /// Sizes that a file leaves out are those of AST-base, as in transformers.
  /// - Throws: `EngineError.setting` for another activation than GELU, which is not built
  ///   here; `DecodingError` for values of another type.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<T: Decodable>(_ key: CodingKeys, _ value: inout T) throws {
      try values.read(key, into: &value)
    }
    var activation = "gelu"
    try read(.activation, &activation)
    guard activation == "gelu" else {
      throw EngineError.setting(
        name: CodingKeys.activation.rawValue, expected: "gelu", found: activation.shown)
    }
    try read(.hidden, &hidden)
    try read(.layers, &layers)
    try read(.heads, &heads)
    try read(.intermediate, &intermediate)
    try read(.patch, &patch)
    try read(.frequencyStride, &frequencyStride)
    try read(.timeStride, &timeStride)
    try read(.frames, &frames)
    try read(.melBins, &melBins)
    try read(.layerNormEps, &layerNormEps)
    try read(.hasQKVBias, &hasQKVBias)
    try read(.initializerRange, &initializerRange)
  }

  /// Writes the keys of transformers' `config.json`.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(hidden, forKey: .hidden)
    try values.encode(layers, forKey: .layers)
    try values.encode(heads, forKey: .heads)
    try values.encode(intermediate, forKey: .intermediate)
    try values.encode(patch, forKey: .patch)
    try values.encode(frequencyStride, forKey: .frequencyStride)
    try values.encode(timeStride, forKey: .timeStride)
    try values.encode(frames, forKey: .frames)
    try values.encode(melBins, forKey: .melBins)
    // As text in double precision, 1e-12 stays 1e-12.
    try values.encode(Double("\(layerNormEps)") ?? Double(layerNormEps), forKey: .layerNormEps)
    try values.encode(hasQKVBias, forKey: .hasQKVBias)
    try values.encode(
      Double("\(initializerRange)") ?? Double(initializerRange), forKey: .initializerRange)
  }
}
