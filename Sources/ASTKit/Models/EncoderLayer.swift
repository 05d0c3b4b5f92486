/// One transformer layer with the places where methods attach.
///
/// Pre-norm (AST, wav2vec 2.0 with stable layer norm): `h += S(norm(h))` for attention, then
/// for the feed-forward network. Post-norm (wav2vec 2.0 base): `h = norm(h + S(h))`.
public final class EncoderLayer {
  enum NormOrder { case pre, post }

  let query: LinearLayer, key: LinearLayer, value: LinearLayer
  let attentionOutput: LinearLayer
  /// The norms of the attention and of the feed-forward sub-layer.
  let normBefore: NormLayer, normAfter: NormLayer
  let intermediate: LinearLayer, output: LinearLayer
  let heads: Int
  let normOrder: NormOrder

  init(
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

  /// - Parameters:
  ///   - h: hidden states `[batch, tokens, hidden]`
  ///   - hooks: what is attached to this layer.
  ///   - validTokens: tokens of each clip that are no padding [batch]; only these are attended
  ///     to. Default: all.
  func forward(
    _ h: Tensor, hooks: LayerHooks, validTokens: [Int]? = nil, _ tape: Tape
  ) throws -> Tensor {
    var later: [Tensor] = []
    var replacesResidual = false
    var h = h
    for subLayer in [SubLayer.mhsa, .ffn] {
      let norm = norm(of: subLayer)
      let x = normOrder == .pre ? try norm(h, tape) : h
      let adapters = hooks.adapters.filter { $0.subLayer == subLayer }
      let residual = subLayer == .ffn && replacesResidual ? x : h
      var y = try apply(adapters, x: x, residual: residual, again: &later, tape) { input in
        switch subLayer {
        case .mhsa: try attention(input, hooks: hooks, validTokens, tape)
        case .ffn: try output(tape.gelu(intermediate(input, tape)), tape)
        }
      }
      if subLayer == .ffn { for extra in later { y = try tape.add(y, extra) } }
      replacesResidual = adapters.contains(where: \.replacesFFNResidual)
      h = normOrder == .post ? try norm(y, tape) : y
    }
    return h
  }

  /// The sub-layer with its adapters around it, and the residual added; see `Placement`.
  private func apply(
    _ adapters: [SubLayerAdapter], x: Tensor, residual: Tensor, again: inout [Tensor],
    _ tape: Tape, _ subLayer: (Tensor) throws -> Tensor
  ) throws -> Tensor {
    var input = x
    var extras: [Tensor] = []
    for adapter in adapters where adapter.placement == .sequentialBefore {
      let inner = try adapter.module.forward(input, tape)
      input = adapter.residual ? try tape.add(inner, input) : inner
    }
    if input !== x { extras.append(input) }
    for adapter in adapters where adapter.placement == .parallelBefore {
      let beside = try adapter.module.forward(x, tape)
      extras.append(beside)
      if adapter.repeatsAfterFFN { again.append(beside) }
      if adapter.residual { extras.append(x) }
    }
    var y = try subLayer(input)
    for adapter in adapters where adapter.placement == .parallelAfter {
      extras.append(try adapter.module.forward(y, tape))
    }
    for adapter in adapters where adapter.placement == .sequentialAfter {
      let after = try adapter.module.forward(y, tape)
      y = adapter.residual ? try tape.add(after, y) : after
    }
    for extra in extras { y = try tape.add(y, extra) }
    return try tape.add(y, residual)
  }

  /// Self-attention with LoRA corrections and prefix rows: `[batch, tokens, hidden]` to the
  /// same shape.
  private func attention(
    _ x: Tensor, hooks: LayerHooks, _ validTokens: [Int]?, _ tape: Tape
  ) throws -> Tensor {
    // Added to all keys alike, the bias changes no softmax, unless prefix rows go without it.
    let keyBias = key.bias.map { hooks.prefixes.isEmpty ? tape.zeroGradient($0.value) : $0.value }
    var q = try query(x, tape)
    var k = try tape.linear(x, weight: key.weight.value, bias: keyBias)
    var v = try value(x, tape)
    for adapter in hooks.projections where !adapter.targets.contains(.output) {
      let delta = try adapter.delta(x, tape)
      if adapter.targets.contains(.query) { q = try tape.add(q, delta) }
      if adapter.targets.contains(.key) { k = try tape.add(k, delta) }
      if adapter.targets.contains(.value) { v = try tape.add(v, delta) }
    }
    if !hooks.prefixes.isEmpty {
      let tokens = x.shape[1]
      k = try tape.concatenate(
        [tape.tokens(k, 0..<1)] + hooks.prefixes.map(\.key.value)
          + [tape.tokens(k, 1..<tokens)])
      v = try tape.concatenate(
        [tape.tokens(v, 0..<1)] + hooks.prefixes.map(\.value.value)
          + [tape.tokens(v, 1..<tokens)])
    }
    // Prefix rows stand behind the first token, which is never padding.
    let extra = k.shape[1] - x.shape[1]
    let context = try tape.attention(
      query: q, key: k, value: v, heads: heads, keyCounts: validTokens?.map { $0 + extra })
    var result = try attentionOutput(context, tape)
    for adapter in hooks.projections where adapter.targets.contains(.output) {
      result = try tape.add(result, adapter.delta(context, tape))
    }
    return result
  }
}
