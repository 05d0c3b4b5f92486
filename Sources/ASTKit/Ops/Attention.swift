import CKernels

extension Tape {
  /// Multi-head scaled dot-product attention (Vaswani et al., arXiv 1706.03762): for each
  /// head, `softmax(Q Kᵀ / sqrt(d)) V`.
  ///
  /// - Parameters:
  ///   - query: `[batch, tokens, hidden]`
  ///   - key, value: `[batch, keys, hidden]`; more keys than tokens when a prefix was put in.
  ///   - heads: a divisor of hidden; a head is a run of `hidden / heads` columns.
  ///   - keyCounts: keys of each clip that are attended to [batch], at least one; those behind
  ///     them are padding. Default: all.
  /// - Returns: `[batch, tokens, hidden]`, heads side by side.
  /// - Throws: `EngineError.shape`, `.memory`
  public func attention(
    query: Tensor, key: Tensor, value: Tensor, heads: Int, keyCounts: [Int]? = nil
  ) throws -> Tensor {
    guard query.shape.count == 3, heads > 0, query.shape[2] % heads == 0 else {
      throw EngineError.shape(
        operation: "attention", expected: "[batch, tokens, a multiple of \(heads) heads]",
        found: query.shape)
    }
    let keyShape = [query.shape[0], key.shape.count == 3 ? key.shape[1] : 0, query.shape[2]]
    guard key.shape == keyShape, value.shape == keyShape else {
      throw EngineError.shape(
        operation: "attention", expected: "keys and values of shape \(keyShape)",
        found: key.shape == keyShape ? value.shape : key.shape)
    }
    if let keyCounts {
      guard keyCounts.count == key.shape[0],
        keyCounts.allSatisfy({ $0 > 0 && $0 <= key.shape[1] })
      else {
        throw EngineError.shape(
          operation: "attention to the first \(keyCounts) keys",
          expected: "as many keys or more", found: key.shape)
      }
    }
    try OpenBLAS.prepare()
    let layout = AttentionLayout(
      query: query.shape, keys: key.shape[1], heads: heads, keyCounts: keyCounts)
    let output = try Tensor(uninitialized: query.shape)
    let recording = needs(query, key, value)
    let kept = recall()
    let norms = try kept ?? Tensor(uninitialized: [query.shape[0], heads, layout.tokens, 2])
    keep(norms)
    if kept == nil || !isLeavingOut {
      try run(layout, query, key, value, norms: norms, into: output)
    }
    if recording {
      record(
        Attention(
          layout: layout, query: query, key: key, value: value, norms: norms,
          querySlot: query.gradientSlot, keySlot: key.gradientSlot,
          valueSlot: value.gradientSlot), output: output)
    }
    return output
  }

  /// Fills the output and the norms of each row.
  private func run(
    _ layout: AttentionLayout, _ query: Tensor, _ key: Tensor, _ value: Tensor, norms: Tensor,
    into output: Tensor
  ) throws {
    layout.noteForward()
    try layout.forEachHead(scratch: 1) { head, rows, scratch in
      let (q, k, v) = (query.pointer, key.pointer, value.pointer)
      let offset = head.queryOffset + rows.lowerBound * layout.hidden
      layout.scores(rows.count, q + offset, head.keys, k + head.keyOffset, into: scratch[0])
      ck_attention_softmax(
        scratch[0], norms.pointer + 2 * (head.index * layout.tokens + rows.lowerBound),
        layout.scale, rows.count, head.keys)
      MatrixProduct.serial(
        m: rows.count, n: layout.width, k: head.keys, scratch[0], lda: head.keys,
        v + head.keyOffset, ldb: layout.hidden, into: output.pointer + offset,
        ldc: layout.hidden)
    }
  }
}

