/// One run of a protocol: what trains, what chooses the best weights, and what is tested.
public struct Fold: Sendable {
  /// What is tested: `fold5`, `session5M`.
  public let name: String
  /// What trains.
  public let train: DatasetView
  /// What chooses the best weights; `nil` where the protocol has none.
  public let valid: DatasetView?
  /// What the result is of.
  public let test: DatasetView
}

extension Fold {
  /// The runs of a corpus whose clips have a fold: the last is tested first, then the first
  /// and so on; the one before the tested one validates, the others train.
  ///
  /// - Parameter validOnTest: chooses the weights on the tested clips, as some published results
  ///   do.
  /// - Throws: `DatasetError.folds` for fewer than three folds, or two where none validates.
  static func rotating(
    _ clips: DatasetView, validOnTest: Bool
  ) throws(DatasetError) -> [Fold] {
    let names = Set(clips.clips.compactMap(\.part)).sorted {
      if let a = Int($0), let b = Int($1) { return a < b }
      return ExactName($0) < ExactName($1)
    }
    guard names.count >= (validOnTest ? 2 : 3) else {
      throw .folds(needed: validOnTest ? 2 : 3, found: names.count, what: "folds")
    }
    return names.indices.map { run in
      let tested = names[(run + names.count - 1) % names.count]
      let valid = names[(run + 2 * names.count - 2) % names.count]
      let test = clips.filtered("test") { $0.part == tested }
      return Fold(
        name: Int(tested) == nil ? tested : "fold\(tested)",
        train: clips.filtered("train") {
          $0.part != nil && $0.part != tested && (validOnTest || $0.part != valid)
        },
        valid: validOnTest ? test : clips.filtered("valid") { $0.part == valid }, test: test)
    }
  }

  /// The runs of a table whose rows say a fold, or a part: train, valid, test.
  ///
  /// - Returns: `nil` where they say neither.
  /// - Throws: `DatasetError.folds` as `rotating` and `fixed`.
  static func ofParts(
    _ clips: DatasetView, validOnTest: Bool
  ) throws(DatasetError) -> [Fold]? {
    let parts = Set(clips.clips.compactMap(\.part))
    if parts.isEmpty { return nil }
    guard parts.isSubset(of: ["train", "valid", "test"]) else {
      return try rotating(clips, validOnTest: validOnTest)
    }
    return [try fixed(clips, needsValid: parts.contains("valid"))]
  }

  /// The one run of a corpus that comes in parts.
  /// - Throws: `DatasetError.folds` where a part has no clips.
  static func fixed(_ clips: DatasetView, needsValid: Bool = true) throws(DatasetError) -> Fold {
    func part(_ name: String) throws(DatasetError) -> DatasetView {
      let view = clips.filtered(name) { $0.part == name }
      guard view.count > 0 else { throw .folds(needed: 1, found: 0, what: "clips of '\(name)'") }
      return view
    }
    return Fold(
      name: "test", train: try part("train"), valid: needsValid ? try part("valid") : nil,
      test: try part("test"))
  }

  /// The protocol of the corpus that the clips come from.
  /// - Throws: `DatasetError.noFolds` for a data set without one, `.folds`.
  public static func ofCorpus(
    _ clips: DatasetView, validOnTest: Bool = false
  ) throws(DatasetError) -> [Fold] {
    guard let name = clips.dataset.origin?.source,
      let source = DatasetSources.all.first(where: { $0.name == name }),
      let folds = try source.folds(clips, validOnTest: validOnTest)
    else { throw .noFolds(name: clips.name) }
    return folds
  }
}
