import CKernels

extension Tape {
  /// `y = (x - mean) / sqrt(var + eps) · γ + β` over the last dimension, biased variance
  /// (Ba, Kiros and Hinton, arXiv 1607.06450).
  ///
  /// - Parameters:
  ///   - x: `[..., hidden]`
  ///   - gamma, beta: `[hidden]`
  ///   - eps: 1e-12 in AST, 1e-5 in wav2vec 2.0 and in the conformer adapter.
  /// - Returns: the shape of `x`.
  /// - Throws: `EngineError.shape`
  public func layerNorm(_ x: Tensor, gamma: Tensor, beta: Tensor, eps: Float) throws -> Tensor {
    let n = x.columns, rows = x.rows
    guard gamma.count == n, beta.count == n else {
      throw EngineError.shape(
        operation: "layer norm", expected: "[..., \(gamma.count)]", found: x.shape)
    }
    let recording = needs(x, gamma, beta)
    // β alone (BitFit below everything else trainable) needs nothing saved.
    let saving = recording && (x.gradientSlot != nil || gamma.gradientSlot != nil)
    let y = try Tensor(uninitialized: x.shape)
    let normalised = try saving ? Tensor(uninitialized: x.shape) : nil
    let rstd = try saving ? Tensor(uninitialized: [rows]) : nil
    let (py, px, pg, pb) = (y.pointer, x.pointer, gamma.pointer, beta.pointer)
    let (pn, pr) = (normalised?.pointer, rstd?.pointer)
    Threads.split(rows, grain: max(1, Elementwise.grain / n)) { range in
      let (r, i) = (range.lowerBound, range.lowerBound * n)
      ck_layernorm_forward(
        py + i, pn.map { $0 + i }, pr.map { $0 + r }, px + i, pg, pb, eps, range.count, n)
    }
    if recording {
      record(
        LayerNorm(
          normalised: normalised, rstd: rstd, gamma: gamma, inputSlot: x.gradientSlot,
          gammaSlot: gamma.gradientSlot, betaSlot: beta.gradientSlot), output: y)
    }
    return y
  }
}

/// Backward of `layerNorm`, from the normalised rows and 1/σ.
struct LayerNorm: Op {
  /// `[..., hidden]`: (x - mean)/σ; saved unless only β is trainable.
  let normalised: Tensor?
  /// `[rows]`: 1/σ
  let rstd: Tensor?
  let gamma: Tensor
  let inputSlot: GradientSlot?
  let gammaSlot: GradientSlot?
  let betaSlot: GradientSlot?

  func backward(_ gradient: Tensor) throws {
    let n = gamma.count, rows = gradient.rows
    let (g, pg) = (gradient.pointer, gamma.pointer)
    if let betaSlot {
      let (db, beta) = try betaSlot.destination(gamma.shape)
      Reductions.sumRows(gradient, into: db, beta: beta)
    }
    guard let normalised, let rstd else { return }
    let (v, s) = (normalised.pointer, rstd.pointer)
    if let gammaSlot {
      let (dg, beta) = try gammaSlot.destination(gamma.shape)
      let p = dg.pointer
      if beta == 0 { p.update(repeating: 0, count: n) }
      Threads.split(n, grain: max(16, Elementwise.grain / max(1, rows))) { columns in
        let c = columns.lowerBound
        ck_layernorm_backward_gamma(p + c, g + c, v + c, rows, columns.count, n)
      }
    }
    if let inputSlot {
      let (dx, beta) = try inputSlot.destination(gradient.shape)
      let p = dx.pointer
      Threads.split(rows, grain: max(1, Elementwise.grain / n)) { range in
        let (r, i) = (range.lowerBound, range.lowerBound * n)
        ck_layernorm_backward_input(
          p + i, g + i, v + i, s + r, pg, beta == 0 ? 0 : 1, range.count, n)
      }
    }
  }
}
