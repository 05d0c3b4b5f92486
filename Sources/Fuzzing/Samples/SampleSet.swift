/// Valid files of one kind, and the changed ones made from them.
package struct SampleSet {
  package struct Sample {
    package var bytes: [UInt8]
    package var layout: Layout

    package init(_ bytes: [UInt8], _ layout: Layout) {
      self.bytes = bytes
      self.layout = layout
    }
  }

  package let samples: [Sample]
  private let donors: [[UInt8]]
  private let repair: (inout [UInt8]) -> Void

  package init(_ samples: [Sample], repair: @escaping (inout [UInt8]) -> Void = { _ in }) {
    self.samples = samples
    self.repair = repair
    donors = samples.map(\.bytes)
  }

  package var count: Int { samples.count }

  /// The bytes of input `number`: the valid files first, then a file cut at the next length
  /// in one of 16, else a changed one.
  package func bytes(_ number: Int, _ random: inout FuzzRandom) -> [UInt8] {
    if number < samples.count { return samples[number].bytes }
    if number % 16 == 15 {
      let turn = number / 16
      return ByteMutation.cut(samples[turn % samples.count].bytes, turn: turn / samples.count)
    }
    return changed(&random)
  }

  package func changed(_ random: inout FuzzRandom) -> [UInt8] {
    let sample = random.pick(samples)
    var bytes = sample.bytes
    ByteMutation.apply(to: &bytes, sample.layout, donors: donors, &random, repair: repair)
    return bytes
  }
}
