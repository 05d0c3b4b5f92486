import CKernels

extension Tape {
  /// One-dimensional convolution over the middle dimension, as PyTorch's `conv1d` in
  /// channels-last layout: `y[b, t, o] = bias[o] + sum over i, j of
  /// weight[o, i, j] * x[b, t * stride + j - padding.left, i]`, where `i` runs over the
  /// channels of `o`'s group and `x` outside its steps is 0.
  ///
  /// Shapes: `x` `[batch, time, in]`, `weight` `[out, in / groups, k]`, `bias` `[out]`, the
  /// result `[batch, (time + padding - k) / stride + 1, out]`.
  /// Saved: `x` if `weight` needs a gradient, the weight if `x` needs one.
  /// - Throws: `EngineError.shape` if sizes do not fit or nothing would be left over.
  public func convolution(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: Int = 1,
    padding: (left: Int, right: Int) = (0, 0), groups: Int = 1
  ) throws -> Tensor {
    let plan = try ConvolutionPlan(
      x: x.shape, weight: weight.shape, stride: stride, padding: padding, groups: groups)
    if let bias, bias.count != plan.outputs {
      throw EngineError.shape(
        operation: "convolution", expected: "a bias [\(plan.outputs)]", found: bias.shape)
    }
    let y = try plan.convolve(x, kernels: plan.kernels(from: weight), bias: bias)
    if needs(x, weight, bias) {
      record(
        Convolution(
          plan: plan, x: x.gradientSlot, weight: weight.gradientSlot, bias: bias?.gradientSlot,
          input: weight.gradientSlot == nil ? nil : x,
          kernel: x.gradientSlot == nil ? nil : weight), output: y)
    }
    return y
  }
}

/// Saves the input for the gradient of the weight and the weight for that of the input. With
/// `u` the unfolded rows of the input, `dweight = dyᵀ u` and `du = dy weight`, which is then
/// added back to where the rows came from.
private struct Convolution: Op {
  let plan: ConvolutionPlan
  let x: GradientSlot?, weight: GradientSlot?, bias: GradientSlot?
  let input: Tensor?, kernel: Tensor?

  func backward(_ gradient: Tensor) throws {
    if let bias {
      let (db, beta) = try bias.destination([plan.outputs])
      Reductions.sumRows(gradient, into: db, beta: beta)
    }
    if x == nil && weight == nil { return }
    let dx = try x == nil ? nil : Tensor(plan.inputShape)
    let kernels = try kernel.map { try plan.kernels(from: $0) }
    // Groups have rows of the weight to themselves. Without groups, runs of examples have a sum
    // of the weight's gradient each; their number is fixed, so that threads do not show.
    let pieces = plan.groups > 1 ? plan.groups : min(4, plan.batch)
    let size = plan.outputs * plan.inner
    let sumCount = plan.groups > 1 ? 1 : pieces
    let partial = try weight == nil ? nil : Tensor([sumCount, size])
    let work = ConvolutionBackward(
      plan: plan, gradient: gradient.pointer, input: input?.pointer, dx: dx?.pointer,
      kernels: kernels?.pointer, isAlone: pieces == 1)
    let sums = partial?.pointer
    let scratchSize = plan.blockRows * plan.inner
    // One piece after the other on a thread, so that a thread's scratch is all that is needed.
    let runs = min(Threads.count, pieces)
    let scratch = try Tensor(uninitialized: [runs, scratchSize])
    let scratchStart = scratch.pointer
    Threads.forEach(runs) { run in
      for piece in (pieces * run / runs)..<(pieces * (run + 1) / runs) {
        let sum = sums.map { $0 + (sumCount == 1 ? 0 : piece * size) }
        for place in work.places(piece, of: pieces) {
          work.run(place, weightSum: sum, scratch: scratchStart + run * scratchSize)
        }
      }
    }
    withExtendedLifetime((kernels, gradient, scratch)) {}
    if let x, let dx { try x.add(dx) }
    if let weight, let partial {
      let total = partial.viewed(as: [size])
      for piece in 1..<max(2, sumCount) where piece < sumCount {
        Elementwise.add(partial.viewed(as: [size], offset: piece * size), into: total)
      }
      try weight.add(plan.weightGradient(total))
    }
  }
}

/// The gradients of one example and group.
private struct ConvolutionBackward {
  let plan: ConvolutionPlan
  let gradient: UnsafeMutablePointer<Float>
  let input: UnsafeMutablePointer<Float>?
  let dx: UnsafeMutablePointer<Float>?
  let kernels: UnsafeMutablePointer<Float>?
  /// Whether this runs outside any parallel loop, so that the products may use the threads.
  let isAlone: Bool

  /// What a piece works on: all examples of a group or, without groups, a run of examples.
  func places(_ piece: Int, of pieces: Int) -> [(example: Int, group: Int)] {
    if plan.groups > 1 { return (0..<plan.batch).map { ($0, piece) } }
    return ((plan.batch * piece / pieces)..<(plan.batch * (piece + 1) / pieces)).map { ($0, 0) }
  }

  /// - Parameter columns: room for a block of unfolded input, `[blockRows, inner]`.
  func run(
    _ place: (example: Int, group: Int), weightSum: UnsafeMutablePointer<Float>?,
    scratch columns: UnsafeMutablePointer<Float>
  ) {
    let (example, group) = place
    var shape = plan.shape
    let (width, inner, outputs) = (plan.groupOutputs, plan.inner, plan.outputs)
    let source = example * plan.time * plan.channels + group * plan.groupChannels
    for first in stride(from: 0, to: plan.steps, by: plan.blockRows) {
      let rows = min(plan.blockRows, plan.steps - first)
      let dy = gradient + (example * plan.steps + first) * outputs + group * width
      if let weightSum, let input {
        ck_convolution_unfold(columns, input + source, &shape, first, rows)
        let target = weightSum + group * width * inner
        multiply(
          m: width, n: inner, k: rows, dy, .transposed, lda: outputs, columns, ldb: inner,
          beta: 1, into: target)
      }
      if let dx, let kernels {
        multiply(
          m: rows, n: inner, k: width, dy, .plain, lda: outputs,
          kernels + group * width * inner, ldb: inner, beta: 0, into: columns)
        ck_convolution_fold(dx + source, columns, &shape, first, rows)
      }
    }
  }

  private func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafeMutablePointer<Float>, _ form: MatrixProduct.Form,
    lda: Int, _ b: UnsafeMutablePointer<Float>, ldb: Int, beta: Float,
    into c: UnsafeMutablePointer<Float>
  ) {
    if isAlone {
      MatrixProduct.multiply(
        m: m, n: n, k: k, a, form, lda: lda, b, ldb: ldb, beta: beta, into: c, ldc: n)
    } else {
      MatrixProduct.serial(
        m: m, n: n, k: k, a, form, lda: lda, b, ldb: ldb, beta: beta, into: c, ldc: n)
    }
  }
}
