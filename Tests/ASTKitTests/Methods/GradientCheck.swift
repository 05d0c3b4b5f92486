import ASTKit
import TestSupport

/// Compares the gradients of a whole model with central differences.
///
/// The loss is `sum(r · logits)` in double precision with a random `r`. Parameters that differ
/// only in the number of their layer are moved together, along a random direction that leans
/// towards their gradient: a wrong or missing part shows, whichever way it points.
struct GradientCheck {
  let net: AudioClassifier
  let input: Tensor
  var mode = Tape.Mode.training
  /// Of the gradient's length, for what single precision loses.
  var tolerance = 0.01
  /// Which parameters move together.
  var family: (String) -> String = { name in String(name.map { $0.isNumber ? "#" : $0 }) }
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

    func loss() throws -> Double {
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
        direction[i] = direction[i] / scale + (length == 0 ? 0 : gradient[i] / length)
      }
      let total = Self.length(direction)
      for i in direction.indices { direction[i] /= total }

      let step = 0.01
      let before = members.map { trainable[$0].value.values }
      func move(_ distance: Double) {
        var next = 0
        for (member, old) in zip(members, before) {
          for i in old.indices {
            trainable[member].value.pointer[i] = Float(
              Double(old[i]) + distance * direction[next])
            next += 1
          }
        }
      }
      move(step)
      let above = try loss()
      move(-step)
      let below = try loss()
      move(0)
      let measured = (above - below) / (2 * step)
      let computed = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
      // The second part is what rounding of the logits makes of a step.
      let allowed = tolerance * length + 2e-4 * (1 + abs(above) / 10)
      if !(abs(measured - computed) <= allowed) {
        problems.append("\(family): slope \(computed), measured \(measured), |g| \(length)")
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
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func length(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
