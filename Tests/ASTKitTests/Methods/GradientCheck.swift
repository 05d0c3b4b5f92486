import ASTKit
import TestSupport

/// Compares the gradients of a whole model with central differences.
///
/// The loss is `sum(r · logits)` in double precision with a random `r`. Each parameter is moved
/// along a random direction that leans towards its gradient: a wrong or missing part shows,
/// whichever way it points.
struct GradientCheck {
  let net: AudioClassifier
  let input: Tensor
  var mode = Tape.Mode.training
  /// Of the gradient's length, for what single precision loses.
  var tolerance = 0.01
  /// Which parameters move together: those of equal result; `nil` leaves one out.
  var family: (String) -> String? = { $0 }
  /// Stands in for a bug: the gradient of a parameter is scaled by what this returns.
  var tamper: (String) -> Double = { _ in 1 }

  /// What does not agree, in words; empty when everything does.
  func mismatches() throws -> [String] {
    var random = RandomSource(seed: 11)
    let trainable = net.trainableParameters
    for parameter in trainable { parameter.clearGradient() }
    let tape = tape(recording: true)
    let logits = try net.forward(input, tape)
    let projection = DoubleTensor.random(logits.shape, seed: 5)
    try tape.backward(from: logits, seed: projection.tensor)
    let gradients = trainable.map { parameter in
      (parameter.gradient?.values ?? [Float](repeating: 0, count: parameter.count)).map {
        Double($0) * tamper(parameter.name)
      }
    }
    for parameter in trainable { parameter.clearGradient() }

    func projected() throws -> Double {
      let logits = try net.forward(input, self.tape(recording: false))
      return zip(logits.values, projection.values).reduce(0) { $0 + Double($1.0) * $1.1 }
    }

    var problems: [String] = []
    for (family, members) in families(trainable) {
      let gradient = members.flatMap { gradients[$0] }
      if let bad = gradient.first(where: { !$0.isFinite }) {
        problems.append("\(family): a gradient is \(bad)")
        continue
      }
      let length = Self.length(gradient)
      var direction = gradient.map { _ in random.normal() }
      let scale = Self.length(direction)
      for i in direction.indices {
        direction[i] = 0.7 * direction[i] / scale + (length == 0 ? 0 : gradient[i] / length)
      }
      let total = Self.length(direction)
      for i in direction.indices { direction[i] /= total }

      let before = members.map { trainable[$0].value.values }
      func loss(at distance: Double) throws -> Double {
        var next = 0
        for (member, old) in zip(members, before) {
          for i in old.indices {
            trainable[member].value.pointer[i] = Float(
              Double(old[i]) + distance * direction[next])
            next += 1
          }
        }
        return try projected()
      }
      let here = try projected()
      let computed = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
      var found: [Double] = []
      var agrees = false
      // From far to near, until the function is straight enough to compare.
      for step in [0.02, 0.004, 0.0008] where !agrees {
        // What rounding of the logits makes of this step; nothing can be seen below it.
        let noise = 4e-7 * (1 + abs(here)) / step
        if !found.isEmpty, noise > 0.05 * length { break }
        let measured = try (loss(at: step) - loss(at: -step)) / (2 * step)
        found.append(measured)
        agrees = abs(measured - computed) <= tolerance * length + noise
      }
      _ = try loss(at: 0)
      if !agrees {
        problems.append("\(family): slope \(computed), measured \(found), |g| \(length)")
      }
    }
    return problems
  }

  private func tape(recording: Bool) -> Tape {
    // The same dropout masks every time.
    Tape(mode, recording: recording, random: RandomSource(seed: 9))
  }

  private func families(_ parameters: [Parameter]) -> [(name: String, members: [Int])] {
    let keys = parameters.map { family($0.name) }
    return Dictionary(grouping: parameters.indices) { keys[$0] }
      .compactMap { key, members in key.map { ($0, members) } }.sorted { $0.0 < $1.0 }
  }

  private static func length(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
