/// Where the classes of some clips stand in a head: matched by name, so that their order, and
/// classes that only the head knows, do not matter.
///
/// Names that differ in Unicode's composed and decomposed forms alone are one class, as in a
/// data set.
public struct ClassMatch: Sendable {
  /// The head's index of each class of the data.
  public let indices: [Int]
  /// Classes of the head of which the data has none.
  public let absent: [String]
  /// Classes of the head.
  private let known: Int

  /// - Throws: `EngineError.classes` naming those that the head lacks.
  init(_ classes: [String], in known: [String]) throws(EngineError) {
    let places = Dictionary(
      zip(known, known.indices), uniquingKeysWith: { first, _ in first })
    let missing = classes.filter { places[$0] == nil }
    guard missing.isEmpty else { throw .classes(missing: missing, known: known) }
    indices = classes.compactMap { places[$0] }
    let present = Set(classes)
    absent = known.filter { !present.contains($0) }
    self.known = known.count
  }

  /// Which of the head's classes are missing from the data, in words; `nil` if none is.
  public var absence: String? {
    if absent.isEmpty { return nil }
    return "\(absent.count) of the model's \(known) classes (\(EngineError.list(absent)))"
  }
}

extension AudioClassifier {
  /// Where the classes of some clips stand in the head in force, once their inputs fit.
  /// - Throws: `EngineError.refused` for inputs of another shape than the model takes,
  ///   `.classes` naming classes that the head lacks.
  @discardableResult
  public func check(fits view: DatasetView) throws(EngineError) -> ClassMatch {
    if let difference = backbone.inputDifference(from: view.settings) {
      throw .refused(difference)
    }
    return try ClassMatch(view.classes, in: classes)
  }
}

extension ClassificationTask {
  /// Whether the names only number a head's outputs, because nobody has named them.
  static func areNumbers(_ classes: [String]) -> Bool {
    ["", "LABEL_"].contains { prefix in classes == classes.indices.map { "\(prefix)\($0)" } }
  }
}
