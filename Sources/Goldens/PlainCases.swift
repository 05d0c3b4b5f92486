import ASTKit
import Foundation

/// Cases that only run forward: models, features, position embeddings.
enum PlainCases {
  /// Whole model: every inner value the case stores.
  static func plainAST(_ golden: GoldenCase, _ folder: GoldenFolder) throws -> Comparison {
    let tensors = try folder.tensors(golden.file)
    let (model, input) = try ast(golden, folder, prefix: "")
    var result = Comparison()
    let tolerance = folder.tolerances.plain
    let tape = Tape(.inference, recording: false)
    let trace = try model.trace(input, tape)
    for (name, value) in trace where tensors.names.contains(name) {
      let expected = try tensors.tensor(name)
      result.check("values", name, value, expected, absolute: tolerance)
    }
    let missing = Set(tensors.names).subtracting(trace.keys)
    result.require(missing.isEmpty, "not computed: \(missing.sorted().joined(separator: ", "))")
    return result
  }

  /// `ASTForAudioClassification`: the head on the mean of [CLS] and [DIST].
  static func classifier(_ golden: GoldenCase, _ folder: GoldenFolder) throws -> Comparison {
    let tensors = try folder.tensors(golden.file)
    let (model, input) = try ast(golden, folder, prefix: "audio_spectrogram_transformer.")
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

  /// Log-mel features of a waveform, and the padded, normalised input.
  static func features(_ golden: GoldenCase, _ folder: GoldenFolder) throws -> Comparison {
    let tensors = try folder.tensors(golden.file)
    let settings = FeatureSettings(
      sampleRate: golden.integer("sampling_rate") ?? 16_000,
      frames: golden.integer("max_length") ?? 1024)
    let samples = try tensors.tensor("waveform").values
    let bank = try Fbank(sampleRate: settings.sampleRate, melBins: settings.melBins)
    let values = bank.logMel(samples)
    var result = Comparison()
    result.check(
      "fbank", "fbank_float64", values, try tensors.tensor("fbank_float64").values,
      absolute: folder.tolerances.features)
    let logMel = LogMel(
      values: values, frames: values.count / settings.melBins,
      seconds: Double(samples.count) / Double(settings.sampleRate))
    result.check(
      "input", "input_values", settings.inputValues(logMel),
      try tensors.tensor("input_values").values, absolute: folder.tolerances.features)
    return result
  }

  static func ast(
    _ golden: GoldenCase, _ folder: GoldenFolder, prefix: String
  ) throws -> (ASTModel, Tensor) {
    guard let base = golden.text("base"), let inputs = golden.text("inputs") else {
      throw GoldenError.missing("'base' or 'inputs' in the manifest")
    }
    let source = PrefixedParameters(
      source: try folder.tensors("\(base)/model.safetensors"), prefix: prefix)
    guard
      let model = try GoldenModel.backbone("\(folder.path)/\(base)", source) as? ASTModel
    else { throw GoldenError.unsupported("a base that is no AST") }
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