/// Backward of `attention`. The probabilities are not kept (they would be the largest
/// tensor of the model) but computed again, a tile of rows at a time, from Q, K and each row's
/// maximum and sum. These are two numbers: in the one number max + log(sum), large scores would
/// leave the probabilities a sum so far from 1 that a saturated row's gradient is all error.
struct Attention: Op {
  let layout: AttentionLayout
  let query: Tensor
  let key: Tensor
  let value: Tensor
  /// `[batch, heads, tokens, 2]`: the largest scaled score, and 1 / sum of the exponentials.
  let norms: Tensor
  let querySlot: GradientSlot?
  let keySlot: GradientSlot?
  let valueSlot: GradientSlot?

  func backward(_ gradient: Tensor) throws {
    let (tokens, hidden, width) = (layout.tokens, layout.hidden, layout.width)
    // One tensor may stand in two or three places; then each contribution is added by itself.
    let slots = [querySlot, keySlot, valueSlot].compactMap { $0 }
    let areDistinct = Set(slots.map(ObjectIdentifier.init)).count == slots.count
    func destination(
      _ slot: GradientSlot?, _ shape: [Int]
    ) throws -> (tensor: Tensor, beta: Float)? {
      guard let slot else { return nil }
      return try areDistinct ? slot.destination(shape) : (Tensor(uninitialized: shape), 0)
    }
    let dq = try destination(querySlot, query.shape)
    let dk = try destination(keySlot, key.shape)
    let dv = try destination(valueSlot, value.shape)
    let (q, k, v, g) = (query.pointer, key.pointer, value.pointer, gradient.pointer)
    let (pq, pk, pv) = (dq?.tensor.pointer, dk?.tensor.pointer, dv?.tensor.pointer)
    layout.noteBackward(query: dq != nil, key: dk != nil, value: dv != nil)
    try layout.forEachHead(scratch: 2) { head, rows, scratch in
      let (p, dp, keys) = (scratch[0], scratch[1], head.keys)
      let offset = head.queryOffset + rows.lowerBound * hidden
      // The first tile of a head starts the sums over rows, the later ones add to them.
      let first = rows.lowerBound == 0
      layout.scores(rows.count, q + offset, keys, k + head.keyOffset, into: p)
      ck_attention_probabilities(
        p, norms.pointer + 2 * (head.index * tokens + rows.lowerBound), layout.scale, rows.count,
        keys)
      if let pv {
        MatrixProduct.serial(
          m: keys, n: width, k: rows.count, p, .transposed, lda: keys, g + offset, ldb: hidden,
          beta: first ? dv?.beta ?? 0 : 1, into: pv + head.keyOffset, ldc: hidden)
        if first, dv?.beta == 0 { layout.clearPadding(head, in: pv) }
      }
      if pq == nil && pk == nil { return }
      MatrixProduct.serial(
        m: rows.count, n: keys, k: width, g + offset, lda: hidden, v + head.keyOffset,
        .transposed, ldb: hidden, into: dp, ldc: keys)
      ck_attention_scores_gradient(dp, p, layout.scale, rows.count, keys)
      if let pq {
        MatrixProduct.serial(
          m: rows.count, n: width, k: keys, dp, lda: keys, k + head.keyOffset, ldb: hidden,
          beta: dq?.beta ?? 0, into: pq + offset, ldc: hidden)
      }
      if let pk {
        MatrixProduct.serial(
          m: keys, n: width, k: rows.count, dp, .transposed, lda: keys, q + offset, ldb: hidden,
          beta: first ? dk?.beta ?? 0 : 1, into: pk + head.keyOffset, ldc: hidden)
        if first, dk?.beta == 0 { layout.clearPadding(head, in: pk) }
      }
    }
    if areDistinct { return }
    for (slot, part) in [(querySlot, dq), (keySlot, dk), (valueSlot, dv)] {
      if let slot, let part { try slot.add(part.tensor) }
    }
  }
}

