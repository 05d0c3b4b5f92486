extension AudioClassifier {
  /// Folds an attachment into the backbone, so that the model computes the same without it:
  /// `W ← W + s · Up · Down` for LoRA; what a method trains in place (biases, LayerNorms, the
  /// head, which becomes the model's own) simply stays, and the features it was trained on are
  /// now the model's. The backbone stays frozen afterwards, as after `detach`.
  ///
  /// - Parameter probe: inputs on which the logits before and after are compared.
  /// - Returns: the largest difference of the logits.
  /// - Throws: `EngineError.unknownName`, `.refused` for a method that has no place in the
  ///   backbone's own weights, or what a forward pass throws; nothing is changed then.
  public func merge(_ name: String, probe: Tensor) throws -> Float {
    let index = try index(named: name), member = adaptation.members[index]
    let attachment = member.attachment
    guard member.isEnabled else {
      throw EngineError.refused("'\(name)' is switched off; enable it first")
    }
    guard attachment.isFoldable(into: backbone) else {
      throw EngineError.refused(
        "'\(name)' (\(attachment.kind)) computes something that the backbone's own weights "
          + "cannot, so it cannot be folded into them")
    }
    if member.task != nil,
      let other = adaptation.members.first(where: { $0.name != name && $0.task == nil })
    {
      throw EngineError.refused(
        "the head of '\(name)' would take the place of the one that '\(other.name)' shares; "
          + "detach '\(other.name)' first")
    }
    let before = try forward(probe, Tape(.inference, recording: false))
    return try undoing {
      try fold(attachment)
      try adaptation.absorb(index)
      let after = try forward(probe, Tape(.inference, recording: false))
      return zip(before.values, after.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
  }

  private func fold(_ attachment: Attachment) throws {
    for (site, hook) in attachment.hooks {
      guard let correction = try hook.correction?(), let weight = backbone.weight(at: site) else {
        continue
      }
      try adaptation.add(correction, to: weight)
    }
  }
}

extension Attachment {
  /// Whether the backbone's own weights can compute what it does: all that it hangs anywhere is a
  /// correction of a weight.
  func isFoldable(into backbone: any Backbone) -> Bool {
    hooks.allSatisfy { $0.hook.correction != nil && backbone.weight(at: $0.site) != nil }
  }
}
