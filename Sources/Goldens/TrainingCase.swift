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

    let optimiser = AdamW(reference.engineSettings)
    var spread: [String: [Double]] = [:]
    var losses: [Float] = []
    for step in 0..<reference.steps {
      for parameter in net.parameters { parameter.clearGradient() }
      let tape = Tape(.training)
      let logits = try net.forward(model.input, tape)
      let loss = try tape.crossEntropy(logits, labels: model.labels)
      losses.append(loss.pointer[0])
      try tape.backward(from: loss)
      if step == 0 {
        result.check(
          "logits", "logits_train", logits, try tensors.tensor("logits_train"),
          absolute: tolerances.logits)
        result.check(
          "loss", "loss_train", loss, try tensors.tensor("loss_train"),
          absolute: tolerances.loss)
        try checkGradients(net, tensors, &result)
        spread = try updateSpread(net, tensors)
        try check("buffer_after1/", net, tensors, &result)
      }
      let factor = Schedule.cosine.factor(step: step, total: reference.period)
      optimiser.step(net.trainableParameters) { factor * rate(of: $0, net) }
      try checkRates(step, factor, tensors, &result)
    }
    result.check(
      "losses", "losses", losses, try tensors.tensor("losses").values,
      absolute: tolerances.losses)
    try check("after3/", net, tensors, &result, spread: spread)
    try check("buffer_after3/", net, tensors, &result)
    let isNoisy = !golden.numbers("after3_float32_noise").isEmpty
    try evaluate(
      "_after3", absolute: isNoisy ? tolerances.logitsAfterNoise : tolerances.logitsAfter)
    return result
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
    _ step: Int, _ factor: Double, _ tensors: Safetensors, _ result: inout Comparison
  ) throws {
    let expected = try tensors.tensor("lrs")
    let row = (0..<expected.columns).map { expected.values[step * expected.columns + $0] }
    result.check(
      "lrs", "lrs step \(step)", rates.map { Float($0 * factor) }, row, absolute: 1e-8)
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

  private func checkGradients(
    _ net: AudioClassifier, _ tensors: Safetensors, _ result: inout Comparison
  ) throws {
    let unused = Set(
      golden.expandedNames("trainable_without_gradient", layers: net.backbone.layerCount)
        .map(golden.engineName))
    let references = named("grad/", tensors)
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
      result.check(
        "grad", "grad of \(parameter.name)", gradient, try tensors.tensor(place),
        absolute: folder.tolerances.gradient, relative: folder.tolerances.gradientRelative)
    }
  }

  /// Compares parameters or buffers with the tensors under a prefix, where there are any.
  private func check(
    _ prefix: String, _ net: AudioClassifier, _ tensors: Safetensors,
    _ result: inout Comparison, spread: [String: [Double]] = [:]
  ) throws {
    let noise = golden.numbers("after3_float32_noise")
    let isBuffer = prefix.hasPrefix("buffer")
    let present = net.parameters + net.attachments.flatMap(\.buffers)
    let byName = Dictionary(present.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for name in tensors.names
    where name.hasPrefix(prefix) && tensors.shape(of: name)?.contains(0) == false {
      let upstream = String(name.dropFirst(prefix.count))
      guard let parameter = byName[golden.engineName(upstream)] else {
        result.require(false, "\(upstream) is not in the model")
        continue
      }
      var absolute = isBuffer ? folder.tolerances.buffers : folder.tolerances.after
      if prefix != "buffer_after1/", let noisy = noise[isBuffer ? "buffer:\(upstream)" : upstream] {
        absolute = max(absolute, 3 * noisy)
      }
      result.check(
        String(prefix.dropLast()), name, parameter.value, try tensors.tensor(name),
        absolute: absolute, extra: spread[parameter.name] ?? [])
    }
  }

  /// How far the updates may drift for each number because of rounding in its gradient.
  ///
  /// AdamW's first update is `rate · g / (|g| + eps)`: where a gradient is nearly zero, an error
  /// far below the gradients' own tolerance turns into a visible update. The difference that
  /// the measured error makes to that update is allowed once for each step.
  private func updateSpread(
    _ net: AudioClassifier, _ tensors: Safetensors
  ) throws -> [String: [Double]] {
    let eps = reference.settings.eps
    func update(_ g: Float) -> Double { Double(g) / (abs(Double(g)) + eps) }
    let references = named("grad/", tensors)
    var spread: [String: [Double]] = [:]
    for parameter in net.trainableParameters {
      guard let place = references[parameter.name], let gradient = parameter.gradient else {
        continue
      }
      let rate = rate(of: parameter, net)
      spread[parameter.name] = zip(gradient.values, try tensors.tensor(place).values).map {
        Double(reference.steps) * rate * abs(update($0) - update($1))
      }
    }
    return spread
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
