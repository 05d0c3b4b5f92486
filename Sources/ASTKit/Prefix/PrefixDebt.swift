/// How many clips a run has still to take through the frozen prefix.
struct PrefixDebt: Equatable {
  /// Clips to train on, and others to validate on, of which nothing is kept yet.
  var train: Int, valid: Int
  /// The share of all clips for which there is no room: computed each time.
  var unkept: Double

  /// Takes off what was computed for a step.
  mutating func pay(_ clips: Int) { train = max(0, train - clips) }

  /// - Parameters:
  ///   - clips: of the steps to come, `trainCount` an epoch.
  ///   - validations: to come, of `validCount` clips each.
  func prefixes(
    clips: Int, of trainCount: Int, validations: Int, of validCount: Int
  ) -> Int {
    let again = max(0, clips - trainCount) + max(0, validations - 1) * validCount
    return min(train, clips) + (validations > 0 ? valid : 0) + Int(clamped: unkept * Double(again))
  }
}
