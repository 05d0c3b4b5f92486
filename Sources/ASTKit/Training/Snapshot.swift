/// A copy of the values that training changes, to go back to.
struct Snapshot {
  private(set) var values: [(parameter: Parameter, copy: Tensor)] = []

  /// Copies that were taken before.
  init(_ values: [(parameter: Parameter, copy: Tensor)]) { self.values = values }

  /// Copies the trainable parameters and the buffers of a model.
  /// - Throws: `EngineError.memory`
  init(_ model: AudioClassifier) throws {
    values = try Self.changing(model).map { ($0, try $0.value.copy()) }
  }

  /// Puts the values back.
  /// - Throws: `EngineError.memory`, for those that lie in a file; none is put back then.
  func restore() throws {
    let targets = try values.map { try $0.parameter.writableValue() }
    for (target, (_, copy)) in zip(targets, values) {
      target.pointer.update(from: copy.pointer, count: copy.count)
    }
  }

  /// Takes the present values into the same memory, if the model still trains the same
  /// parameters; a fresh copy otherwise.
  /// - Throws: `EngineError.memory`; the snapshot is as before then.
  mutating func refresh(_ model: AudioClassifier) throws {
    guard covers(model) else {
      self = try Snapshot(model)
      return
    }
    for (parameter, copy) in values {
      copy.pointer.update(from: parameter.value.pointer, count: copy.count)
    }
  }

  /// Whether these are the values that training changes now.
  func covers(_ model: AudioClassifier) -> Bool {
    let changing = Self.changing(model)
    return changing.count == values.count
      && zip(changing, values).allSatisfy { $0 === $1.parameter }
  }

  /// Adds what training changes now and did not when the copy was taken: until now it has
  /// the values it had then.
  /// - Throws: `EngineError.memory`; the snapshot is as before then.
  mutating func extend(_ model: AudioClassifier) throws {
    let known = Set(values.map { ObjectIdentifier($0.parameter) })
    values += try Self.changing(model)
      .filter { !known.contains(ObjectIdentifier($0)) }.map { ($0, try $0.value.copy()) }
  }

  private static func changing(_ model: AudioClassifier) -> [Parameter] {
    model.trainableParameters + model.attachments.flatMap(\.buffers)
  }
}
