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
  /// The runs of a corpus whose clips have a numbered fold: the last is tested first, then the first
  /// and so on; the one before the tested one validates, the others train.
  ///
  /// - Parameter validOnTest: chooses the weights on the tested clips, as some published results
  ///   do.
  /// - Throws: `DatasetError.folds` for fewer than three folds, or two where none validates.
  static func rotating(
    _ clips: DatasetView, validOnTest: Bool
  ) throws(DatasetError) -> [Fold] {
    let numbers = Set(clips.clips.compactMap { $0.part.flatMap { Int($0) } }).sorted()
    guard numbers.count >= (validOnTest ? 2 : 3) else {
      throw .folds(needed: validOnTest ? 2 : 3, found: numbers.count, what: "folds")
    }
    return numbers.indices.map { run in
      let tested = numbers[(run + numbers.count - 1) % numbers.count]
      let valid = numbers[(run + 2 * numbers.count - 2) % numbers.count]
      let test = clips.filtered("test") { $0.part == "\(tested)" }
      return Fold(
        name: "fold\(tested)",
        train: clips.filtered("train") {
          $0.part != "\(tested)" && (validOnTest || $0.part != "\(valid)")
        },
        valid: validOnTest ? test : clips.filtered("valid") { $0.part == "\(valid)" }, test: test)
    }
  }

  /// The one run of a corpus that comes in parts.
  /// - Throws: `DatasetError.folds` where a part has no clips.
  static func fixed(_ clips: DatasetView) throws(DatasetError) -> Fold {
    func part(_ name: String) throws(DatasetError) -> DatasetView {
      let view = clips.filtered(name) { $0.part == name }
      guard view.count > 0 else { throw .folds(needed: 1, found: 0, what: "clips of '\(name)'") }
      return view
    }
    return Fold(
      name: "test", train: try part("train"), valid: try part("valid"), test: try part("test"))
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
