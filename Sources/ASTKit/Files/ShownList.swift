extension Sequence<String> {
  /// The first few names, as a message may show them, and how many more there are.
  var shownList: String {
    let all = Array(self)
    return all.prefix(5).map(\.shown).joined(separator: ", ")
      + (all.count > 5 ? " and \(all.count - 5) more" : "")
  }
}
