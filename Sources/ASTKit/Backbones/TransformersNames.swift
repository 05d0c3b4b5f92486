/// What Hugging Face's transformers calls a kind of backbone.
public struct TransformersNames: Sendable {
  /// `model_type` in `config.json`.
  let modelType: String
  /// What the names of its classes begin with, such as `AST`.
  let family: String
  /// Its classifier.
  let classifier: String
  /// What its classifier calls the bare model, and transformers the folder of both.
  let attribute: String

  /// - Parameters: as the properties.
  public init(modelType: String, family: String, classifier: String, attribute: String) {
    self.modelType = modelType
    self.family = family
    self.classifier = classifier
    self.attribute = attribute
  }

  /// The bare model.
  var model: String { "\(family)Model" }
  /// Before the names of its tensors in a classifier.
  var prefix: String { "\(attribute)." }
}
