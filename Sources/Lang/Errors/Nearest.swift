import ASTKit

/// The nearest name, also found when only the case or a plural differs.
func nearestName(_ name: String, _ candidates: some Sequence<String>) -> String? {
  NearestName.find(name, in: candidates)
}

/// "did you mean 'x'?" for the nearest name.
func didYouMean(_ name: String, _ candidates: some Sequence<String>) -> String? {
  nearestName(name, candidates).map { "did you mean '\($0)'?" }
}
