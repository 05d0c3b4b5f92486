import ASTKit

/// What came of a case.
public enum GoldenOutcome {
  /// The largest deviation by kind of value.
  case passed(worst: [String: Double])
  case failed([String])
  /// The engine does not have what the case is about.
  case skipped(String)
}

extension GoldenFolder {
  /// Runs one case of the manifest.
  public func run(_ golden: GoldenCase) -> GoldenOutcome {
    do {
      let comparison = try compare(golden)
      return comparison.failures.isEmpty
        ? .passed(worst: comparison.worst) : .failed(comparison.failures)
    } catch GoldenError.unsupported(let what) {
      return .skipped(what)
    } catch {
      return .failed(["\(error)"])
    }
  }

  private func compare(_ golden: GoldenCase) throws -> Comparison {
    // Methods are sentences; what stands behind their first words may differ.
    switch golden.method {
    case let method where method.hasPrefix("plain AST"): try PlainCases.plainAST(golden, self)
    case let method where method.hasPrefix("plain Wav2Vec2"):
      try PlainCases.plainSpeech(golden, self)
    case "ASTForAudioClassification": try PlainCases.classifier(golden, self)
    case "AST feature extraction": try FeatureCases.features(golden, self)
    case let method where method.hasPrefix("mel filter"):
      try FeatureCases.melFilters(golden, self)
    case let method where method.hasPrefix("position-embedding resize"):
      try PositionCases.resize(golden, self)
    case let method where method.contains("ignore_mismatched_sizes"):
      try PositionCases.mismatch(golden, self)
    default: try TrainingCase(golden: golden, folder: self).run()
    }
  }
}
