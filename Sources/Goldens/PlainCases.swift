import ASTKit
import Foundation

/// Cases that only run a whole model forward.
enum PlainCases {
  /// Whole AST: every inner value the case stores.
  static func plainAST(_ golden: GoldenCase, _ folder: GoldenFolder) throws -> Comparison {
    let (model, input): (ASTModel, Tensor) = try base(golden, folder, prefix: "")
    return try compare(
      model.trace(input, Tape(.inference, recording: false)), golden, folder)
  }

  /// Whole wav2vec 2.0: every inner value the case stores, some of them of example 0 alone and
  /// with the channels first.
  static func plainSpeech(_ golden: GoldenCase, _ folder: GoldenFolder) throws -> Comparison {
    let (model, input): (Wav2Vec2Model, Tensor) = try base(golden, folder, prefix: "")
    let tensors = try folder.tensors(golden.file)
    var trace = try model.trace(input, Tape(.inference, recording: false))
    for (name, value) in trace {
      guard let shape = tensors.shape(of: name), shape.count == 2, value.shape.count == 3 else {
        continue
      }
      let isChannelsFirst = name.hasPrefix("conv_")
      trace[name] = try firstExample(value, frames: isChannelsFirst ? shape[1] : nil)
    }
    return try compare(trace, golden, folder)
  }

  /// Example 0 of `[batch, frames, channels]`: as it is, or its first frames transposed.
  private static func firstExample(_ value: Tensor, frames: Int?) throws -> Tensor {
    let (length, channels) = (value.shape[1], value.shape[2])
    let kept = min(frames ?? length, length)
    let result = try Tensor(frames == nil ? [length, channels] : [channels, kept])
    for t in 0..<kept {
      for c in 0..<channels {
        let place = frames == nil ? t * channels + c : c * kept + t
        result.elements[place] = value.elements[t * channels + c]
      }
    }
    return result
  }

  /// Compares the inner values that the case stores; every one of them must be there.
  private static func compare(
    _ trace: [String: Tensor], _ golden: GoldenCase, _ folder: GoldenFolder
  ) throws -> Comparison {
    let tensors = try folder.tensors(golden.file)
    var result = Comparison()
    for name in tensors.names {
      guard let value = trace[name] else {
        result.require(false, "not computed: \(name)")
        continue
      }
      result.check(
        "values", name, value, try tensors.tensor(name), absolute: folder.tolerances.plain)
    }
    return result
  }

  /// `ASTForAudioClassification`: the head on the mean of [CLS] and [DIST].
  static func classifier(_ golden: GoldenCase, _ folder: GoldenFolder) throws -> Comparison {
    let tensors = try folder.tensors(golden.file)
    let (model, input): (ASTModel, Tensor) = try base(
      golden, folder, prefix: "audio_spectrogram_transformer.")
    let base = try folder.tensors("\(golden.text("base") ?? "")/model.safetensors")
    let source = PrefixedParameters(source: base, prefix: "")
    let expected = try tensors.tensor("logits")
    let head = try ClassificationHead(
      .normalised, hidden: model.hidden, classes: expected.columns,
      normEps: model.configuration.layerNormEps, from: source)
    let net = try AudioClassifier(
      backbone: model, head: head, classes: (0..<expected.columns).map { "class \($0)" },
      pooling: .clsAndDistillation)
    var result = Comparison()
    let logits = try net.forward(input, Tape(.inference, recording: false))
    result.check("logits", "logits", logits, expected, absolute: folder.tolerances.logits)
    return result
  }

  /// The bare model, of the kind that the case is about, and the input of a case.
  private static func base<Model: Backbone>(
    _ golden: GoldenCase, _ folder: GoldenFolder, prefix: String
  ) throws -> (Model, Tensor) {
    guard let base = golden.text("base"), let inputs = golden.text("inputs") else {
      throw GoldenError.missing("'base' or 'inputs' in the manifest")
    }
    let source = PrefixedParameters(
      source: try folder.tensors("\(base)/model.safetensors"), prefix: prefix)
    guard let model = try GoldenModel.backbone(base, folder, source) as? Model else {
      throw GoldenError.unsupported("a base that is no \(Model.Configuration.title)")
    }
    return (model, try folder.tensors(inputs).tensor("input_values"))
  }
}

/// Parameters of a file whose names have a prefix.
struct PrefixedParameters: ParameterSource {
  let source: Safetensors
  let prefix: String

  func tensor(_ name: String, _ shape: [Int], _ initialization: Initialization) throws -> Tensor {
    try source.tensor(prefix + name, shape: shape).copy()
  }
}
