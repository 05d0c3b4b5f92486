extension Tape {
  /// Work that keeps nothing but its inputs and is done again in the backward pass (gradient
  /// checkpointing; Chen et al., arXiv 1604.06174), with the same random numbers and so the same
  /// gradients to the byte. What it leaves to be done, as by batch norm, counts once.
  ///
  /// - Parameters:
  ///   - inputs: what `body` computes from, beside parameters.
  ///   - body: the work. It may leave out values that nobody reads, see `leavingOut`.
  /// - Returns: what `body` returned.
  /// - Throws: what `body` throws.
  func recomputed(
    _ inputs: [Tensor], _ body: @escaping ([Tensor], Tape) throws -> [Tensor]
  ) throws -> [Tensor] {
    guard isRecording else { return try body(inputs, self) }
    let kept = KeptResults(), start = random
    let first = Tape(mode, .first(kept), random: start, interrupt: interrupt)
    // Views: an output that is an input as it stands must have a slot of its own.
    let outputs = try body(inputs, first).map { $0.viewed(as: $0.shape) }
    random = first.random
    note(effectsOf: first)
    let slots = outputs.dropFirst().map { output in
      let slot = GradientSlot()
      output.gradientSlot = slot
      return slot
    }
    record(
      Recomputed(
        mode: mode, random: start, kept: kept, inputs: inputs.map { $0.viewed(as: $0.shape) },
        inputSlots: inputs.map(\.gradientSlot), otherOutputs: slots, body: body),
      output: outputs[0])
    return outputs
  }
}

/// Saves the inputs, and the small results that `keep` was given.
struct Recomputed: Op {
  let mode: Tape.Mode
  let random: RandomSource
  let kept: KeptResults
  let inputs: [Tensor]
  let inputSlots: [GradientSlot?]
  /// Those of all outputs but the first.
  let otherOutputs: [GradientSlot]
  let body: ([Tensor], Tape) throws -> [Tensor]

  func backward(_ gradient: Tensor) throws {
    kept.rewind()
    for (input, slot) in zip(inputs, inputSlots) where slot != nil {
      input.gradientSlot = GradientSlot()
    }
    let tape = Tape(mode, .again(kept), random: random, interrupt: nil)
    let outputs = try body(inputs, tape)
    for (output, value) in zip(outputs, [gradient] + otherOutputs.map { $0.take() }) {
      if let value { try output.gradientSlot?.add(value) }
    }
    try tape.walkBack()
    for (input, slot) in zip(inputs, inputSlots) {
      if let part = input.gradientSlot?.take() { try slot?.add(part) }
    }
  }
}
