/// Mean and standard deviation of features, padding left out.
public struct FeatureStatistics: Sendable, Equatable {
  /// Of the log-mel values before they are normalised, so that they can be given as `mean` and
  /// `std`; of waveforms, of the samples as the model gets them.
  public let mean: Double, std: Double
  /// How many numbers they are of.
  public let count: Int
}

/// Clips whose files hold the same bytes.
public struct DuplicateClips: Sendable, Equatable {
  /// Their names, sorted; at least two.
  public let names: [String]
  /// The classes they are in, each once.
  public let classes: [String]
}

extension DatasetView {
  /// Mean and standard deviation (of all, not of a sample) of the clips' features.
  ///
  /// Two passes: the second adds up squares of small numbers.
  /// - Throws: `EngineError.memory`, `.interrupted`
  public func featureStatistics(interrupt: InterruptFlag? = nil) throws -> FeatureStatistics {
    let row = settings.shape.dropFirst().reduce(1, *)
    let clip = try Tensor(settings.shape)
    func sum(_ term: (Double) -> Double) throws -> (sum: Double, count: Int) {
      var total = 0.0, count = 0
      for index in indices {
        try interrupt?.check()
        let slot = dataset.clips[index].slot
        try dataset.store.copy(slot, to: clip.pointer)
        let used = dataset.store.length(slot) * row
        var own = 0.0
        for i in 0..<used { own += term(Double(clip.pointer[i])) }
        total += own
        count += used
      }
      return (total, count)
    }
    let (total, count) = try sum { $0 }
    guard count > 0 else { return FeatureStatistics(mean: .nan, std: .nan, count: 0) }
    let mean = total / Double(count)
    let variance = try sum { ($0 - mean) * ($0 - mean) }.sum / Double(count)
    guard settings.kind == .logMel else {
      return FeatureStatistics(mean: mean, std: variance.squareRoot(), count: count)
    }
    let scale = 2 * settings.std
    return FeatureStatistics(
      mean: mean * scale + settings.mean, std: variance.squareRoot() * scale, count: count)
  }

  /// Clips that are the same file under several names, in the order of the first names.
  public var duplicates: [DuplicateClips] {
    Dictionary(grouping: clips, by: \.identity).values.filter { $0.count > 1 }
      .map { same in
        DuplicateClips(
          names: same.map(\.name).sorted { ExactName($0) < ExactName($1) },
          classes: Set(same.flatMap(\.labels).map { ExactName(classes[$0]) }).sorted().map(\.text))
      }
      .sorted { ExactName($0.names[0]) < ExactName($1.names[0]) }
  }

  /// What each recording is like, by its name, where that is known.
  public var facts: [(recording: String, facts: SoundFacts)] {
    var seen: Set<ExactName> = []
    return clips.compactMap { clip in
      guard let facts = clip.facts, seen.insert(ExactName(clip.recording)).inserted else {
        return nil
      }
      return (clip.recording, facts)
    }
  }

  /// The shortest, the median and the longest recording in seconds; `nil` without clips.
  public var lengths: (shortest: Double, median: Double, longest: Double)? {
    let sorted = clips.map(\.seconds).sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let middle = sorted.count / 2
    let median =
      sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    return (first, median, last)
  }
}
