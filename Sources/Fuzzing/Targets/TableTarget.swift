import ASTKit

/// Tables of recordings: csv, Raven's selections, Audacity's labels, beside sounds that are there.
package final class TableTarget: FuzzTarget {
  package static let name = "tables"
  package static let summary = "tables of recordings: csv, Raven, Audacity"

  private struct Sample {
    let source: String, text: String, clips: Int
  }

  private static let samples = [
    Sample(
      source: "csv",
      text: """
        filename,label,start,end,fold,split,site
        a.wav,owl|crow,0.1,0.5,1,train,"north, left"
        b.wav,,,,2,val,south
        a.wav,['owl'],0.5,1,1,test,north
        """, clips: 3),
    Sample(
      source: "csv", text: "species;path;group\r\nowl;a.wav;1\r\n\"cr\"\"ow\";b.wav;2\r\n", clips: 2
    ),
    Sample(
      source: "raven",
      text:
        "Selection\tView\tBegin Time (s)\tEnd Time (s)\tBegin File\tFile Offset (s)\tAnnotation\n"
        + "1\tWaveform 1\t0.1\t0.3\ta.wav\t0.1\towl\n1\tSpectrogram 1\t0.1\t0.3\ta.wav\t0.1\towl\n"
        + "2\tWaveform 1\t60.25\t60.5\tb.wav\t0.25\tcrow;owl\n", clips: 2),
    Sample(
      source: "audacity", text: "0.1\t0.4\towl\n\\\t1000\t2000\n0.5\t0.5\tcrow\n0.7\t0.9\t\n",
      clips: 3),
  ]

  private let scratch: Scratch
  private let texts: [SampleSet]

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    texts = Self.samples.map { SampleSet([SampleSet.Sample(Array($0.text.utf8), Layout())]) }
    for sound in ["a.wav", "b.wav", "list.wav"] { try scratch.write(sound, makingFolders: []) }
  }

  package var validCount: Int { texts.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    let sample = number % texts.count
    return FuzzInput("\(sample)", texts[sample].bytes(number / texts.count, &random))
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let sample = Self.samples[Int(input.files[0].name) ?? 0]
    let listing = try listing(sample.source, input.files[0].bytes)
    guard !listing.entries.isEmpty || !listing.unusable.isEmpty else {
      throw BrokenPromise("a listing of nothing")
    }
    var hasher = Hasher()
    for entry in listing.entries {
      guard listing.hasSeveralLabels || entry.labels.count == 1,
        Set(entry.labels).count == entry.labels.count, !entry.labels.contains("")
      else { throw BrokenPromise("labels \(entry.labels) of '\(entry.name)'") }
      if let span = entry.span {
        guard span.start >= 0, span.start <= span.end, span.end.isFinite else {
          throw BrokenPromise("a clip from \(span.start) to \(span.end)")
        }
      }
      hasher.combine(entry.name)
      hasher.combine(entry.labels)
      hasher.combine(entry.span)
      hasher.combine(entry.group)
      hasher.combine(entry.part)
    }
    hasher.combine(listing.notices)
    return hasher.finalize()
  }

  private func listing(_ source: String, _ bytes: [UInt8]) throws -> DatasetListing {
    try scratch.write("list.txt", bytes)
    return try DatasetSources.listing(source, path: scratch.path("list.txt"))
  }

  package func checkValid() throws {
    for sample in Self.samples {
      let listing = try listing(sample.source, Array(sample.text.utf8))
      guard listing.entries.count == sample.clips, listing.unusable.isEmpty else {
        throw BrokenPromise("\(sample.source) has \(listing.entries.count) clips")
      }
    }
  }
}
