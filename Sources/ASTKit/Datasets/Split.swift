/// The parts of a data set for training, for choosing the best weights, and for the result.
public struct Split: Sendable {
  public let train: DatasetView
  /// `nil` when no fraction was given for it.
  public let valid: DatasetView?
  public let test: DatasetView?
  /// Groups of which two parts have clips.
  public let sharedGroups: Int

  /// Splits so that every class has its share in every part.
  ///
  /// Each class is shuffled on its own and cut by the largest-remainder rule: a part's number
  /// of clips of a class is its exact quota rounded down or up, and at least 1. Equal
  /// remainders go to the part that is furthest behind over the classes before. Clips that the
  /// fractions leave over are in no part. The result depends on the seed and on the names of
  /// the files below the data set's folder, not on where the folder lies.
  ///
  /// - Parameters:
  ///   - perClass: few-shot training: keep only this many training clips a class. The other
  ///     parts stay what they are without it.
  ///   - grouping: what is never in two parts; a class then has its share only as far as the
  ///     groups allow.
  /// - Throws: `DatasetError.fraction`, `.fractionSum`, or `.classTooSmall` naming the classes
  ///   that cannot give every part a clip (or training `perClass` of them); `.folds` for fewer
  ///   groups than parts; `.noColumn`.
  public static func stratified(
    _ whole: DatasetView, train: Double, valid: Double? = nil, test: Double? = nil,
    by grouping: Grouping = .automatic, seed: UInt64, perClass: Int? = nil
  ) throws(DatasetError) -> Split {
    let parts = [("train", train), ("valid", valid), ("test", test)]
    var fractions: [Double] = []
    for (name, fraction) in parts {
      guard let fraction else { continue }
      guard fraction > 0, fraction <= 1 else { throw .fraction(part: name, found: fraction) }
      fractions.append(fraction)
    }
    let sum = fractions.reduce(0, +)
    guard sum <= 1 + 1e-9 else { throw .fractionSum(sum) }
    if let perClass, perClass < 1 { throw .perClass(perClass) }

    let isGrouped = try whole.isGrouped(by: grouping)
    if isGrouped || whole.hasSeveralLabels {
      var parts = try StratifiedGroups(whole, by: grouping).divide(fractions, seed: seed)
      if let perClass {
        parts[0] = try shots(perClass, of: parts[0], whole, RandomSource(seed: seed).fork("split"))
      }
      return try Split(parts, of: whole, by: grouping, hasValid: valid != nil, hasTest: test != nil)
    }
    var byClass = [[Int]](repeating: [], count: whole.classes.count)
    for index in whole.indices { byClass[whole.dataset.clips[index].label].append(index) }
    try requireClips(byClass, fractions.count, whole, "a split into \(fractions.count) parts")

    let random = RandomSource(seed: seed).fork("split")
    var quotas = StratifiedQuotas(fractions: fractions)
    var members = [[Int]](repeating: [], count: fractions.count)
    for (label, clips) in byClass.enumerated() {
      var stream = random.fork(whole.classes[label])
      let shuffled = stream.permutation(clips.count).map { clips[$0] }
      var start = 0
      for (part, size) in quotas.next(clips.count).enumerated() {
        var chosen = shuffled[start..<(start + size)]
        start += size
        if part == 0, let perClass {
          guard chosen.count >= perClass else {
            let found = DatasetError.ClassCount(name: whole.classes[label], count: chosen.count)
            throw .classTooSmall(
              classes: [found], needed: perClass, what: "'perClass' in training")
          }
          chosen = chosen.prefix(perClass)
        }
        members[part] += chosen
      }
    }
    return try Split(members, of: whole, by: grouping, hasValid: valid != nil, hasTest: test != nil)
  }

  private init(
    _ members: [[Int]], of whole: DatasetView, by grouping: Grouping, hasValid: Bool, hasTest: Bool
  ) throws(DatasetError) {
    let together = grouping == .clip ? Grouping.automatic : grouping
    let groups = try Dictionary(
      uniqueKeysWithValues: zip(whole.indices, whole.groups(by: together)))
    let parts = members.map { Set($0.compactMap { groups[$0] }) }
    sharedGroups = Dictionary(grouping: parts.flatMap(Array.init), by: \.self).values
      .count { $0.count > 1 }
    // In the order of the data set again: the order of a part says nothing about the shuffle.
    var views = members.map { $0.sorted() }[...]
    func take(_ name: String) -> DatasetView {
      DatasetView(dataset: whole.dataset, indices: views.popFirst() ?? [], name: name)
    }
    train = take("train")
    valid = hasValid ? take("valid") : nil
    test = hasTest ? take("test") : nil
  }

  /// So many clips of each class, drawn from these.
  private static func shots(
    _ perClass: Int, of indices: [Int], _ whole: DatasetView, _ random: RandomSource
  ) throws(DatasetError) -> [Int] {
    var chosen: [Int] = []
    for (label, name) in whole.classes.enumerated() {
      let clips = indices.filter { whole.dataset.clips[$0].labels.contains(label) }
      guard clips.count >= perClass else {
        throw .classTooSmall(
          classes: [.init(name: name, count: clips.count)], needed: perClass,
          what: "'perClass' in training")
      }
      var stream = random.fork(name)
      chosen += stream.permutation(clips.count).prefix(perClass).map { clips[$0] }
    }
    return Set(chosen).sorted()
  }

  private static func requireClips(
    _ byClass: [[Int]], _ needed: Int, _ whole: DatasetView, _ what: String
  ) throws(DatasetError) {
    let small = byClass.enumerated().filter { $0.element.count < needed }.map {
      DatasetError.ClassCount(name: whole.classes[$0.offset], count: $0.element.count)
    }
    if !small.isEmpty { throw .classTooSmall(classes: small, needed: needed, what: what) }
  }
}

/// Cuts one class after the other by the largest-remainder rule.
struct StratifiedQuotas {
  /// The parts' fractions; what they leave over is a last, unused part.
  private let fractions: [Double]
  private let parts: Int
  /// How many clips each part is short of its exact share over the classes so far.
  private var behind: [Double]

  init(fractions: [Double]) {
    parts = fractions.count
    self.fractions = fractions + [max(0, 1 - fractions.reduce(0, +))]
    behind = [Double](repeating: 0, count: parts + 1)
  }

  /// The sizes of the parts for a class of `count >= parts` clips.
  mutating func next(_ count: Int) -> [Int] {
    let exact = fractions.map { $0 * Double(count) }
    var sizes = exact.map { Int(clamped: ($0 + 1e-9).rounded(.down)) }
    let order = exact.indices.sorted { a, b in
      let (restA, restB) = (exact[a] - Double(sizes[a]), exact[b] - Double(sizes[b]))
      if abs(restA - restB) > 1e-9 { return restA > restB }
      if abs(behind[a] - behind[b]) > 1e-9 { return behind[a] > behind[b] }
      return a < b
    }
    for part in order.prefix(max(0, count - sizes.reduce(0, +))) { sizes[part] += 1 }
    for part in 0..<parts where sizes[part] == 0 {
      guard let richest = sizes.indices.max(by: { sizes[$0] < sizes[$1] }) else { continue }
      // Left-over clips first: nobody misses them.
      let giver = sizes[parts] > 0 ? parts : richest
      sizes[giver] -= 1
      sizes[part] += 1
    }
    for part in exact.indices { behind[part] += exact[part] - Double(sizes[part]) }
    return Array(sizes[..<parts])
  }
}
