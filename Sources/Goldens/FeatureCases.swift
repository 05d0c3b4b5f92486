import ASTKit

/// Cases about the way from a recording to the input of AST.
enum FeatureCases {
  /// Log-mel features of a waveform, and the padded, normalised input.
  static func features(_ golden: GoldenCase, _ folder: GoldenFolder) throws -> Comparison {
    let tensors = try folder.tensors(golden.file)
    let expected = try tensors.tensor("fbank_float64")
    var settings = FeatureSettings(
      sampleRate: golden.integer("sampling_rate") ?? 16_000, melBins: expected.columns,
      frames: golden.integer("max_length") ?? 1024)
    settings.mean = golden.number("mean") ?? settings.mean
    settings.std = golden.number("std") ?? settings.std
    let samples = try tensors.tensor("waveform").values
    let bank = try Fbank(sampleRate: settings.sampleRate, melBins: settings.melBins)
    let values = bank.logMel(samples)
    var result = Comparison()
    result.check(
      "fbank", "fbank_float64", values, expected.values, absolute: folder.tolerances.features)
    let logMel = LogMel(
      values: values, frames: values.count / settings.melBins,
      seconds: Double(samples.count) / Double(settings.sampleRate))
    result.check(
      "input", "input_values", settings.inputValues(logMel),
      try tensors.tensor("input_values").values, absolute: folder.tolerances.features)
    return result
  }

  /// The triangles of the mel filters, and the window.
  static func melFilters(_ golden: GoldenCase, _ folder: GoldenFolder) throws -> Comparison {
    let tensors = try folder.tensors(golden.file)
    let counts = try tensors.integers("mel_bin_count").map { Int($0) }
    let firsts = try tensors.integers("mel_first_bin").map { Int($0) }
    let bank = try Fbank(
      sampleRate: golden.integer("sampling_rate") ?? 16_000, melBins: counts.count)
    let (filters, tolerance) = (bank.filters, folder.tolerances.filters)
    var result = Comparison()
    result.require(filters.binCount == counts, "the number of bins of a filter differs")
    result.require(firsts.count == counts.count, "'mel_first_bin' and 'mel_bin_count' differ")
    for (index, first) in firsts.enumerated().prefix(counts.count) where counts[index] > 0 {
      result.require(
        filters.firstBin[index] == first,
        "filter \(index) begins at bin \(filters.firstBin[index]), expected \(first)")
    }
    if let empty = golden.fields["empty_filters"] as? [Int] {
      let found = filters.binCount.indices.filter { filters.binCount[$0] == 0 }
      result.require(found == empty, "empty filters are \(found), expected \(empty)")
    }
    result.check(
      "weights", "mel_weights", filters.weights.map(Float.init),
      try tensors.tensor("mel_weights").values, absolute: tolerance)
    result.check(
      "window", "window", bank.window.map(Float.init), try tensors.tensor("window").values,
      absolute: tolerance)
    return result
  }
}
