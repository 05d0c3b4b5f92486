import ASTKit

/// "did you mean 'x'?" for the nearest name.
func didYouMean(_ name: String, _ candidates: some Sequence<String>) -> String? {
  NearestName.find(name, in: candidates).map { "did you mean '\($0)'?" }
}
