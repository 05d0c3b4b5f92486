/// Values of parameters, set aside.
///
/// What an attachment trains beside its own parameters (LayerNorms, biases, the head) is
/// shared with the model and with other attachments. Each attachment has values of its own
/// for them: they are put aside when it is disabled and come back when it is enabled, and
/// without it the model has its original values again.
struct OwnValues {
  private(set) var values: [ObjectIdentifier: (parameter: Parameter, value: Tensor)] = [:]

  /// Remembers the present values of parameters that are not remembered yet.
  mutating func keepMissing(_ parameters: [Parameter]) throws {
    try keep(parameters.filter { values[ObjectIdentifier($0)] == nil })
  }

  /// Remembers the present values. Pages of a mapped file are not copied: nothing writes to
  /// them, a parameter that changes gets memory of its own first.
  mutating func keep(_ parameters: [Parameter]) throws {
    for parameter in parameters {
      let value = parameter.value
      set(parameter, value.storage.isBorrowed ? value : try value.copy())
    }
  }

  /// Remembers a value, which nobody may change afterwards.
  mutating func set(_ parameter: Parameter, _ value: Tensor) {
    values[ObjectIdentifier(parameter)] = (parameter, value)
  }

  /// The value remembered for a parameter.
  func value(of parameter: Parameter) -> Tensor? {
    values[ObjectIdentifier(parameter)]?.value
  }

  /// Whether the remembered value is the one in force, to the bit.
  func isInForce(_ parameter: Parameter) -> Bool {
    value(of: parameter)?.hasSameBytes(as: parameter.value) == true
  }

  /// Puts the remembered values of some parameters back.
  func restore(_ parameters: [Parameter]) throws {
    for parameter in parameters {
      if let value = value(of: parameter) { try parameter.setValues(value) }
    }
  }
}

extension AudioClassifier {
  /// The parameters an attachment trains that are not its own.
  func sharedParameters(of attachment: Attachment) -> [Parameter] {
    attachment.unfrozen + attachment.alsoTrained + task(of: attachment).head.parameters
  }

  /// Puts an attachment's own values in force, and those of others aside that share them.
  func takeOver(_ attachment: Attachment) throws {
    let shared = sharedParameters(of: attachment)
    let heads = Set(allHeads.flatMap(\.parameters).map(ObjectIdentifier.init))
    for parameter in shared {
      let others = sharing(parameter, besides: attachment)
      if others.isEmpty {
        // A user's rule may have trained it: then the value from before that is the original.
        let isOriginal =
          attachments.isEmpty || !parameter.isTrainable
          || heads.contains(ObjectIdentifier(parameter))
        if isOriginal {
          try original.keep([parameter])
        } else {
          try original.keepMissing([parameter])
        }
      }
      for other in others where !isOvershadowed(other, parameter, others) {
        try other.own.keep([parameter])
      }
    }
    try attachment.own.restore(shared)
    try attachment.own.keep(shared)
  }

  /// Puts the values of a just disabled attachment aside. What comes in their place: the
  /// original ones, or, where another enabled attachment shares the parameter, that one's own;
  /// values that both trained together stay with both.
  func putAside(_ attachment: Attachment) throws {
    for parameter in sharedParameters(of: attachment) {
      let others = sharing(parameter, besides: attachment)
      if isOvershadowed(attachment, parameter, others) { continue }
      if others.isEmpty {
        try attachment.own.keep([parameter])
        try original.restore([parameter])
      } else if attachment.own.isInForce(parameter) {
        try others.last { $0.own.value(of: parameter) != nil }?.own.restore([parameter])
      } else {
        try attachment.own.keep([parameter])
      }
    }
  }

  private func sharing(_ parameter: Parameter, besides attachment: Attachment) -> [Attachment] {
    activeAttachments.filter { other in
      other !== attachment && sharedParameters(of: other).contains { $0 === parameter }
    }
  }

  /// Whether another attachment's value of the parameter is in force, and this one's put aside.
  private func isOvershadowed(
    _ attachment: Attachment, _ parameter: Parameter, _ others: [Attachment]
  ) -> Bool {
    attachment.own.value(of: parameter) != nil && !attachment.own.isInForce(parameter)
      && others.contains { $0 !== attachment && $0.own.isInForce(parameter) }
  }

  /// Remembers backbone values before a user's rule lets them be trained beside attachments.
  func keepOriginals() throws {
    if !attachments.isEmpty { try original.keepMissing(backbone.parameters.filter(\.isTrainable)) }
  }

  /// Backbone parameters that no enabled attachment trains and that are no longer what they
  /// were before anything was attached: those a user's rule made trainable.
  var trainedByRules: [Parameter] {
    if attachments.isEmpty { return [] }
    let shared = Set(
      activeAttachments.flatMap { $0.unfrozen + $0.alsoTrained }.map(ObjectIdentifier.init))
    return backbone.parameters.filter {
      !shared.contains(ObjectIdentifier($0)) && original.value(of: $0) != nil
        && !original.isInForce($0)
    }
  }

  /// An attachment's values of a parameter it shares: its own while it is disabled, or while
  /// another's are in force.
  func value(of parameter: Parameter, for attachment: Attachment) -> Tensor {
    isInForce(parameter, of: attachment)
      ? parameter.value : attachment.own.value(of: parameter) ?? parameter.value
  }

  /// Whether an attachment's value of a parameter it shares is the one the model computes with.
  func isInForce(_ parameter: Parameter, of attachment: Attachment) -> Bool {
    attachment.isEnabled
      && !isOvershadowed(attachment, parameter, sharing(parameter, besides: attachment))
  }

  /// A parameter's value without anything attached.
  func baseValue(of parameter: Parameter) -> Tensor {
    // When nothing enabled shares the model's own head, its values are in force.
    let isOwnHead =
      activeAttachments.allSatisfy { $0.task != nil }
      && ownTask.head.parameters.contains { $0 === parameter }
    if attachments.isEmpty || isOwnHead { return parameter.value }
    return original.value(of: parameter) ?? parameter.value
  }
}
