import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// Recordings are predicted window by window with what the model was trained on, and a stream gives
/// what a data set gives, to the bit.
struct PredictionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func noise(_ count: Int, seed: UInt64) -> [Float] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in Float(random.uniform() - 0.5) }
  }

  /// 36 frames of 36 bins.
  private func features(_ window: Double?, hop: Double? = nil) -> FeatureSettings {
    var settings = TinyData.settings
    (settings.window, settings.hop) = (window, hop)
    return settings
  }

  private func model(_ settings: FeatureSettings) throws -> AudioClassifier {
    let net = try TinyModel.classifier(classes: ["a", "b"])
    net.features = settings
    return net
  }

  private func rows(
    _ net: AudioClassifier, _ path: String, _ options: PredictionOptions = PredictionOptions()
  ) throws -> (rows: [Prediction], report: PredictionReport) {
    var rows: [Prediction] = []
    let report = try net.predict(SoundFiles(path).files, options) { rows.append($0) }
    return (rows, report)
  }

  @Test(
    "Windows of a file are those of a data set: times, probabilities, at any rate and hop",
    arguments: [0.1, 0.25, 0.0371], [8000, 16_000, 44_100])
  func streamed(_ hop: Double, _ rate: Int) throws {
    try folder.write("a/x.wav", Sounds.wav(noise(3 * rate, seed: 1), channels: 2, rate: rate))
    try folder.write("b/y.wav", Sounds.wav(noise(rate / 5, seed: 2), rate: rate))
    var looped = features(0.25, hop: hop)
    looped.short = .loop
    for settings in [features(0.25, hop: hop), looped] {
      let set = try Dataset.load(
        FolderSource(path: folder.path).listing(), settings: settings, cache: .none)
      let net = try model(settings)
      var expected: [Prediction] = []
      try net.predict(set.all, batch: 7) { expected.append($0) }
      let (found, report) = try rows(net, folder.path, PredictionOptions())
      #expect(found.map(\.file) == expected.map(\.file))
      #expect(found.map(\.span) == expected.map(\.span))
      // In other batches rounding differs; the inputs are the same.
      for (one, other) in zip(found, expected) {
        for (p, q) in zip(one.probabilities, other.probabilities) { #expect(abs(p - q) < 1e-6) }
      }
      #expect(found.count > 1 && report.cut == 0 && report.skipped.isEmpty)
    }
  }

  @Test(
    "The sounds of a stream's windows are those that a data set is made of, bit for bit",
    arguments: [0.1, 0.0371], [FeatureSettings.Kind.logMel, .waveform])
  func sounds(_ hop: Double, _ kind: FeatureSettings.Kind) throws {
    let path = try folder.write("x.wav", Sounds.wav(noise(30_000, seed: 1), rate: 22_050))
    var settings =
      kind == .logMel ? TinyData.settings : FeatureSettings.waveform(seconds: 0.25)
    (settings.window, settings.hop) = (0.25, hop)
    let extractor = try FeatureExtractor(settings)
    let windows = try #require(settings.windows)
    let stream = try WindowStream(path, extractor, windows)
    let source = ClipSource(try SoundFile(path), extractor)
    let spans = windows.spans(over: ClipSpan(start: 0, end: try source.seconds()))
    for span in spans {
      let window = try #require(try stream.next())
      #expect(window.span == span)
      switch (window.sound, try source.sound(span, fillsFrame: true)) {
      case (.logMel(let a), .logMel(let b)): #expect(a.values == b.values)
      case (.waveform(let a), .waveform(let b)): #expect(a.samples == b.samples)
      default: Issue.record("two kinds of sound")
      }
    }
    #expect(try stream.next() == nil)
  }

  @Test("Without windows a file is a row, and what was not looked at is told")
  func whole() throws {
    try folder.write("x.wav", Sounds.wav(noise(20_000, seed: 1)))
    try folder.write("y.wav", Sounds.wav(noise(3000, seed: 2)))
    let net = try model(features(nil))
    let (found, report) = try rows(net, folder.path)
    #expect(found.map(\.file) == ["x.wav", "y.wav"])
    #expect(found.map(\.span.end) == [0.375, 0.1875])
    #expect(report.cut == 1 && abs(report.seconds - 0.375) < 1e-9)
    for row in found { #expect(abs(row.probabilities.reduce(0, +) - 1) < 1e-12) }
    var options = PredictionOptions()
    options.windows = Windows(length: 0.25, hop: 0.125)
    #expect(try rows(net, folder.path, options).rows.count == 10)
    options.windows = Windows(length: 1)
    #expect(throws: DatasetError.longWindow(window: 1, seen: 0.375)) {
      try rows(net, folder.path, options)
    }
    net.features = nil
    #expect(throws: EngineError.self) { try rows(net, folder.path) }
  }

  @Test("A file that does not decode ends it, once the rows before are told, or is skipped")
  func damaged() throws {
    try folder.write("a.wav", Sounds.wav(noise(3000, seed: 1)))
    try folder.write("b.wav", Array(Sounds.wav(noise(3000, seed: 2)).dropLast(200)))
    try folder.write("c.wav", Sounds.wav(noise(3000, seed: 3)))
    let net = try model(features(nil))
    var told: [String] = []
    let error = #expect(throws: DatasetError.self) {
      try net.predict(SoundFiles(folder.path).files) { told.append($0.file) }
    }
    #expect(told == ["a.wav"] && error?.message.contains("b.wav") == true)
    var options = PredictionOptions()
    options.skips = true
    let (found, report) = try rows(net, folder.path, options)
    #expect(found.map(\.file) == ["a.wav", "c.wav"])
    #expect(report.skipped.map(\.name) == ["b.wav"])
  }

  @Test(
    "Which classes are told",
    arguments: [
      (nil, nil, nil, [1]), (2, nil, nil, [1, 2]), (9, nil, nil, [1, 2, 0]),
      (nil, 0.25, nil, [1, 2]), (1, 0.9, nil, []), (nil, nil, [0.1, 0.6, 0.3], [2, 0]),
      (1, nil, [0.1, 0.6, 0.3], [1]), (nil, 0.4, [0.1, 0.6, 0.3], [1]),
    ] as [(Int?, Double?, [Double]?, [Int])])
  func choice(_ top: Int?, _ threshold: Double?, _ thresholds: [Double]?, _ expected: [Int]) {
    let choice = PredictionChoice(top: top, threshold: threshold)
    #expect(choice.classes(of: [0.2, 0.5, 0.3], thresholds: thresholds) == expected)
  }

  @Test("Embeddings behind the last norm are what the head is given, and numpy reads them")
  func embeddings() throws {
    try folder.write("x.wav", Sounds.wav(noise(9000, seed: 1)))
    let net = try model(features(0.25))
    let files = try SoundFiles(folder.path).files
    let (last, _) = try net.embed(files)
    #expect(last.files.count == 3 && last.values.count == 3 * net.backbone.hidden)
    // The head's own product gives the logits back.
    var logits: [[Float]] = []
    try net.predict(files) { logits.append($0.probabilities.map { Float(log($0)) }) }
    let weight = net.head.dense.weight.value.values, bias = net.head.dense.bias?.value.values ?? []
    for row in 0..<3 {
      let state = Array(last.values[(row * last.hidden)..<((row + 1) * last.hidden)])
      let own = (0..<2).map { c in
        zip(state, weight[(c * last.hidden)..<((c + 1) * last.hidden)]).reduce(bias[c]) {
          $0 + $1.0 * $1.1
        }
      }
      #expect(abs((own[0] - own[1]) - (logits[row][0] - logits[row][1])) < 1e-4)
    }
    let (first, _) = try net.embed(files, layer: 0)
    #expect(first.values != last.values)
    #expect(throws: EngineError.self) { try net.embed(files, layer: 2) }
    #expect(throws: EngineError.self) { try net.embed(files, pooling: .prompts) }

    let path = folder.file("x.npy")
    try NPYFile.write(last.values, columns: last.hidden, to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let start = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
    #expect(start % 64 == 0 && bytes.count == start + 4 * last.values.count)
    #expect(
      String(decoding: bytes[10..<start], as: UTF8.self).hasPrefix(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 8), }"))
  }

  @Test("A growing file has each row at once, and its name at the end")
  func growing() throws {
    let path = folder.file("t.csv")
    let file = try GrowingFile(path)
    try file.write("a\n")
    #expect(try String(contentsOfFile: path + ".part", encoding: .utf8) == "a\n")
    #expect(Disk.status(path) == nil)
    try file.write("b\n")
    try file.finish()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "a\nb\n")
    #expect(Disk.status(path + ".part") == nil)
    #expect(throws: FileError.self) { try GrowingFile(folder.path) }
  }

  @Test("What breaks off leaves its rows, and a table that was there as it was")
  func abandoned() throws {
    let path = folder.file("t.csv")
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: folder.file(name), encoding: .utf8)
    }
    #expect(try GrowingFile(path).abandon(empty: true) == nil)
    #expect(Disk.status(path) == nil && Disk.status(path + ".part") == nil)
    let first = try GrowingFile(path)
    try first.write("a\n")
    #expect(try first.abandon(empty: false) == path)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    let second = try GrowingFile(path)
    try second.write("b\n")
    #expect(try second.abandon(empty: false) == path + ".part")
    #expect(try text("t.csv") == "a\n" && text("t.csv.part") == "b\n")
    let third = try GrowingFile(path)
    try third.write("c\n")
    try third.finish()
    #expect(try text("t.csv") == "c\n" && Disk.status(path + ".part") == nil)
    #expect(try #require(Disk.status(path)).st_mode & 0o777 == 0o640)
  }
}
