import Foundation
import Testing

@testable import ASTKit

/// `config.json` is read as transformers reads it, and what cannot be built is refused.
struct Wav2Vec2ConfigurationTests {
  private func read(_ text: String) throws -> Wav2Vec2Configuration {
    try JSONDecoder().decode(Wav2Vec2Configuration.self, from: Data(text.utf8))
  }

  @Test func missingSizesAreThoseOfTheBaseModel() throws {
    #expect(try read("{}") == Wav2Vec2Configuration())
    #expect(try read(#"{"hidden_size": 32}"#).hidden == 32)
    #expect(try read(#"{"layer_norm_eps": 1e-05}"#).layerNormEps == 1e-5)
  }

  @Test func whatIsWrittenReadsTheSame() throws {
    for configuration in Wav2Vec2Configuration.presets.values {
      try configuration.validate()
      let data = try JSONEncoder().encode(configuration)
      #expect(try JSONDecoder().decode(Wav2Vec2Configuration.self, from: data) == configuration)
    }
  }

  @Test(arguments: [
    #"{"hidden_act": "relu"}"#, #"{"feat_extract_activation": "relu"}"#,
    #"{"feat_extract_norm": "batch"}"#, #"{"add_adapter": true}"#,
    #"{"conv_pos_batch_norm": true}"#,
  ])
  func otherFormsAreRefused(_ text: String) {
    #expect(throws: EngineError.self) { try read(text) }
  }

  @Test(arguments: [
    #"{"num_attention_heads": 7}"#, #"{"conv_dim": []}"#, #"{"conv_stride": [5, 2]}"#,
    #"{"conv_kernel": [10, 3, 3, 3, 3, 2, 0]}"#, #"{"num_conv_pos_embedding_groups": 5}"#,
    #"{"layer_norm_eps": -1e-5}"#, #"{"mask_time_prob": 7.0}"#, #"{"mask_feature_prob": -1}"#,
    #"{"hidden_size": 0}"#, #"{"num_conv_pos_embeddings": 0}"#, #"{"num_hidden_layers": -1}"#,
  ])
  func sizesThatMakeNoModelAreRefused(_ text: String) throws {
    let sizes = try read(text)
    #expect(throws: EngineError.self) { try sizes.validate() }
  }

  /// Each number is possible; together they ask for more samples than can be counted.
  @Test(arguments: [3, 5, 7]) func convolutionsThatSwallowHoursAreRefused(_ count: Int) throws {
    var sizes = Wav2Vec2Configuration()
    sizes.channels = [Int](repeating: 8, count: count)
    sizes.kernels = [Int](repeating: 4096, count: count)
    sizes.strides = sizes.kernels
    let error = #expect(throws: EngineError.self) { try sizes.validate() }
    #expect(error?.message.contains("960000 samples") == true)
  }

  @Test func theMaskVectorExistsOnlyWhereTransformersHasIt() throws {
    let with = try read(#"{"hidden_size": 6, "num_attention_heads": 2, "num_hidden_layers": 1}"#)
    var without = with
    without.maskTimeProbability = 0
    let names = try [with, without].map {
      try Wav2Vec2Model(shrunk($0), from: RandomParameters(seed: 1)).parameters.map(\.name)
    }
    #expect(names[0].contains("masked_spec_embed"))
    #expect(Set(names[0]).subtracting(names[1]) == ["masked_spec_embed"])
  }

  private func shrunk(_ sizes: Wav2Vec2Configuration) -> Wav2Vec2Configuration {
    var result = sizes
    (result.channels, result.kernels, result.strides) = ([4], [5], [3])
    (result.intermediate, result.positionKernel, result.positionGroups) = (8, 4, 2)
    return result
  }
}
