/// The sizes of a backbone, whichever kind it is.
enum BackboneDescription: Codable, Equatable {
  case ast(ASTConfiguration)
  case wav2vec2(Wav2Vec2Configuration)

  /// - Throws: `EngineError.refused` for a backbone that files do not know.
  init(_ backbone: any Backbone) throws {
    switch backbone {
    case let ast as ASTModel: self = .ast(ast.configuration)
    case let speech as Wav2Vec2Model: self = .wav2vec2(speech.configuration)
    default: throw EngineError.refused("a backbone of this kind cannot be written")
    }
  }

  private enum CodingKeys: String, CodingKey { case ast, wav2vec2 }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    if let sizes = try values.decodeIfPresent(ASTConfiguration.self, forKey: .ast) {
      self = .ast(sizes)
    } else {
      self = .wav2vec2(try values.decode(Wav2Vec2Configuration.self, forKey: .wav2vec2))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .ast(let sizes): try values.encode(sizes, forKey: .ast)
    case .wav2vec2(let sizes): try values.encode(sizes, forKey: .wav2vec2)
    }
  }

  /// Builds the backbone from its parameters.
  func build(from source: any ParameterSource) throws -> any Backbone {
    switch self {
    case .ast(let sizes): try ASTModel(sizes, from: source)
    case .wav2vec2(let sizes): try Wav2Vec2Model(sizes, from: source)
    }
  }

  /// - Throws: `EngineError.setting` for sizes that make no model.
  func validate() throws {
    switch self {
    case .ast(let sizes): try sizes.validate()
    case .wav2vec2(let sizes): try sizes.validate()
    }
  }

  /// The first size in which another backbone differs, in words.
  func firstDifference(from other: BackboneDescription) -> String? {
    switch (self, other) {
    case (.ast(let mine), .ast(let theirs)):
      let sizes: [(String, KeyPath<ASTConfiguration, Int>)] = [
        ("hidden", \.hidden), ("layers", \.layers), ("heads", \.heads),
        ("intermediate", \.intermediate), ("patch", \.patch),
        ("frequency stride", \.frequencyStride), ("time stride", \.timeStride),
        ("frames", \.frames), ("mel bins", \.melBins),
      ]
      for (name, size) in sizes where mine[keyPath: size] != theirs[keyPath: size] {
        return "\(name) is \(theirs[keyPath: size]) there and \(mine[keyPath: size]) here"
      }
      if mine.layerNormEps != theirs.layerNormEps {
        return "layer_norm_eps is \(theirs.layerNormEps) there and \(mine.layerNormEps) here"
      }
      return mine.hasQKVBias == theirs.hasQKVBias
        ? nil : "qkv_bias is \(theirs.hasQKVBias) there and \(mine.hasQKVBias) here"
    case (.wav2vec2(let mine), .wav2vec2(let theirs)):
      let sizes: [(String, KeyPath<Wav2Vec2Configuration, Int>)] = [
        ("hidden", \.hidden), ("layers", \.layers), ("heads", \.heads),
        ("intermediate", \.intermediate),
      ]
      for (name, size) in sizes where mine[keyPath: size] != theirs[keyPath: size] {
        return "\(name) is \(theirs[keyPath: size]) there and \(mine[keyPath: size]) here"
      }
      return mine == theirs ? nil : "the convolutions or the order of norms differ"
    case (.ast, .wav2vec2): return "it is wav2vec 2.0 there and AST here"
    case (.wav2vec2, .ast): return "it is AST there and wav2vec 2.0 here"
    }
  }
}