/// Where the heads lie in `[batch, tokens, hidden]` tensors, and how rows are tiled.
struct AttentionLayout {
  let batch: Int, tokens: Int, keys: Int, hidden: Int, heads: Int
  /// Keys of each clip that are no padding; `nil`: all.
  let keyCounts: [Int]?
  /// Columns of a head.
  var width: Int { hidden / heads }
  /// `1 / sqrt(width)`
  var scale: Float { 1 / Float(width).squareRoot() }
  /// Rows of scores worked on at once, so that two tiles stay in a core's second-level cache.
  var tileRows: Int { max(1, min(tokens, 98_304 / max(1, keys))) }

  init(query: [Int], keys: Int, heads: Int, keyCounts: [Int]? = nil) {
    (batch, tokens, hidden) = (query[0], query[1], query[2])
    (self.keys, self.heads, self.keyCounts) = (keys, heads, keyCounts)
  }

  struct Head {
    /// `batch item * heads + head`
    let index: Int
    /// First element of the head in a query-shaped and in a key-shaped tensor.
    let queryOffset: Int, keyOffset: Int
    /// Keys attended to.
    let keys: Int
  }

  /// Runs `body` for every head and tile of its rows: heads in parallel, tiles in order,
  /// with `scratch` buffers of `[tileRows, keys]`.
  func forEachHead(
    scratch count: Int,
    _ body: (Head, _ rows: Range<Int>, _ scratch: [UnsafeMutablePointer<Float>]) -> Void
  ) throws {
    if ProductTrace.isDry { return }
    let tile = tileRows * keys
    let pieces = batch * heads
    // One scratch set a contiguous run of heads; a run is what one thread works on.
    let runs = min(Threads.count, pieces)
    let memory = try Tensor(uninitialized: [runs, count, tile])
    let base = memory.pointer
    nonisolated(unsafe) let work = body
    defer { withExtendedLifetime(memory) {} }
    Threads.forEach(runs) { run in
      let buffers = (0..<count).map { base + (run * count + $0) * tile }
      for index in (pieces * run / runs)..<(pieces * (run + 1) / runs) {
        let (item, head) = (index / heads, index % heads)
        let place = Head(
          index: index, queryOffset: item * tokens * hidden + head * width,
          keyOffset: item * keys * hidden + head * width, keys: keyCounts?[item] ?? keys)
        for start in stride(from: 0, to: tokens, by: tileRows) {
          work(place, start..<min(tokens, start + tileRows), buffers)
        }
      }
    }
  }

  /// `scores [rows, keys] = Q Kᵀ` for a tile of rows of one head, unscaled.
  func scores(
    _ rows: Int, _ q: UnsafePointer<Float>, _ keys: Int, _ k: UnsafePointer<Float>,
    into scores: UnsafeMutablePointer<Float>
  ) {
    MatrixProduct.serial(
      m: rows, n: keys, k: width, q, lda: hidden, k, .transposed, ldb: hidden, into: scores,
      ldc: keys)
  }

  /// Zeroes the gradient of a head's keys, or values, that were not attended to.
  func clearPadding(_ head: Head, in gradient: UnsafeMutablePointer<Float>) {
    for row in head.keys..<keys {
      (gradient + head.keyOffset + row * hidden).update(repeating: 0, count: width)
    }
  }

  func noteForward() {
    ProductTrace.note(m: tokens, n: keys, k: width, .plain, .transposed, batch: batch * heads)
    ProductTrace.note(m: tokens, n: width, k: keys, .plain, .plain, batch: batch * heads)
  }

  func noteBackward(query: Bool, key: Bool, value: Bool) {
    let count = batch * heads
    ProductTrace.note(m: tokens, n: keys, k: width, .plain, .transposed, batch: count)
    if value { ProductTrace.note(m: keys, n: width, k: tokens, .transposed, .plain, batch: count) }
    guard query || key else { return }
    ProductTrace.note(m: tokens, n: keys, k: width, .plain, .transposed, batch: count)
    if query { ProductTrace.note(m: tokens, n: width, k: keys, .plain, .plain, batch: count) }
    if key { ProductTrace.note(m: keys, n: width, k: tokens, .transposed, .plain, batch: count) }
  }
}
