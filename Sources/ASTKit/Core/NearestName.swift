/// Finds the name a person most likely meant, by edit distance.
public enum NearestName {
  /// The candidate nearest to `name`, or `nil` when none is near enough to be a likely slip:
  /// two in a name of six letters and more, one in a shorter one, whatever the case of letters.
  public static func find(_ name: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased())
    let limit = wanted.count < 6 ? 1 : 2
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let letters = Array(candidate.lowercased())
      // A name of a million letters is compared with nothing.
      guard abs(letters.count - wanted.count) <= limit else { continue }
      let distance = editDistance(wanted, letters)
      guard distance <= limit, distance < (best?.distance ?? .max),
        wanted.count > 3 || isShortSlip(wanted, letters)
      else { continue }
      best = (candidate, distance)
    }
    return best?.name
  }

  /// Whether a word of three letters at most is a slip of another. One changed letter makes
  /// half of all such words of each other, so two of them must have changed places, one be
  /// missing, or the first be right.
  private static func isShortSlip(_ wanted: [Character], _ letters: [Character]) -> Bool {
    if letters.count == wanted.count, letters.sorted() == wanted.sorted() { return true }
    return wanted.count == 3 && letters.first == wanted.first
  }

  /// Optimal string alignment distance: insertions, deletions, substitutions, and swaps of
  /// two neighbouring letters each cost 1.
  static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforePrevious = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    var current = previous
    for i in 1...a.count {
      current[0] = i
      for j in 1...b.count {
        let substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        current[j] = min(previous[j] + 1, current[j - 1] + 1, substitution)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          current[j] = min(current[j], beforePrevious[j - 2] + 1)
        }
      }
      (beforePrevious, previous, current) = (previous, current, beforePrevious)
    }
    return previous[b.count]
  }
}
