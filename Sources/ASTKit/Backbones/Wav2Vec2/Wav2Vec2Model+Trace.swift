extension Wav2Vec2Model {
  /// One forward pass without attachments that keeps the inner values, under the names the
  /// reference tensors use, to compare with another implementation.
  ///
  /// - Parameter waveform: `[batch, samples]`
  /// - Returns: `conv_layerI_output` of each convolution and `conv_features` of the last,
  ///   `[batch, frames, channels]`; `extract_features`, `feature_projection`,
  ///   `pos_conv_weight`, `pos_conv_output`; `hidden_states/i`, of which the last is
  ///   `last_hidden_state`.
  package func trace(_ waveform: Tensor, _ tape: Tape) throws -> [String: Tensor] {
    var values: [String: Tensor] = [:]
    let outputs = try featureExtractor.forward(waveform, keepingAll: true, tape)
    for (index, output) in outputs.enumerated() { values["conv_layer\(index)_output"] = output }
    let features = outputs[outputs.count - 1]
    values["conv_features"] = features
    let normalised = try featureNorm(features, tape)
    values["extract_features"] = normalised
    let projected = try featureProjection(normalised, tape)
    values["feature_projection"] = projected
    values["pos_conv_weight"] = try positionalConvolution.weight(tape)
    values["pos_conv_output"] = try positionalConvolution(projected, tape)
    let walk = EncoderWalk(self)
    let h = try walk.run(positioned(projected, tape), tape) { stage, h in
      if case .subLayer(let index, .mhsa) = stage { values["hidden_states/\(index)"] = h }
    }
    let last = try walk.finish(h, tape)
    values["hidden_states/\(layers.count)"] = last
    values["last_hidden_state"] = last
    return values
  }
}
