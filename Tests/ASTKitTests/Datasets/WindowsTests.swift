import TestSupport
import Testing

@testable import ASTKit

/// Recordings become windows whose times are exact, whose features are those of the sound cut out,
/// and which take the labels of what they hold.
struct WindowsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func spans(_ windows: Windows, _ seconds: Double) -> [String] {
    windows.spans(over: ClipSpan(start: 0, end: seconds)).map(\.text)
  }

  @Test("Windows begin every hop up to the first that reaches the end; the last ends with it")
  func places() {
    #expect(spans(Windows(length: 5, hop: 2.5), 10) == ["0-5", "2.5-7.5", "5-10"])
    #expect(spans(Windows(length: 5, hop: 2.5), 11) == ["0-5", "2.5-7.5", "5-10", "7.5-11"])
    #expect(spans(Windows(length: 5), 10.25) == ["0-5", "5-10", "10-10.25"])
    #expect(spans(Windows(length: 5), 3) == ["0-3"])
    #expect(spans(Windows(length: 1, hop: 2), 4) == ["0-1", "2-3"])
    // Sums of tenths are off by a little, and no window is made of that.
    #expect(Windows(length: 0.3, hop: 0.1).spans(over: ClipSpan(start: 0, end: 1)).count == 8)
    #expect(Windows(length: 0.1).spans(over: ClipSpan(start: 0, end: 10_800)).count == 108_000)
  }

  @Test(
    "A window takes the labels of which it holds enough",
    arguments: [
      // A quarter of the shorter of the two.
      (nil, 1.0, 3.0, [true, false, false]), (nil, 4.0, 5.6, [true, true, false]),
      (nil, 4.9, 9.0, [false, true, false]),
      // So many seconds, or all of a shorter one.
      (0.5, 4.6, 9.0, [false, true, false]), (0.5, 4.4, 9.0, [true, true, false]),
      (0.5, 1.0, 1.1, [true, false, false]),
    ] as [(Double?, Double, Double, [Bool])])
  func labels(_ overlap: Double?, _ start: Double, _ end: Double, _ expected: [Bool]) {
    let windows = Windows(length: 5, overlap: overlap)
    let all = windows.spans(over: ClipSpan(start: 0, end: 15))
    #expect(all.map { windows.holds($0, ClipSpan(start: start, end: end)) } == expected)
  }

  private func noise(_ count: Int, seed: UInt64) -> [Float] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in Float(random.uniform() - 0.5) }
  }

  private func values(_ set: Dataset, _ index: Int) throws -> [Float] {
    try Batches(inOrder: set.all, size: 1).input([index]).values
  }

  @Test(
    "Features of a window are those of its samples alone, of the spectrogram's rows or not",
    arguments: [0.1, 0.0333])
  func features(_ hop: Double) throws {
    let sound = noise(9600, seed: 1)
    try folder.write("a/x.wav", Sounds.wav(sound))
    try folder.write("b/y.wav", Sounds.wav(noise(4000, seed: 2)))
    let listing = try FolderSource(path: folder.path).listing()
    for settings in [
      FeatureSettings(melBins: 16, frames: 20), .waveform(seconds: 0.2),
    ] {
      let set = try Dataset.load(
        listing, settings: settings, windows: Windows(length: 0.2, hop: hop), cache: .none)
      #expect(!set.hasSeveralLabels && set.classes == ["a", "b"])
      let extractor = try FeatureExtractor(settings)
      for (index, clip) in set.clips.enumerated() where clip.label == 0 {
        let span = try #require(clip.span)
        let range = Int((span.start * 16000).rounded())..<Int((span.end * 16000).rounded())
        var part = Waveform(samples: Array(sound[range]), seconds: span.seconds)
        guard settings.kind == .logMel else {
          #expect(try values(set, index) == settings.inputValues(part))
          continue
        }
        if part.samples.count < 400 {
          part.samples += [Float](repeating: 0, count: 400 - part.samples.count)
        }
        #expect(
          try values(set, index) == settings.inputValues(try extractor.logMel(part, path: "x")))
      }
      #expect(set.clips.last { $0.label == 0 }?.span?.end == 0.6)
    }
  }

  @Test("Features in the file are those in memory, and memory holds no more than its budget")
  func budget() throws {
    try folder.writeTones(["a": 6, "b": 6])
    let listing = try FolderSource(path: folder.path).listing()
    let settings = FeatureSettings(melBins: 16, frames: 4)
    let whole = try Dataset.load(listing, settings: settings, cache: .none)
    #expect(whole.store.usage.file == 0)
    let small = try Dataset.load(
      listing, settings: settings, cache: FeatureCache(folder: folder.file("cache/features")),
      budget: 700)
    #expect(small.store.usage.memory <= 700 && small.store.usage.file > 0)
    for index in whole.clips.indices {
      #expect(try values(small, index) == values(whole, index))
    }
  }

  @Test("Rows with times annotate windows; what none covers is a negative")
  func annotations() throws {
    let path = try folder.write("x.wav", Sounds.wav(noise(16000, seed: 1)))
    let other = try folder.write("y.wav", Sounds.wav(noise(8000, seed: 2)))
    func row(_ path: String, _ start: Double, _ end: Double, _ label: String)
      -> DatasetListing.Entry
    {
      .init(
        path: path, name: path == other ? "y.wav" : "x.wav", labels: [label],
        span: ClipSpan(start: start, end: end))
    }
    let listing = DatasetListing(
      name: "rows",
      entries: [
        row(path, 0.1, 0.3, "owl"), row(path, 0.2, 0.5, "crow"), row(other, 0.3, 0.4, "owl"),
      ])
    let settings = FeatureSettings(melBins: 16, frames: 25)
    let windows = try Dataset.load(
      listing, settings: settings, windows: Windows(length: 0.25), cache: .none)
    #expect(windows.hasSeveralLabels && windows.classes == ["crow", "owl"])
    #expect(
      windows.clips.map { "\($0.name) \($0.labels)" } == [
        "x.wav@0-0.25 [1]", "x.wav@0.25-0.5 [0, 1]", "x.wav@0.5-0.75 []", "x.wav@0.75-1 []",
        "y.wav@0-0.25 []", "y.wav@0.25-0.5 [1]",
      ])
    #expect(windows.counts == [1, 3] && windows.all.negatives == 3)
    #expect(abs(windows.seconds - 1.5) < 1e-9)
    let inside = try Dataset.load(
      listing, settings: settings, windows: Windows(length: 0.25, within: .rows), cache: .none)
    #expect(
      inside.clips.map(\.name) == ["x.wav@0.1-0.35", "x.wav@0.35-0.5", "y.wav@0.3-0.4"])
    // Without windows each row is a clip.
    let rows = try Dataset.load(listing, settings: settings, cache: .none)
    #expect(!rows.hasSeveralLabels)
    #expect(rows.clips.map(\.name) == ["x.wav@0.1-0.3", "x.wav@0.2-0.5", "y.wav@0.3-0.4"])
    #expect(rows.clips.map(\.seconds).map { ($0 * 10).rounded() / 10 } == [0.2, 0.3, 0.1])
  }

  @Test("No recording is in two parts of a split, by whatever it is made")
  func split() throws {
    for name in ["a", "b"] {
      for number in 0..<6 {
        try folder.write("\(name)/\(number).wav", Sounds.wav(noise(8000, seed: UInt64(number))))
      }
    }
    let listing = try FolderSource(path: folder.path).listing()
    let set = try Dataset.load(
      listing, settings: FeatureSettings(melBins: 16, frames: 10),
      windows: Windows(length: 0.1), cache: .none)
    #expect(set.count == 60)
    let split = try Split.stratified(set.all, train: 0.5, test: 0.5, seed: 3)
    #expect(split.sharedGroups == 0 && split.train.count == 30)
    let recordings = Set(split.train.clips.map(\.recording))
    #expect(try #require(split.test).clips.allSatisfy { !recordings.contains($0.recording) })
    let torn = try Split.stratified(set.all, train: 0.5, test: 0.5, by: .clip, seed: 3)
    #expect(torn.sharedGroups > 0)
    #expect(throws: DatasetError.noColumn(name: "sight", known: ["recording", "group", "clip"])) {
      try Split.stratified(set.all, train: 0.5, by: .column("sight"), seed: 3)
    }
  }

  @Test("Windows that the model cannot see whole, and senseless ones, are refused")
  func refused() throws {
    try folder.writeTones(["a": 2, "b": 2])
    let listing = try FolderSource(path: folder.path).listing()
    #expect(throws: DatasetError.longWindow(window: 0.3, seen: 0.215)) {
      try Dataset.load(
        listing, settings: FeatureSettings(frames: 20), windows: Windows(length: 0.3),
        cache: .none)
    }
    for windows in [Windows(length: 0), Windows(length: .nan), Windows(length: 1, hop: -1)] {
      #expect(throws: EngineError.self) { try windows.validate() }
    }
  }

  @Test("A short clip is repeated up to the model's length")
  func looped() throws {
    let sound = noise(1000, seed: 1)
    try folder.write("a/x.wav", Sounds.wav(sound))
    try folder.write("b/y.wav", Sounds.wav(noise(9000, seed: 2)))
    let listing = try FolderSource(path: folder.path).listing()
    var settings = FeatureSettings.waveform(seconds: 0.2, normalisesClips: false)
    settings.short = .loop
    let set = try Dataset.load(listing, settings: settings, cache: .none)
    #expect(try values(set, 0) == (0..<3200).map { sound[$0 % 1000] })
    var mel = FeatureSettings(melBins: 16, frames: 20)
    mel.short = .loop
    let spectrograms = try Dataset.load(listing, settings: mel, cache: .none)
    let wave = Waveform(samples: sound.looped(to: 19 * 160 + 400), seconds: 1)
    #expect(
      try values(spectrograms, 0)
        == mel.inputValues(try FeatureExtractor(mel).logMel(wave, path: "x")))
  }
}
