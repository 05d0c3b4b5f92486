import ASTKit

extension Session {
  /// Tells in what clips differ from those that a model was trained on: in the making of their
  /// features, in the one form for all models, and in classes that they lack.
  ///
  /// - Throws: `EngineError` for clips that do not fit the model at all.
  func noticeDifferences(
    _ clips: DatasetView, from model: AudioClassifier, until moment: String = ""
  ) throws {
    let match = try model.check(fits: clips)
    if let difference = model.features?.difference(from: clips.settings) {
      notice("the model was trained on other features\(moment): \(difference)")
    }
    noticeAbsence(match, clips)
  }

  /// The same for validation clips, whose features should be those of the training clips.
  func noticeDifferences(
    validation clips: DatasetView, from train: DatasetView, _ model: AudioClassifier
  ) throws {
    let match = try model.check(fits: clips)
    let words = ("in training", "in validation")
    if let difference = train.settings.difference(from: clips.settings, words) {
      notice("the validation clips have other features: \(difference)")
    }
    noticeAbsence(match, clips)
  }

  private func noticeAbsence(_ match: ClassMatch, _ clips: DatasetView) {
    if let absence = match.absence { notice("'\(clips.name)' has none of \(absence)") }
  }
}
