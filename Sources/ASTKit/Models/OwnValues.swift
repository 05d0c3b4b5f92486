/// Values of parameters, set aside.
///
/// What an attachment trains beside its own parameters (LayerNorms, biases, the head) is
/// shared with the model and with other attachments. Each attachment has values of its own
/// for them: they are put aside when it is disabled and come back when it is enabled, and
/// without it the model has its original values again.
struct OwnValues {
  private(set) var values: [ObjectIdentifier: (parameter: Parameter, value: Tensor)] = [:]

  /// Remembers the present values of parameters that are not remembered yet. Pages of a
  /// mapped file are not copied: training gives a parameter memory of its own first.
  mutating func keepMissing(_ parameters: [Parameter]) {
    for parameter in parameters where values[ObjectIdentifier(parameter)] == nil {
      let value = parameter.value
      values[ObjectIdentifier(parameter)] = (
        parameter, value.storage.isBorrowed ? value : value.copy()
      )
    }
  }

  /// Remembers the present values.
  mutating func keep(_ parameters: [Parameter]) {
    for parameter in parameters {
      values[ObjectIdentifier(parameter)] = (parameter, parameter.value.copy())
    }
  }

  /// The value remembered for a parameter.
  func value(of parameter: Parameter) -> Tensor? {
    values[ObjectIdentifier(parameter)]?.value
  }

  /// Writes the remembered values back, of all parameters or of some.
  func restore(_ parameters: [Parameter]? = nil) {
    let chosen = parameters.map { Set($0.map(ObjectIdentifier.init)) }
    for (key, entry) in values where chosen?.contains(key) ?? true {
      entry.parameter.setValues(entry.value)
    }
  }
}

extension AudioClassifier {
  /// The parameters an attachment trains that are not its own.
  func sharedParameters(of attachment: Attachment) -> [Parameter] {
    attachment.unfrozen + head.parameters
  }

  /// Puts the values of a just disabled attachment aside, and gives back the original ones
  /// where no other enabled attachment trains the same parameter.
  func putAside(_ attachment: Attachment) {
    let shared = sharedParameters(of: attachment)
    attachment.own.keep(shared)
    let others = Set(
      activeAttachments.flatMap(sharedParameters(of:)).map(ObjectIdentifier.init))
    original.restore(shared.filter { !others.contains(ObjectIdentifier($0)) })
  }

  /// Backbone parameters that only the user's rules make trainable.
  var trainedByRules: [Parameter] {
    let shared = Set(attachments.flatMap(\.unfrozen).map(ObjectIdentifier.init))
    return backbone.parameters.filter {
      $0.isTrainable && !shared.contains(ObjectIdentifier($0))
    }
  }

  /// An attachment's values of a parameter it shares: its own while it is disabled.
  func value(of parameter: Parameter, for attachment: Attachment) -> Tensor {
    attachment.isEnabled ? parameter.value : attachment.own.value(of: parameter) ?? parameter.value
  }
}
