extension Evaluation {
  /// Top-k accuracy: the share of clips whose true class is among the `k` most likely ones.
  ///
  /// Of equal logits the class with the lower index goes first, as it does in `predictions`, so
  /// that `topK(1)` is the accuracy; in scikit-learn the higher one does. From `classes.count` on
  /// every clip counts, except those whose logits are not finite, which never do.
  ///
  /// - Returns: `nil` where clips may have several classes, or none, and so no true one.
  public func topK(_ k: Int) -> Double? {
    if hasSeveralLabels { return nil }
    let right = zip(labels, logits).count { label, row in
      guard row.allSatisfy(\.isFinite) else { return false }
      let own = row[label]
      let before = row.indices.count { row[$0] > own || (row[$0] == own && $0 < label) }
      return before < k
    }
    return count == 0 ? 0 : Double(right) / Double(count)
  }
}
