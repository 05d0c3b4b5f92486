/// One transformer layer with the places where methods attach.
///
/// Pre-norm (AST, wav2vec 2.0 with stable layer norm): `h += S(norm(h))` for attention, then
/// for the feed-forward network. Post-norm (wav2vec 2.0 base): `h = norm(h + S(h))`.
public final class EncoderLayer {
  public enum NormOrder: Sendable { case pre, post }

  let query: LinearLayer, key: LinearLayer, value: LinearLayer
  let attentionOutput: LinearLayer
  /// The norms of the attention and of the feed-forward sub-layer.
  let normBefore: NormLayer, normAfter: NormLayer
  let intermediate: LinearLayer, output: LinearLayer
  let heads: Int
  let normOrder: NormOrder

  public init(
    query: LinearLayer, key: LinearLayer, value: LinearLayer, attentionOutput: LinearLayer,
    normBefore: NormLayer, normAfter: NormLayer, intermediate: LinearLayer, output: LinearLayer,
    heads: Int, normOrder: NormOrder
  ) {
    (self.query, self.key, self.value) = (query, key, value)
    self.attentionOutput = attentionOutput
    (self.normBefore, self.normAfter) = (normBefore, normAfter)
    (self.intermediate, self.output) = (intermediate, output)
    self.heads = heads
    self.normOrder = normOrder
  }

  var linearLayers: [LinearLayer] {
    [query, key, value, attentionOutput, intermediate, output]
  }
  var norms: [NormLayer] { [normBefore, normAfter] }
  var parameters: [Parameter] {
    linearLayers.flatMap(\.parameters) + norms.flatMap(\.parameters)
  }
  /// The norm that feeds a sub-layer and is trained beside an adapter there.
  func norm(of subLayer: SubLayer) -> NormLayer { subLayer == .mhsa ? normBefore : normAfter }
  /// The projection a LoRA pair corrects.
  func projection(_ projection: Projection) -> LinearLayer {
    switch projection {
    case .query: query
    case .key: key
    case .value: value
    case .output: attentionOutput
    }
  }

  /// The parameters of one half: its projections and its norm.
  func parameters(of subLayer: SubLayer) -> [Parameter] {
    let linear =
      subLayer == .mhsa ? [query, key, value, attentionOutput] : [intermediate, output]
    return linear.flatMap(\.parameters) + norm(of: subLayer).parameters
  }

  /// Runs one half of the layer.
  ///
  /// - Parameters:
  ///   - h: hidden states `[batch, tokens, hidden]`
  ///   - carried: what hooks pass on within the layer.
  ///   - index: which layer it is.
  ///   - hooks: what hangs on the model.
  ///   - validTokens: tokens of each clip that are no padding [batch]; only these are attended
  ///     to. Default: all.
  func run(
    _ subLayer: SubLayer, _ h: Tensor, _ carried: inout Carried, layer index: Int, hooks: Hooks,
    validTokens: [Int]? = nil, _ tape: Tape
  ) throws -> Tensor {
    let norm = norm(of: subLayer)
    let x = normOrder == .pre ? try norm(h, tape) : h
    let around: [any SubLayerHook] = hooks.at(.subLayer(subLayer, inLayer: index))
    var call = SubLayerCall(subLayer, normalised: x, residual: h, carried: carried)
    for hook in around { try hook.before(&call, tape) }
    // What a sequential adapter gave is added as well as passed on, see `Placement`.
    if call.input !== x { call.extras.insert(call.input, at: 0) }
    let isResultRead = normOrder == .post || around.contains(where: \.readsResult)
    switch subLayer {
    case .mhsa:
      call.result = try attention(
        call.input, layer: index, hooks: hooks, validTokens, isResultRead: isResultRead, tape)
    case .ffn:
      let inner = try tape.gelu(intermediate(call.input, tape))
      call.result = try tape.leavingOut(!isResultRead) { try output(inner, tape) }
    }
    call.output = call.result
    for hook in around { try hook.after(&call, tape) }
    carried = call.carried
    let sum = try tape.leavingOut(normOrder == .pre) {
      try (call.extras + [call.residual]).reduce(call.output) { try tape.add($0, $1) }
    }
    return normOrder == .post ? try norm(sum, tape) : sum
  }

  /// Self-attention with what hangs on its projections, keys and values:
  /// `[batch, tokens, hidden]` to the same shape.
  private func attention(
    _ x: Tensor, layer index: Int, hooks: Hooks, _ validTokens: [Int]?, isResultRead: Bool,
    _ tape: Tape
  ) throws -> Tensor {
    func corrections(_ projection: Projection) -> [any ProjectionHook] {
      hooks.at(.projection(projection, inLayer: index))
    }
    let rows = hooks.at(.keysAndValues(inLayer: index), as: PrefixRows.self)
    // Added to all keys alike, the bias changes no softmax, unless prefix rows go without it.
    let keyBias = key.bias.map { rows.isEmpty ? tape.zeroGradient($0.value) : $0.value }
    var k = try tape.linear(x, weight: key.weight.value, bias: keyBias)
    var (q, v) = (try query(x, tape), try value(x, tape))
    var deltas: [ObjectIdentifier: Tensor] = [:]
    func correct(_ y: inout Tensor, _ projection: Projection, of x: Tensor) throws {
      for hook in corrections(projection) {
        let delta = try deltas[ObjectIdentifier(hook)] ?? hook.delta(x, tape)
        deltas[ObjectIdentifier(hook)] = delta
        y = try tape.add(y, delta)
      }
    }
    try correct(&q, .query, of: x)
    try correct(&k, .key, of: x)
    try correct(&v, .value, of: x)
    if !rows.isEmpty {
      k = try put(rows.map(\.key.value), into: k, tape)
      v = try put(rows.map(\.value.value), into: v, tape)
    }
    // Prefix rows stand behind the first token, which is never padding.
    let extra = k.shape[1] - x.shape[1]
    let isContextRead =
      attentionOutput.weight.isTrainable || !corrections(.output).isEmpty || isResultRead
    let context = try tape.leavingOut(!isContextRead) {
      try tape.attention(
        query: q, key: k, value: v, heads: heads, keyCounts: validTokens?.map { $0 + extra })
    }
    return try tape.leavingOut(!isResultRead) {
      var result = try attentionOutput(context, tape)
      for hook in corrections(.output) {
        // Its own narrow value is what its gradient needs.
        result = try tape.add(result, tape.leavingOut(false) { try hook.delta(context, tape) })
      }
      return result
    }
  }

  /// Puts rows `[1, n, hidden]` behind the first token.
  private func put(_ rows: [Tensor], into x: Tensor, _ tape: Tape) throws -> Tensor {
    try tape.concatenate(
      [tape.tokens(x, 0..<1)] + rows + [tape.tokens(x, 1..<x.shape[1])])
  }
}
