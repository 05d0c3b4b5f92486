import ASTKit

/// The directory of an archive by itself.
package final class ZipTarget: FuzzTarget {
  package static let name = "zip"
  package static let summary = "the directory of a zip archive, 64-bit fields too"

  private let scratch: Scratch
  private let samples: SampleSet

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    samples = SampleSet(
      [false, true].map { is64Bit in
        let records = [
          ("a/data.pkl", [1, 2, 3]), ("b", []), ("é", [UInt8](repeating: 9, count: 40)),
        ]
        let (bytes, layout) = ZipArchive(records, is64Bit: is64Bit).made()
        return SampleSet.Sample(bytes, layout)
      })
  }

  package var validCount: Int { samples.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    FuzzInput("x.zip", samples.bytes(number, &random))
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let bytes = input.files[0].bytes
    let directory = try ZipDirectory(MappedFile(scratch.write("x.zip", bytes)))
    for (name, range) in directory.records {
      guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
        throw BrokenPromise("record '\(name)' lies outside the file")
      }
    }
    return directory.records.hashValue
  }

  package func checkValid() throws {
    for sample in samples.samples {
      let directory = try ZipDirectory(MappedFile(scratch.write("x.zip", sample.bytes)))
      guard directory.records.mapValues(\.count) == ["a/data.pkl": 3, "b": 0, "é": 40] else {
        throw BrokenPromise("a valid directory reads wrong")
      }
    }
  }
}
