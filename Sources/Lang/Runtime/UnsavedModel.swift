import ASTKit

/// A model that has been trained and not saved since, with the run that did.
public struct UnsavedModel: @unchecked Sendable {
  public let model: AudioClassifier
  /// The run that trained it last; `nil` once nothing holds it any more.
  public let run: Trainer?
  /// An expression that gives the model at the prompt, such as `net`, `fit.model` or `nets[0]`;
  /// `nil` when no variable leads to it.
  public let name: String?
  /// One that gives the run, such as `fit`.
  public let runName: String?
}

/// Expressions that lead from variables to models and runs.
struct TrainedNames {
  private(set) var names: [ObjectIdentifier: String] = [:]

  /// - Parameter variables: in the order in which their names are preferred.
  init(_ variables: [(name: String, value: Value)]) {
    // A model's own variable names it better than a run or a list that holds it as well.
    for (name, value) in variables {
      if case .object(let object as ModelObject) = value { add(name, object.model) }
    }
    for (name, value) in variables { visit(name, value) }
  }

  private mutating func visit(_ name: String, _ value: Value) {
    switch value {
    case .object(let object as ModelObject): add(name, object.model)
    case .object(let object as TrainerObject):
      add(name, object.trainer)
      add("\(name).model", object.trainer.model)
    case .list(let list):
      for (index, item) in list.enumerated() { visit("\(name)[\(index)]", item) }
    case .record(let record):
      for (key, item) in record.pairs { visit("\(name)[\(key.quoted)]", item) }
    default: break
    }
  }

  private mutating func add(_ name: String, _ object: AnyObject) {
    if names[ObjectIdentifier(object)] == nil { names[ObjectIdentifier(object)] = name }
  }
}
