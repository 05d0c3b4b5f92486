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
    // A range of examples and groups for each thread, with a sum of its own for the weight.
    let items = plan.batch * plan.groups
    let pieces = max(1, min(Threads.count, items))
    let size = plan.outputs * plan.inner
    let partial = try weight == nil ? nil : Tensor([pieces, size])
    let work = ConvolutionBackward(
      plan: plan, gradient: gradient.pointer, input: input?.pointer, dx: dx?.pointer,
      kernels: kernels?.pointer, isAlone: pieces == 1)
    let sums = partial?.pointer
    let scratchSize = plan.blockRows * plan.inner
    let scratch = try Tensor(uninitialized: [pieces, scratchSize])
    let scratchStart = scratch.pointer
    Threads.forEach(pieces) { piece in
      for item in (items * piece / pieces)..<(items * (piece + 1) / pieces) {
        work.run(
          item, weightSum: sums.map { $0 + piece * size },
          scratch: scratchStart + piece * scratchSize)
      }
    }
    withExtendedLifetime((kernels, gradient, scratch)) {}
    if let x, let dx { try x.add(dx) }
    if let weight, let partial {
      let total = partial.viewed(as: [size])
      for piece in 1..<max(2, pieces) where piece < pieces {
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

  /// - Parameter columns: room for a block of unfolded input, `[blockRows, inner]`.
  func run(
    _ item: Int, weightSum: UnsafeMutablePointer<Float>?,
    scratch columns: UnsafeMutablePointer<Float>
  ) {
    let (example, group) = (item / plan.groups, item % plan.groups)
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
