import ASTKit

/// The nearest name, also found when only the case or a plural differs.
func nearestName(_ name: String, _ candidates: some Sequence<String>) -> String? {
  // A word of three letters is two slips away from half of all words of three letters.
  NearestName.find(
    name, in: name.count > 4 ? Array(candidates) : candidates.filter { shares($0, name) })
}

/// Whether two short words have all letters but one in common.
private func shares(_ candidate: String, _ name: String) -> Bool {
  var rest = Array(candidate.lowercased())
  for letter in name.lowercased() {
    if let position = rest.firstIndex(of: letter) { rest.remove(at: position) }
  }
  let common = candidate.count - rest.count
  return common >= max(candidate.count, name.count) - 1
}

/// "did you mean 'x'?" for the nearest name.
func didYouMean(_ name: String, _ candidates: some Sequence<String>) -> String? {
  nearestName(name, candidates).map { "did you mean '\($0)'?" }
}
