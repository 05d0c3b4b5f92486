extension ASTModel {
  /// One forward pass without attachments that keeps the inner values, under the names the
  /// reference tensors use, to compare with another implementation.
  ///
  /// - Parameter spectrogram: `[batch, frames, mels]`
  /// - Returns: among others `hidden_states/i` (the input of layer i), `last_hidden_state`,
  ///   and of layer 0 the attention's probabilities for the first item, its context and its
  ///   output.
  package func trace(_ spectrogram: Tensor, _ tape: Tape) throws -> [String: Tensor] {
    var values: [String: Tensor] = [:]
    let c = configuration
    let patches = try tape.unfoldPatches(
      spectrogram, patch: c.patch, frequencyStride: c.frequencyStride, timeStride: c.timeStride)
    values["patch_embeddings"] = try patchProjection(patches, tape)
    let walk = EncoderWalk(self)
    let h = try walk.run(walk.embed(spectrogram, tape), tape) { stage, h in
      guard case .subLayer(let index, .mhsa) = stage else { return }
      values["hidden_states/\(index)"] = h
      if index == 0 { try layers[0].traceAttention(h, into: &values, tape) }
    }
    values["hidden_states/\(layers.count)"] = h
    let last = try walk.finish(h, tape)
    values["last_hidden_state"] = last
    values["pooled_output"] = try tape.tokenMean(last, over: 0..<2)
    return values
  }
}

extension EncoderLayer {
  fileprivate func traceAttention(
    _ h: Tensor, into values: inout [String: Tensor], _ tape: Tape
  ) throws {
    let x = try normBefore(h, tape)
    let (q, k) = (try query(x, tape), try key(x, tape))
    let context = try tape.attention(
      query: q, key: k, value: value(x, tape), heads: heads)
    values["layer0_attention_context"] = context
    values["layer0_attention_output"] = try attentionOutput(context, tape)
    let (tokens, width) = (x.shape[1], x.shape[2] / heads)
    let probabilities = try Tensor([heads, tokens, tokens])
    for head in 0..<heads {
      for row in 0..<tokens {
        let scores = probabilities.pointer + (head * tokens + row) * tokens
        for column in 0..<tokens {
          var dot: Float = 0
          for i in 0..<width {
            dot +=
              q.pointer[row * hidden + head * width + i]
              * k.pointer[column * hidden + head * width + i]
          }
          scores[column] = dot / Float(width).squareRoot()
        }
      }
    }
    values["layer0_attention_probs_example0"] = try tape.softmax(probabilities)
  }

  private var hidden: Int { query.weight.shape[0] }
}
