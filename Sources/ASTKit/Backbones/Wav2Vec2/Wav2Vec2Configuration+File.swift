/// Reads and writes the sizes under the keys of transformers' `config.json`.
extension Wav2Vec2Configuration: Codable {
  private enum CodingKeys: String, CodingKey {
    case hidden = "hidden_size"
    case layers = "num_hidden_layers"
    case heads = "num_attention_heads"
    case intermediate = "intermediate_size"
    case channels = "conv_dim"
    case kernels = "conv_kernel"
    case strides = "conv_stride"
    case hasConvolutionBias = "conv_bias"
    case featureNorm = "feat_extract_norm"
    case positionKernel = "num_conv_pos_embeddings"
    case positionGroups = "num_conv_pos_embedding_groups"
    case isStable = "do_stable_layer_norm"
    case layerNormEps = "layer_norm_eps"
    case initializerRange = "initializer_range"
    case maskTimeProbability = "mask_time_prob"
    case maskFeatureProbability = "mask_feature_prob"
    case modelType = "model_type"
    case activation = "hidden_act"
    case featureActivation = "feat_extract_activation"
    case hasAdapter = "add_adapter"
    case hasPositionBatchNorm = "conv_pos_batch_norm"
    case convolutions = "num_feat_extract_layers"
  }

  /// Sizes that a file leaves out are those of wav2vec2-base, as in transformers.
  /// - Throws: `EngineError.setting` for a form of the model that is not built here, such as
  ///   another activation; `DecodingError` for values of another type.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<T: Decodable>(_ key: CodingKeys, _ value: inout T) throws {
      try values.read(key, into: &value)
    }
    for key in [CodingKeys.activation, .featureActivation] {
      var activation = "gelu"
      try read(key, &activation)
      try Self.refuse(activation != "gelu", key, expected: "gelu", found: activation)
    }
    for key in [CodingKeys.hasAdapter, .hasPositionBatchNorm] {
      var flag = false
      try read(key, &flag)
      try Self.refuse(flag, key, expected: "false", found: "true")
    }
    if let norm = try values.decodeIfPresent(String.self, forKey: .featureNorm) {
      let known = FeatureNorm(rawValue: norm)
      try Self.refuse(
        known == nil, .featureNorm,
        expected: FeatureNorm.allCases.map(\.rawValue).joined(separator: " or "), found: norm)
      featureNorm = known ?? .group
    }
    try read(.hidden, &hidden)
    try read(.layers, &layers)
    try read(.heads, &heads)
    try read(.intermediate, &intermediate)
    try read(.channels, &channels)
    try read(.kernels, &kernels)
    try read(.strides, &strides)
    try read(.hasConvolutionBias, &hasConvolutionBias)
    try read(.positionKernel, &positionKernel)
    try read(.positionGroups, &positionGroups)
    try read(.isStable, &isStable)
    try read(.layerNormEps, &layerNormEps)
    try read(.initializerRange, &initializerRange)
    try read(.maskTimeProbability, &maskTimeProbability)
    try read(.maskFeatureProbability, &maskFeatureProbability)
  }

  private static func refuse(
    _ isWrong: Bool, _ key: CodingKeys, expected: String, found: String
  ) throws {
    if isWrong {
      throw EngineError.setting(name: key.rawValue, expected: expected, found: found)
    }
  }

  /// Writes the names and values of transformers' `config.json`.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode("wav2vec2", forKey: .modelType)
    try values.encode("gelu", forKey: .activation)
    try values.encode("gelu", forKey: .featureActivation)
    try values.encode(hidden, forKey: .hidden)
    try values.encode(layers, forKey: .layers)
    try values.encode(heads, forKey: .heads)
    try values.encode(intermediate, forKey: .intermediate)
    try values.encode(channels.count, forKey: .convolutions)
    try values.encode(channels, forKey: .channels)
    try values.encode(kernels, forKey: .kernels)
    try values.encode(strides, forKey: .strides)
    try values.encode(hasConvolutionBias, forKey: .hasConvolutionBias)
    try values.encode(featureNorm, forKey: .featureNorm)
    try values.encode(positionKernel, forKey: .positionKernel)
    try values.encode(positionGroups, forKey: .positionGroups)
    try values.encode(isStable, forKey: .isStable)
    // As text in double precision, 1e-5 stays 1e-5.
    try values.encode(Double("\(layerNormEps)") ?? Double(layerNormEps), forKey: .layerNormEps)
    try values.encode(
      Double("\(initializerRange)") ?? Double(initializerRange), forKey: .initializerRange)
    try values.encode(maskTimeProbability, forKey: .maskTimeProbability)
    try values.encode(maskFeatureProbability, forKey: .maskFeatureProbability)
  }
}
