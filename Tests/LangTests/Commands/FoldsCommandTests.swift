import TestSupport
import Testing

/// Corpora, their folds and groups in the language.
@Suite("Folds of a corpus, and of any dataset")
struct FoldsCommandTests {
  private let folder: TemporaryFolder
  private let load: String

  init() throws {
    folder = try TemporaryFolder()
    let tree = try CorpusTrees.esc50(in: folder)
    load = "clips = dataset \"esc50\", path: \"\(tree.path)\", frames: 16\n"
  }

  @Test("folds gives the corpus's protocol, or as many as are asked for")
  func folds() throws {
    let (output, errors) = transcript(
      load + """
        for fold in folds(clips) { print fold }
        print folds(clips, 3, seed: 1)[0], folds(clips, valid: "test")[0]
        """)
    #expect(errors.contains("the best weights are chosen on the clips that are tested"))
    #expect(errors.contains("30 of the 2000 clips"))
    #expect(output.hasPrefix("fold5: train 18, valid 6, test 6 clips\nfold1: train 18"))
    #expect(output.contains("fold1: train 10, valid 10, test 10 clips fold5: train 24, valid 6"))
  }

  @Test("A list of folds is shown a line each")
  func shown() throws {
    let (output, _) = transcript(load + "folds(clips)\nfolds(clips)[0..<1]")
    let lines = output.split(separator: "\n")
    #expect(lines.count == 6 && lines[4] == "fold4: train 18, valid 6, test 6 clips")
    #expect(lines[5] == "[fold5: train 18, valid 6, test 6 clips]")
  }

  @Test("describe tells the lengths, once where they are all alike, and what is there twice")
  func lengths() throws {
    let (alike, _) = transcript(load + "describe clips")
    #expect(alike.contains("\nrecordings of 100 ms\n") && !alike.contains("several names"))
    for (name, count) in [("a/0", 800), ("a/1", 8000), ("b/0", 8000), ("b/1", 16_000)] {
      let tone = Sounds.tone(count == 8000 ? 300 : Double(count), samples: count)
      try folder.write("odd/\(name).wav", Sounds.wav(tone))
    }
    let (odd, _) = transcript(
      "c = dataset \"folder\", path: \"\(folder.file("odd"))\", frames: 16\ndescribe c")
    #expect(odd.contains("recordings of 50 ms to 1 s, half of them up to 500 ms"))
    #expect(
      odd.contains(
        "1 sound under several names, 1 of them in several classes, such as 'a/1.wav' and 'b/0.wav'"
      ))
  }

  @Test("describe tells what recordings were made of, and those that are silent or clipped")
  func origins() throws {
    let tone = Sounds.tone(300, samples: 8000)
    try folder.write("mix/a/0.wav", Sounds.wav(tone, rate: 8000))
    try folder.write("mix/a/1.wav", Sounds.wav(tone + tone, channels: 2))
    try folder.write("mix/b/0.wav", Sounds.wav(tone.map { _ in 0 }))
    try folder.write("mix/b/1.wav", Sounds.wav(tone.map { min(1, max(-1, 4 * $0)) }))
    // Decoded, and from the cache; features of both kinds.
    for features in ["logmel", "logmel", "waveform"] {
      let (output, errors) = transcript(
        "c = dataset \"folder\", path: \"\(folder.file("mix"))\", features: \"\(features)\"\n"
          + "describe c")
      #expect(errors.isEmpty)
      #expect(
        output.contains(
          "made of 8000, 16000 Hz (resampled), 1, 2 channels (mixed to one)\n"
            + "1 recording is silent, such as 'b/0.wav'\n1 recording is clipped, such as 'b/1.wav'")
      )
    }
    let (_, errors) = transcript(
      "dataset \"folder\", path: \"\(folder.file("mix"))\", channel: 2")
    #expect(errors.contains("it has no channel 2"))
  }

  @Test("split keeps recordings on one side unless told otherwise")
  func split() throws {
    let (output, errors) = transcript(
      load + """
        parts = split clips, train: 0.6, test: 0.4, seed: 1
        torn = split clips, train: 0.6, test: 0.4, seed: 1, by: "clip"
        print parts, parts.shared, torn.shared > 0
        print torn
        print clips.groups.unique.count
        """)
    #expect(!errors.contains("error"), "\(errors)")
    let lines = output.split(separator: "\n")
    #expect(lines[0] == "train 18, test 12 clips 0 true")
    #expect(lines[1].hasSuffix("in more than one part") && lines[2] == "15")
  }

  @Test("What does not fit is said with what would")
  func errors() throws {
    try folder.writeTones(["tones/a": 3, "tones/b": 3])
    let (_, errors) = transcript(
      load + """
        try { folds clips, by: "group" } catch e { print e.message }
        plain = dataset "folder", path: "\(folder.file("tones"))", frames: 16
        folds plain
        """)
    #expect(errors.contains("has no folds of its own") && errors.contains("folds(clips, 5)"))
    let (_, other) = transcript("dataset \"urbansound8k\", path: \"\(folder.path)\"")
    #expect(other.contains("is not the folder of urbansound8k"))
    #expect(other.contains("expected 'metadata/UrbanSound8K.csv'"))
  }
}
