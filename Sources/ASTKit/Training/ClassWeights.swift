/// What the classes count in the loss of a run.
///
/// Where a clip has one class, its cross-entropy is multiplied by the weight of its class, and the
/// mean is divided by the sum of these. Where it may have several, the weight is that of the
/// positives of the class against its negatives.
public enum ClassWeights: Sendable, Equatable, Codable {
  /// All alike.
  case equal
  /// So that rare classes count as much as frequent ones: `n / (classes · n_c)` of n clips, as
  /// scikit-learn's `compute_class_weight("balanced")`; for positives, negatives over positives.
  /// Classes that no clip has, and those that all have, count 1.
  case balanced
  /// By name; classes that are not named count 1.
  case given([String: Double])

  /// - Throws: `EngineError.setting` for one that is not above 0.
  func validate() throws(EngineError) {
    guard case .given(let weights) = self else { return }
    for (name, weight) in weights.sorted(by: { $0.key < $1.key })
    where !(weight > 0 && weight <= 1e6) {
      throw .setting(
        name: "weights", expected: "above 0 and at most 1000000 for each class",
        found: "\(weight) for '\(name.shown)'")
    }
  }

  /// The weight of each class of some clips, `[classes]`; `nil` where all are alike.
  /// - Throws: `EngineError.unknownName` for a class that the clips do not know.
  func values(for view: DatasetView) throws(EngineError) -> [Double]? {
    switch self {
    case .equal: return nil
    case .given(let weights):
      let known = Set(view.classes)
      if let name = weights.keys.filter({ !known.contains($0) }).min() {
        throw .unknownName(kind: "class", name: name, known: view.classes)
      }
      return view.classes.map { weights[$0] ?? 1 }
    case .balanced:
      let counts = view.counts, all = Double(view.count)
      let occurring = Double(counts.count { $0 > 0 })
      return counts.map { count in
        if count == 0 { return 1 }
        guard view.hasSeveralLabels else { return all / (occurring * Double(count)) }
        return count == view.count ? 1 : (all - Double(count)) / Double(count)
      }
    }
  }
}

/// Which clips an epoch has.
public enum Sampling: String, CaseIterable, Sendable, Codable, SettingChoice {
  /// Each once.
  case all
  /// As many, drawn with replacement, so that all classes come up alike: the probability of a clip
  /// is inverse to the number of clips of its class. Of several classes the rarest counts; clips
  /// with none are a class of their own.
  case balanced

  /// Draws an epoch.
  /// - Returns: indices into `view.dataset.clips`.
  func order(of view: DatasetView, _ random: inout RandomSource) -> [Int] {
    guard self == .balanced else {
      return random.permutation(view.count).map { view.indices[$0] }
    }
    let counts = view.counts, negatives = view.negatives
    var sums: [Double] = []
    for clip in view.clips {
      let rarest = clip.labels.map { counts[$0] }.min() ?? negatives
      sums.append((sums.last ?? 0) + 1 / Double(max(1, rarest)))
    }
    guard let total = sums.last else { return [] }
    return view.indices.indices.map { _ in
      let wanted = random.uniform() * total
      // The first sum above what was drawn.
      var (low, high) = (0, sums.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if sums[middle] > wanted { high = middle } else { low = middle + 1 }
      }
      return view.indices[low]
    }
  }
}
