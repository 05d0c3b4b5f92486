/// The published mixtures of adapters at the attention alone: what the mixture adds there is added
/// once more after the feed-forward network of the layer.
final class RepetitionAfterFFN: SubLayerHook {
  /// Follows the mixture beside the attention of each layer where the published form is asked for.
  static func hangIfPublished(_ builder: AttachmentBuilder) {
    // Behind or in line with the attention, the mixture is not what was added last before it.
    guard builder.isPublished, builder.position == Position([.mhsa], .parallelBefore) else {
      return
    }
    for layer in builder.layers {
      let repetition = RepetitionAfterFFN()
      for subLayer in SubLayer.allCases {
        builder.hang(repetition, on: .subLayer(subLayer, inLayer: layer))
      }
    }
  }

  func before(_ call: inout SubLayerCall, _ tape: Tape) throws {
    // The last one added is the mixture's, whose hook comes before this one.
    guard call.subLayer == .mhsa, let mixture = call.extras.last else { return }
    call.carried.append((from: ObjectIdentifier(self), value: mixture))
  }

  func after(_ call: inout SubLayerCall, _ tape: Tape) throws {
    guard call.subLayer == .ffn,
      let place = call.carried.firstIndex(where: { $0.from == ObjectIdentifier(self) })
    else { return }
    call.extras.append(call.carried.remove(at: place).value)
  }

  var readsResult: Bool { false }
}
