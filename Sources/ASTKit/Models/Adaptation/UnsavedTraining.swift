/// What training has changed in a model since it was last saved.
public enum UnsavedTraining: Comparable, Codable, Sendable {
  case none
  /// What is attached, and the head: a set of adapters holds all of it.
  case adapters
  /// The backbone's own weights, which only the whole model holds.
  case whole
}

extension Adaptation {
  /// Says that values which training changes have changed.
  mutating func noteTraining() {
    // Without an attachment in force, nothing of it has a place in a set of adapters.
    unsaved = max(unsaved, enabled.isEmpty ? .whole : .adapters)
  }

  /// Takes the features of a training step over for what the step changed, and counts the
  /// model as unsaved. Whether padding is masked stays as it is.
  mutating func noteTraining(on settings: FeatureSettings) {
    var settings = settings
    settings.masksPadding = features?.masksPadding ?? false
    features = settings
    noteTraining()
  }

  /// Says that what training changes has become part of the backbone's own weights.
  mutating func noteMerge() {
    if unsaved == .adapters { unsaved = .whole }
  }

  /// Says that the model was written to a file, whole or as a set of adapters.
  mutating func noteSaved(_ saved: UnsavedTraining) {
    if unsaved <= saved { unsaved = .none }
  }
}
