import Foundation

/// How near is near enough, from the manifest where it gives numbers.
struct Tolerances {
  var logits = 2e-5, loss = 2e-5, losses = 5e-5
  /// Absolute, and relative to the reference.
  var gradient = 1e-5, gradientRelative = 1e-4
  var after = 1e-5, buffers = 2e-5, plain = 2e-5
  /// After all steps, without and with parameters that float32 noise moves.
  var logitsAfter = 1e-4, logitsAfterNoise = 0.1
  var features = 1e-4, filters = 1e-6, positions = 1e-6

  init(_ given: [String: Any]) {
    func read(_ key: String, _ value: inout Double, number index: Int = 0) {
      if let number = given[key] as? NSNumber { value = number.doubleValue }
      let numbers = NumbersInText.all(given[key] as? String ?? "")
      if index < numbers.count { value = numbers[index] }
    }
    read("logits", &logits)
    read("loss", &loss)
    read("losses", &losses)
    // "1e-5 + 1e-4*|reference|"
    read("grad", &gradient)
    read("grad", &gradientRelative, number: 1)
    read("after3", &after)
    read("buffer_after3", &buffers)
    read("plain_forward", &plain)
    // "1e-4 when there is no noise; otherwise 0.1"; other numbers stand between them.
    read("logits_eval_after3", &logitsAfter)
    read("pos_resize", &positions)
  }
}

/// AdamW and the cosine schedule of the reference, with the published values where the
/// manifest says nothing.
struct GoldenOptimiser {
  var rate = 0.005
  var settings = (beta1: 0.9, beta2: 0.98, eps: 1e-6, weightDecay: 0.1)
  /// Updates in the cosine's half period.
  var period = 10
  var steps = 3

  init(_ given: [String: Any]) {
    func number(_ key: String) -> Double? { (given[key] as? NSNumber)?.doubleValue }
    rate = number("lr") ?? rate
    if let betas = given["betas"] as? [NSNumber], betas.count == 2 {
      (settings.beta1, settings.beta2) = (betas[0].doubleValue, betas[1].doubleValue)
    }
    settings.eps = number("eps") ?? settings.eps
    settings.weightDecay = number("weight_decay") ?? settings.weightDecay
    steps = number("steps").flatMap { Int(exactly: $0) }.map { max(0, $0) } ?? steps
    period = number("T_max").flatMap { Int(exactly: $0) } ?? period
    if let text = given["scheduler"] as? String, let range = text.range(of: "T_max"),
      let found = NumbersInText.all(String(text[range.upperBound...])).first
    {
      period = Int(exactly: found) ?? period
    }
  }
}

/// Numbers that the manifest writes into sentences.
enum NumbersInText {
  /// All of them in order, such as 1e-05 and 0.0001 in `1e-5 + 1e-4*|reference|`.
  static func all(_ text: String) -> [Double] {
    text.split { !"0123456789.e-".contains($0) }.compactMap { Double($0) }
  }

  /// The whole number that follows `words`.
  static func integer(after words: String, in text: String) -> Int? {
    guard let range = text.range(of: words) else { return nil }
    return Int(text[range.upperBound...].prefix { $0.isNumber })
  }
}
