import ASTKit
import Foundation

/// A case that trains: forward passes, every gradient, a few updates.
struct TrainingCase {
  let golden: GoldenCase
  let folder: GoldenFolder

  private var reference: GoldenOptimiser { folder.optimiser }

  func run() throws -> Comparison {
    let tensors = try folder.tensors(golden.file)
    let model = try GoldenModel(golden, folder, tensors)
    let net = model.classifier
    var result = Comparison()
    let tolerances = folder.tolerances
    checkNames(net, tensors, &result)

    func evaluate(_ suffix: String, absolute: Double) throws {
      let tape = Tape(.inference, recording: false)
      let logits = try net.forward(model.input, tape)
      let loss = try tape.crossEntropy(logits, labels: model.labels)
      result.check(
        "logits\(suffix)", "logits_eval\(suffix)", logits,
        try tensors.tensor("logits_eval\(suffix)"), absolute: absolute)
      result.check(
        "logits\(suffix)", "loss_eval\(suffix)", loss, try tensors.tensor("loss_eval\(suffix)"),
        absolute: absolute)
    }
    try evaluate("", absolute: tolerances.logits)

    var deviations: [String: Double] = [:]
    let losses = try train(model) { step, logits, loss in
      if step == 0 {
        result.check(
          "logits", "logits_train", logits, try tensors.tensor("logits_train"),
          absolute: tolerances.logits)
        result.check(
          "loss", "loss_train", [Float(loss)], try tensors.tensor("loss_train").values,
          absolute: tolerances.loss)
        deviations = try checkGradients(net, tensors, &result)
      }
      try checkRates(step, tensors, &result)
    } afterStep: { step in
      if step == 0 { try check("buffer_after1/", net, tensors, &result) }
    }
    result.check(
      "losses", "losses", losses, try tensors.tensor("losses").values,
      absolute: tolerances.losses)
    let noise = RoundingNoise { try self.values(afterTrainingWith: $0, deviations, tensors) }
    try check("after3/", net, tensors, &result, noise)
    try check("buffer_after3/", net, tensors, &result, noise)
    let isNoisy = !golden.numbers("after3_float32_noise").isEmpty
    try evaluate(
      "_after3", absolute: isNoisy ? tolerances.logitsAfterNoise : tolerances.logitsAfter)
    return result
  }

  /// Runs the case's updates and returns the loss before each.
  ///
  /// - Parameter watch: given the step, its logits and loss, with the gradients in place and
  ///   the update to come.
  private func train(
    _ model: GoldenModel, watch: (_ step: Int, _ logits: Tensor, _ loss: Double) throws -> Void,
    afterStep: (Int) throws -> Void = { _ in }
  ) throws -> [Float] {
    let net = model.classifier
    let optimiser = AdamW(reference.engineSettings)
    let training = TrainingStep(net, optimiser)
    return try (0..<reference.steps).map { step in
      let factor = factor(step)
      let outcome = try training.take(
        [{ _ in TrainingStep.Part(.input(model.input), labels: model.labels) }],
        clips: model.labels.count, rate: { factor * rate(of: $0, net) },
        watch: { outcome in
          guard let logits = outcome.logits else { return }
          try watch(step, logits, outcome.loss)
        })
      try afterStep(step)
      return Float(outcome.loss)
    }
  }

  /// Values of every parameter and buffer after a training whose gradients carry noise.
  private func values(
    afterTrainingWith random: RandomSource?, _ deviations: [String: Double], _ tensors: Safetensors
  ) throws -> [String: [Float]] {
    var random = random
    let model = try GoldenModel(golden, folder, tensors)
    let net = model.classifier
    _ = try train(model) { _, _, _ in
      guard var source = random else { return }
      defer { random = source }
      for parameter in net.trainableParameters {
        guard let gradient = parameter.gradient else { continue }
        let size = deviations[parameter.name] ?? 0
        for i in 0..<gradient.count {
          gradient.pointer[i] += Float(size * (2 * source.uniform() - 1))
        }
      }
    }
    return net.everything.mapValues(\.value.values)
  }

  private func factor(_ step: Int) -> Double {
    Schedule.cosine.factor(step: step, total: reference.period)
  }

  /// The backbone's rate and the head's, of which there is one only in most cases.
  private var rates: [Double] {
    let groups = golden.fields["param_groups"] as? [[String: Any]] ?? []
    let rates = groups.compactMap { ($0["lr"] as? NSNumber)?.doubleValue }
    return rates.isEmpty ? [reference.rate] : rates
  }

  private func rate(of parameter: Parameter, _ net: AudioClassifier) -> Double {
    let isHead = net.head.parameters.contains { $0 === parameter }
    return (isHead ? rates.last : rates.first) ?? reference.rate
  }

