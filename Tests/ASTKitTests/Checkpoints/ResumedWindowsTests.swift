import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// A run on windows, and on parts of recordings with several labels, finds its clips again by itself.
@Suite struct ResumedWindowsTests {
  private let run: CheckpointRun
  private let table: String

  init() throws {
    run = try CheckpointRun()
    var rows = "file,label,start,end\n"
    for number in 0..<4 {
      rows += "tones/a/0\(number).wav,a,0.05,0.2\ntones/b/0\(number).wav,a|b,0,0.1\n"
      rows += "tones/c/0\(number).wav,,,\n"
    }
    table = try run.folder.write("t.csv", Array(rows.utf8))
  }

  private func data(_ window: Double?) throws -> DatasetView {
    var settings = TinyData.settings
    (settings.window, settings.hop) = (window, window.map { $0 / 2 })
    let listing = try DatasetSources.listing("csv", path: table)
    return try Dataset.load(listing, settings: settings, cache: .none).all
  }

  @Test("Windows, and parts of recordings", arguments: [0.2, nil])
  func resumes(_ window: Double?) throws {
    let set = try data(window)
    #expect(set.hasSeveralLabels && set.negatives > 0)
    let trainer = try Trainer(
      TinyRun.model(), train: set, valid: set, CheckpointRun.settings { $0.sampling = .balanced })
    try trainer.advance(by: 4)
    try Checkpoint.save(trainer, to: run.path)
    let resumed = try Checkpoint.resume(run.path)
    #expect(resumed.train.clips.map(\.name) == trainer.train.clips.map(\.name))
    #expect(resumed.train.clips.map(\.labels) == trainer.train.clips.map(\.labels))
    try trainer.advance()
    try resumed.advance()
    #expect(try run.bytes(resumed) == run.bytes(trainer))
  }

  @Test("A label that changed, and a row that is gone, are named")
  func changed() throws {
    for window in [0.2, nil] {
      let trainer = try Trainer(
        TinyRun.model(), train: data(window), valid: nil, CheckpointRun.settings())
      try Checkpoint.save(trainer, to: run.path)
      let rows = try String(contentsOfFile: table, encoding: .utf8)
      defer { _ = try? run.folder.write("t.csv", Array(rows.utf8)) }
      try run.folder.write(
        "t.csv", Array(rows.replacing("tones/b/01.wav,a|b", with: "tones/b/01.wav,b").utf8))
      let error = #expect(throws: CheckpointError.self) { try Checkpoint.resume(run.path) }
      #expect(error?.message.contains("'tones/b/01.wav@") == true)
      #expect(error?.message.contains("was of class 'a, b' and is of 'b'") == true)
      try run.folder.write(
        "t.csv", Array(rows.replacing("tones/c/02.wav,,,\n", with: "").utf8))
      let gone = #expect(throws: CheckpointError.self) { try Checkpoint.resume(run.path) }
      #expect(gone?.message.contains("'tones/c/02.wav' is gone") == true)
    }
  }
}
