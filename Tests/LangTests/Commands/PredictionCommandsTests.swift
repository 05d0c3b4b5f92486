import Foundation
import TestSupport
import Testing

@testable import Lang

/// Tables of predictions from the language: what they hold, and the files that they are written to
/// and read back from.
struct PredictionCommandsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, frequency) in [("a/0", 300.0), ("a/1", 400), ("b/0", 2000), ("b/1", 3000)] {
      try folder.write("tones/\(name).wav", Sounds.wav(Sounds.tone(frequency, samples: 8000)))
    }
  }

  private var script: String {
    """
    clips = dataset "folder", path: "\(folder.file("tones"))", mels: 16, window: 0.2s, hop: 0.1s, skip: true
    net = model "ast-tiny", frames: 20, mels: 16, hidden: 16, depth: 1, heads: 2, classes: clips.classes
    fit = trainer net, clips, epochs: 1, batch: 4
    train fit, quiet: true

    """
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder.file(name), encoding: .utf8)
  }

  private func run(_ lines: String) -> (output: String, errors: String) {
    transcript(script + lines)
  }

  @Test("The table has file, times, class and score; windows are those of training")
  func table() {
    let (output, errors) = run(
      """
      rows = predict net, "\(folder.file("tones"))"
      print rows.count, rows[0].keys, rows[0].file, rows[3].start, rows[3].end, rows[0].class in ["a", "b"]
      print predict(net, clips).count, predict(net, clips, top: 2).count
      print predict(net, "\(folder.file("tones/a/0.wav"))", window: 0.1s).count
      """)
    #expect(errors.isEmpty, "\(errors)")
    #expect(
      output == """
        16 ["file", "start", "end", "class", "score"] a/0.wav 0.3 0.5 true
        16 32
        5

        """)
  }

  @Test("What is predicted is written for Raven and Audacity, and is a dataset again")
  func annotations() throws {
    let (output, errors) = run(
      """
      rows = predict net, "\(folder.file("tones"))", top: 2
      write raven rows, "\(folder.file("all.txt"))"
      write audacity rows[0...7], "\(folder.file("one.txt"))"
      write csv rows, "\(folder.file("all.csv"))"
      back = dataset "raven", path: "\(folder.file("all.txt"))", root: "\(folder.file("tones"))", frames: 20, mels: 16
      table = dataset "csv", path: "\(folder.file("all.csv"))", root: "\(folder.file("tones"))", frames: 20, mels: 16
      print back.count, table.count
      """)
    #expect(errors.isEmpty, "\(errors)")
    #expect(output == "16 16\n")
    let track = try text("one.txt")
    #expect(track.hasPrefix("0\t0.2\t") && track.split(separator: "\n").count == 8)
    let (_, several) = run(
      "write audacity predict(net, \"\(folder.file("tones"))\"), \"\(folder.file("all2.txt"))\"")
    #expect(several.contains("a track is of one recording, and these rows are of 4"))
    let (_, none) = run("write raven [1, 2], \"\(folder.file("x.txt"))\"")
    #expect(none.contains("value 0 of the list is no row with file, start, end and class"))
  }

  @Test("With to: each row is on disk at once, and an end before the last one keeps them")
  func toFile() throws {
    let path = folder.file("t.csv")
    let (_, notes) = run("predict net, \"\(folder.file("tones"))\", to: \"\(path)\"")
    #expect(notes.contains("wrote 16 rows to"))
    let lines = try text("t.csv").split(separator: "\n")
    #expect(lines.count == 17 && lines[0] == "file,start,end,class,score")
    #expect(lines[1].hasPrefix("a/0.wav,0,0.2,"))
    try folder.write("tones/b/2.wav", Array("RIFF".utf8))
    let (_, errors) = run(
      "predict net, \"\(folder.file("tones"))\", to: \"\(folder.file("u.csv"))\"")
    #expect(errors.contains("16 rows that were finished are in"))
    #expect(errors.contains("1 of 5 files cannot be used: b/2.wav"))
    #expect(try text("u.csv").split(separator: "\n").count == 17)
    let (_, skipped) = run(
      "predict net, \"\(folder.file("tones"))\", to: \"\(folder.file("u.csv"))\", skip: true")
    #expect(skipped.contains("skipped 1 file") && skipped.contains("wrote 16 rows"))
  }

  @Test("Embeddings have a row a window, and files of numpy and csv")
  func embeddings() throws {
    let (output, errors) = run(
      """
      e = embed net, clips
      print e.count, e.hidden, e.values[0].count, e.starts[1], e.files[0]
      embed net, clips, layer: 0, to: "\(folder.file("e.npy"))"
      embed net, clips, to: "\(folder.file("e.csv"))"
      """)
    #expect(errors.contains("wrote 16 rows of 16 numbers"))
    #expect(output == "16 16 16 0.1 a/0.wav\n")
    let lines = try text("e.csv").split(separator: "\n")
    #expect(lines.count == 17 && lines[0].hasPrefix("file,start,end,x0,x1"))
  }

  @Test("What does not fit is said with what would")
  func refused() {
    for (line, words) in [
      ("predict net, 3", "a file, a folder, a list of files or a dataset is expected, found 3"),
      ("predict net, clips, window: 1s", "'window' is for files"),
      ("predict net, \"/none\"", "there is no folder '/none'"),
      ("predict net, clips, to: \"x.txt\"", "a table goes into a .csv file"),
      ("embed net, clips, layer: 9", "'layer'"),
    ] {
      #expect(run(line).errors.contains(words), "\(line): \(run(line).errors)")
    }
  }
}
