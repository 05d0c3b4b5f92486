/// Names for all that a model computes with, parameters and batch-norm statistics, which are the
/// same in another process: where a parameter is and what it is called there.
struct ParameterKeys {
  /// In the model's order.
  let all: [(key: String, parameter: Parameter)]
  private let keys: [ObjectIdentifier: String]
  private let parameters: [String: Parameter]

  init(_ model: AudioClassifier) {
    all = model.adaptation.places
    keys = Dictionary(
      all.map { (ObjectIdentifier($1), $0) }, uniquingKeysWith: { first, _ in first })
    parameters = Dictionary(all.map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
  }

  /// The key of a parameter; `nil` for one that is no longer part of the model.
  subscript(parameter: Parameter) -> String? { keys[ObjectIdentifier(parameter)] }

  subscript(key: String) -> Parameter? { parameters[key] }
}
