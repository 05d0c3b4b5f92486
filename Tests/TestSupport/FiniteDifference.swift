import ASTKit

/// Checks one op of the tape against a naive double-precision version of it, and returns what
/// is wrong in words; `#expect(try gradientMismatches(…) == [])`.
///
/// Under the loss `sum(r * op(inputs))` with a random `r`:
/// - the float forward agrees with `reference`;
/// - the gradient of every input agrees with central differences of `reference`;
/// - with only some inputs trainable, just those get a gradient, and the same one;
/// - with none trainable nothing is recorded;
/// - a gradient already present is added to, not overwritten.
///
/// Tolerances count relative to the largest magnitude in the tensor compared (at least 1e-3).
///
/// - Parameters:
///   - inputs: names for the messages, and values.
///   - mode: training or inference.
///   - valueTolerance: for the forward pass.
///   - tolerance: for gradients.
///   - samples: elements of each input to shift; all of them if there are not more.
///   - op: the op under test. It is run several times and must do the same each time.
///   - reference: the same computation in double precision.
public func gradientMismatches(
  _ inputs: KeyValuePairs<String, DoubleTensor>,
  mode: Tape.Mode = .training,
  valueTolerance: Double = 1e-5,
  tolerance: Double = 1e-4,
  samples: Int = 60,
  op: (Tape, [Tensor]) throws -> Tensor,
  reference: ([DoubleTensor]) -> DoubleTensor
) throws -> [String] {
  let names = inputs.map(\.key)
  let values = inputs.map(\.value)
  let expected = reference(values)
  let projection = DoubleTensor.random(expected.shape, seed: 77, in: 0.5...1.5)
    .combined(.random(expected.shape, seed: 78)) { $0 * ($1 < 0 ? -1 : 1) }

  /// Gradients by input (`nil` where none was produced) and the output.
  func run(
    trainable: [Bool], passes: Int = 1
  ) throws -> (output: DoubleTensor, gradients: [DoubleTensor?], records: Int) {
    let parameters = zip(names, values).map { Parameter($0, $1.tensor) }
    for (parameter, flag) in zip(parameters, trainable) { parameter.isTrainable = flag }
    var (output, records) = (DoubleTensor([]), 0)
    for _ in 0..<passes {
      let tape = Tape(mode)
      let result = try op(tape, parameters.map(\.value))
      output = DoubleTensor(result)
      records = tape.recordCount
      if trainable.contains(true) {
        try tape.backward(from: result, seed: projection.tensor)
      }
    }
    return (output, parameters.map { $0.gradient.map { DoubleTensor($0) } }, records)
  }

  var problems: [String] = []
  func compare(
    _ what: String, _ found: DoubleTensor?, _ expected: DoubleTensor, _ tolerance: Double,
    at places: [Int]? = nil
  ) {
    guard let found else { return problems.append("\(what): missing") }
    guard found.shape == expected.shape else {
      return problems.append("\(what): shape \(found.shape) instead of \(expected.shape)")
    }
    let scale = max(expected.magnitude, 1e-3)
    let errors = (places ?? Array(expected.values.indices)).map {
      (place: $0, error: abs(found.values[$0] - expected.values[$0]) / scale)
    }
    let broken = errors.first { $0.error.isNaN }
    guard let worst = broken ?? errors.max(by: { $0.error < $1.error }) else { return }
    if !(worst.error <= tolerance) {
      problems.append(
        "\(what): element \(worst.place) is \(found.values[worst.place]) "
          + "instead of \(expected.values[worst.place]) (relative error \(worst.error))")
    }
  }

  let all = try run(trainable: names.map { _ in true })
  compare("output", all.output, expected, valueTolerance)

  for i in names.indices {
    let places = sampledIndices(values[i].values.count, samples)
    var difference = DoubleTensor(values[i].shape)
    for place in places {
      let step = 1e-4
      func loss(_ shift: Double) -> Double {
        var moved = values
        moved[i].values[place] += shift
        return zip(reference(moved).values, projection.values).reduce(0) { $0 + $1.0 * $1.1 }
      }
      difference.values[place] = (loss(step) - loss(-step)) / (2 * step)
    }
    compare("gradient of \(names[i])", all.gradients[i], difference, tolerance, at: places)
  }

  for i in names.indices {
    let alone = try run(trainable: names.indices.map { $0 == i })
    if let wanted = all.gradients[i] {
      compare("gradient of \(names[i]) alone", alone.gradients[i], wanted, 1e-6)
    }
    for j in names.indices where j != i && alone.gradients[j] != nil {
      problems.append("frozen \(names[j]) got a gradient")
    }
    compare("output with only \(names[i]) trainable", alone.output, all.output, 1e-6)
  }

  let frozen = try run(trainable: names.map { _ in false })
  if frozen.records != 0 { problems.append("recorded \(frozen.records) ops though all is frozen") }
  compare("output with all frozen", frozen.output, all.output, 1e-6)

  let twice = try run(trainable: names.map { _ in true }, passes: 2)
  for (i, once) in all.gradients.enumerated() {
    guard let once else { continue }
    compare("\(names[i]) after two passes", twice.gradients[i], once.map { 2 * $0 }, 1e-5)
  }
  return problems
}

/// Up to `count` different indices below `bound`, spread evenly, both ends included.
private func sampledIndices(_ bound: Int, _ count: Int) -> [Int] {
  if bound <= count { return Array(0..<bound) }
  return (0..<count).map { $0 * (bound - 1) / (count - 1) }
}
