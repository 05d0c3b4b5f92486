import Foundation

extension Tape {
  /// Mean cross-entropy of softmax: `-mean(log softmax(logits)[label])`.
  ///
  /// - Parameters:
  ///   - logits: `[batch, classes]`
  ///   - labels: one class index for each item.
  /// - Returns: a single number, shape `[]`.
  /// - Throws: `EngineError.shape`, or `EngineError.setting` for a label outside the classes.
  public func crossEntropy(_ logits: Tensor, labels: [Int]) throws -> Tensor {
    guard logits.shape.count == 2, logits.shape[0] == labels.count, !labels.isEmpty else {
      throw EngineError.shape(
        operation: "cross-entropy", expected: "[\(labels.count), classes]", found: logits.shape)
    }
    let classes = logits.shape[1]
    if let bad = labels.first(where: { !(0..<classes).contains($0) }) {
      throw EngineError.setting(
        name: "label", expected: "a class index below \(classes)", found: "\(bad)")
    }
    let probabilities = try Tensor(uninitialized: logits.shape)
    var total = 0.0
    for (item, label) in labels.enumerated() {
      let row = logits.pointer + item * classes, p = probabilities.pointer + item * classes
      var top = row[0]
      for i in 0..<classes { top = max(top, row[i]) }
      var sum = 0.0
      for i in 0..<classes {
        let e = exp(Double(row[i] - top))
        p[i] = Float(e)
        sum += e
      }
      for i in 0..<classes { p[i] = Float(Double(p[i]) / sum) }
      total += log(sum) - Double(row[label] - top)
    }
    let loss = try Tensor([], filledWith: Float(total / Double(labels.count)))
    if needs(logits), let slot = logits.gradientSlot {
      record(
        CrossEntropy(probabilities: probabilities, labels: labels, inputSlot: slot),
        output: loss)
    }
    return loss
  }
}

/// Backward of `crossEntropy`: `(softmax(logits) - onehot(label)) / batch`.
struct CrossEntropy: Op {
  /// `[batch, classes]`
  let probabilities: Tensor
  let labels: [Int]
  let inputSlot: GradientSlot

  func backward(_ gradient: Tensor) throws {
    let classes = probabilities.shape[1]
    let (dx, beta) = try inputSlot.destination(probabilities.shape)
    let scale = gradient.pointer[0] / Float(labels.count)
    for (item, label) in labels.enumerated() {
      for i in 0..<classes {
        let index = item * classes + i
        let slope = scale * (probabilities.pointer[index] - (i == label ? 1 : 0))
        dx.pointer[index] = beta == 0 ? slope : dx.pointer[index] + slope
      }
    }
  }
}
