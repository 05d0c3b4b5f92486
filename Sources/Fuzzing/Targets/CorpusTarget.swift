import ASTKit

/// The tables and lists of corpora, beside sounds that are where the valid ones say.
package final class CorpusTarget: FuzzTarget {
  package static let name = "corpora"
  package static let summary = "tables and lists of corpora, and the folds that follow from them"

  /// A corpus whose list is the only one of a tree.
  private struct Sample {
    let source: String, list: String, text: String, sounds: [String]
  }

  private static let samples = [
    Sample(
      source: "esc50", list: "meta/esc50.csv",
      text: """
        filename,fold,target,category,esc10,src_file,take
        a.wav,1,0,dog,True,7,A
        "b.wav",2,10,rain,False,"8, left",B
        c.wav,3,0,dog,True,7,B
        """, sounds: ["audio/a.wav", "audio/b.wav", "audio/c.wav"]),
    Sample(
      source: "urbansound8k", list: "metadata/UrbanSound8K.csv",
      text: """
        slice_file_name,fsID,start,end,salience,fold,classID,class
        a.wav,7,0.0,1.5,1,1,3,dog_bark
        b.wav,8,0.0,4.0,2,10,1,car_horn
        """, sounds: ["audio/fold1/a.wav", "audio/fold10/b.wav"]),
    Sample(
      source: "iemocap", list: "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt",
      text: """
        % [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]

        [6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.5000]
        C-E2:\tNeutral;\t()
        [10.01 - 11.39]\tSes01F_impro01_M001\texc\t[2.5000, 2.5000, 2.5000]
        """,
      sounds: ["F000", "M001"].map {
        "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_\($0).wav"
      }),
    Sample(
      source: "speechcommands", list: "testing_list.txt", text: "yes/a_nohash_0.wav\nno/b.wav\n",
      sounds: ["yes/a_nohash_0.wav", "no/b.wav", "yes/c.wav"]),
  ]

  private let scratch: Scratch
  private let lists: [SampleSet]

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    lists = Self.samples.map { SampleSet([SampleSet.Sample(Array($0.text.utf8), Layout())]) }
    for sample in Self.samples {
      for sound in sample.sounds {
        try scratch.write("\(sample.source)/\(sound)", makingFolders: [])
      }
      try scratch.write("\(sample.source)/\(sample.list)", makingFolders: [])
    }
    try scratch.write("speechcommands/validation_list.txt", Array("yes/c.wav\n".utf8))
  }

  package var validCount: Int { lists.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    let corpus = number % lists.count
    return FuzzInput("\(corpus)", lists[corpus].bytes(number / lists.count, &random))
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let sample = Self.samples[Int(input.files[0].name) ?? 0]
    try scratch.write("\(sample.source)/\(sample.list)", input.files[0].bytes)
    let listing = try DatasetSources.listing(
      sample.source, path: scratch.path(sample.source))
    guard !listing.entries.isEmpty, listing.entries.allSatisfy({ !$0.label.isEmpty }),
      Set(listing.entries.map(\.label)).isSubset(of: listing.classOrder ?? [])
    else { throw BrokenPromise("a listing without clips, or with clips of no class") }
    var hasher = Hasher()
    for entry in listing.entries {
      guard entry.path.hasPrefix(scratch.folder), !entry.name.contains("..") else {
        throw BrokenPromise("a clip outside the corpus: \(entry.path)")
      }
      hasher.combine(entry.name)
      hasher.combine(entry.label)
      hasher.combine(entry.group)
      hasher.combine(entry.part)
    }
    hasher.combine(listing.notices)
    return hasher.finalize()
  }

  package func checkValid() throws {
    for (number, sample) in Self.samples.enumerated() {
      try scratch.write("\(sample.source)/\(sample.list)", Array(sample.text.utf8))
      let listing = try DatasetSources.listing(
        sample.source, path: scratch.path(sample.source))
      guard listing.entries.count == [3, 2, 2, 3][number] else {
        throw BrokenPromise("\(sample.source) has \(listing.entries.count) clips")
      }
    }
  }
}