  private func checkRates(
    _ step: Int, _ tensors: Safetensors, _ result: inout Comparison
  ) throws {
    let expected = try tensors.tensor("lrs")
    guard step < expected.rows else {
      throw GoldenError.missing("row \(step) of 'lrs'")
    }
    let row = (0..<expected.columns).map { expected.values[step * expected.columns + $0] }
    result.check(
      "lrs", "lrs step \(step)", rates.map { Float($0 * factor(step)) }, row, absolute: 1e-8)
  }

  /// Names and counts of what is trainable.
  private func checkNames(
    _ net: AudioClassifier, _ tensors: Safetensors, _ result: inout Comparison
  ) {
    let layers = net.backbone.layerCount
    // A tensor without elements, such as the deep prompts of one layer, need not exist.
    let empty = Set(tensors.names.filter { tensors.shape(of: $0)?.contains(0) == true })
    let expected = Set(
      golden.expandedNames("trainable", layers: layers)
        .filter { !empty.contains("param/\($0)") }.map(golden.engineName))
    let found = Set(net.trainableParameters.map(\.name))
    result.require(
      found == expected,
      "trainable names differ: missing \(expected.subtracting(found).sorted().prefix(3)), "
        + "extra \(found.subtracting(expected).sorted().prefix(3))")
    let counts = net.parameterCounts
    for (key, count) in [
      ("n_params_trainable", counts.trainable), ("n_params_total", counts.total),
    ] {
      if let reference = golden.integer(key) {
        result.require(count == reference, "\(key) is \(count), expected \(reference)")
      }
    }
  }

  /// Compares the gradients, and returns the largest deviation in each parameter's, at most
  /// what single precision explains.
  private func checkGradients(
    _ net: AudioClassifier, _ tensors: Safetensors, _ result: inout Comparison
  ) throws -> [String: Double] {
    let unused = Set(
      golden.expandedNames("trainable_without_gradient", layers: net.backbone.layerCount)
        .map(golden.engineName))
    let references = named("grad/", tensors)
    let explained = 3 * (golden.numbers("pytorch_float32_max_abs_deviation")["grad"] ?? 3e-7)
    var deviations: [String: Double] = [:]
    for parameter in net.trainableParameters {
      if unused.contains(parameter.name) {
        result.require(
          parameter.gradient == nil, "\(parameter.name) has a gradient, the reference none")
        continue
      }
      guard let place = references[parameter.name], let gradient = parameter.gradient else {
        result.require(false, "no gradient of \(parameter.name) to compare")
        continue
      }
      let expected = try tensors.tensor(place)
      result.check(
        "grad", "grad of \(parameter.name)", gradient, expected,
        absolute: folder.tolerances.gradient, relative: folder.tolerances.gradientRelative)
      let largest = zip(gradient.values, expected.values).map { abs(Double($0) - Double($1)) }.max()
      deviations[parameter.name] = min(largest ?? 0, explained)
    }
    return deviations
  }

  /// Compares parameters or buffers with the tensors under a prefix, where there are any;
  /// with what rounding makes of them where they differ more than they may.
  private func check(
    _ prefix: String, _ net: AudioClassifier, _ tensors: Safetensors,
    _ result: inout Comparison, _ rounding: RoundingNoise? = nil
  ) throws {
    let noise = golden.numbers("after3_float32_noise")
    let isBuffer = prefix.hasPrefix("buffer")
    let everything = net.everything
    for name in tensors.names
    where name.hasPrefix(prefix) && tensors.shape(of: name)?.contains(0) == false {
      let upstream = String(name.dropFirst(prefix.count))
      guard let parameter = everything[golden.engineName(upstream)] else {
        result.require(false, "\(upstream) is not in the model")
        continue
      }
      var absolute = isBuffer ? folder.tolerances.buffers : folder.tolerances.after
      if prefix != "buffer_after1/", let noisy = noise[isBuffer ? "buffer:\(upstream)" : upstream] {
        absolute = max(absolute, 3 * noisy)
      }
      let expected = try tensors.tensor(name)
      func compare(_ result: inout Comparison, extra: [Double] = []) {
        result.check(
          String(prefix.dropLast()), name, parameter.value, expected, absolute: absolute,
          extra: extra)
      }
      var strict = result
      compare(&strict)
      if strict.failures.count > result.failures.count, let rounding {
        compare(&result, extra: try rounding.spread(of: parameter.name))
      } else {
        result = strict
      }
    }
  }

  private func named(_ prefix: String, _ tensors: Safetensors) -> [String: String] {
    let pairs = tensors.names.filter { $0.hasPrefix(prefix) }.map {
      (golden.engineName(String($0.dropFirst(prefix.count))), $0)
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}

extension GoldenOptimiser {
  var engineSettings: AdamW.Settings {
    var result = AdamW.Settings()
    (result.beta1, result.beta2) = (settings.beta1, settings.beta2)
    (result.eps, result.weightDecay) = (settings.eps, settings.weightDecay)
    return result
  }
}

extension AudioClassifier {
  /// Parameters and buffers by name.
  fileprivate var everything: [String: Parameter] {
    Dictionary(
      (parameters + attachments.flatMap(\.buffers)).map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first })
  }
}
