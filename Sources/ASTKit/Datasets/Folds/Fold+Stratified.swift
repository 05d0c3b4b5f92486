extension Fold {
  /// Makes `count` runs of any clips, stratified: every part has its share of each class as far as
  /// the groups allow. Run i tests part i, validates on the part before and trains on the rest.
  ///
  /// - Throws: `DatasetError.folds` for fewer than 3 parts, or fewer groups than parts.
  public static func stratified(
    _ clips: DatasetView, _ count: Int, by grouping: Grouping = .automatic, seed: UInt64
  ) throws(DatasetError) -> [Fold] {
    guard count >= 3 else { throw .folds(needed: 3, found: count, what: "folds") }
    let parts = try StratifiedGroups(clips, by: grouping).divide(
      [Double](repeating: 1 / Double(count), count: count), seed: seed)
    let all = clips.indices
    return (0..<count).map { run in
      let before = (run + count - 1) % count
      let (test, valid) = (Set(parts[run]), Set(parts[before]))
      func view(_ name: String, _ holds: (Int) -> Bool) -> DatasetView {
        DatasetView(dataset: clips.dataset, indices: all.filter(holds), name: name)
      }
      return Fold(
        name: "fold\(run + 1)",
        train: view("train") { !test.contains($0) && !valid.contains($0) },
        valid: view("valid", valid.contains), test: view("test", test.contains))
    }
  }
}

/// Divides clips so that each part has its share of every class and no group is torn apart.
struct StratifiedGroups {
  private let clips: DatasetView
  /// The clips of each group, indices into the data set.
  private let groups: [[Int]]

  /// - Throws: `DatasetError.noColumn`
  init(_ clips: DatasetView, by grouping: Grouping) throws(DatasetError) {
    self.clips = clips
    // In an order that depends on names alone, not on that of the clips.
    func name(_ members: [Int]) -> ExactName {
      members.map { ExactName(clips.dataset.clips[$0].name) }.min() ?? ExactName("")
    }
    let numbers = try clips.groups(by: grouping)
    let byNumber = Dictionary(grouping: zip(numbers, clips.indices), by: \.0)
    groups = byNumber.values.map { $0.map(\.1) }.map { (name($0), $0) }
      .sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// The clips of each part. Those that the fractions leave over are in none.
  ///
  /// Groups are taken in the order of their size, equal ones shuffled, and each goes to the part
  /// that lacks most of what it holds, measured in shares of its classes.
  ///
  /// - Throws: `DatasetError.folds` when there are fewer groups than parts.
  func divide(_ fractions: [Double], seed: UInt64) throws(DatasetError) -> [[Int]] {
    guard groups.count >= fractions.count else {
      throw .folds(needed: fractions.count, found: groups.count, what: "groups")
    }
    var random = RandomSource(seed: seed).fork("groups")
    let order = random.permutation(groups.count).sorted {
      groups[$0].count > groups[$1].count
    }
    let shares = fractions + [max(0, 1 - fractions.reduce(0, +))]
    let counts = clips.counts
    // What each part still lacks of each class and, behind these, of all clips: as a share of it.
    var lacks = shares.map { [Double](repeating: $0, count: counts.count + 1) }
    var parts = [[Int]](repeating: [], count: shares.count)
    for (done, number) in order.enumerated() {
      let weights = weights(of: groups[number], counts)
      let empty = fractions.indices.filter { parts[$0].isEmpty }
      // As many groups as empty parts are left: one for each.
      let isUrgent = empty.count >= order.count - done
      let candidates = isUrgent ? empty : Array(shares.indices.filter { shares[$0] > 1e-9 })
      func need(_ part: Int) -> Double {
        weights.reduce(0) { $0 + $1.weight * lacks[part][$1.label] / shares[part] }
      }
      guard let part = candidates.max(by: { need($0) < need($1) }) else { continue }
      for (label, weight) in weights { lacks[part][label] -= weight }
      parts[part] += groups[number]
    }
    return parts.prefix(fractions.count).map { $0.sorted() }
  }

  /// The share of each class that a group holds and, last, that of all clips.
  private func weights(of group: [Int], _ counts: [Int]) -> [(label: Int, weight: Double)] {
    var own: [Int: Int] = [:]
    for index in group {
      for label in clips.dataset.clips[index].labels { own[label, default: 0] += 1 }
    }
    let weights = own.sorted { $0.key < $1.key }.map {
      (label: $0.key, weight: Double($0.value) / Double(max(1, counts[$0.key])))
    }
    return weights
      + [(label: counts.count, weight: Double(group.count) / Double(max(1, clips.count)))]
  }
}
