import ASTKit
import Lang
import TestSupport
import Testing

/// Ctrl-C in the middle of `train`, as the session's flag sees it.
@Suite("Training that is interrupted")
struct InterruptedTrainingTests {
  /// An output that asks to stop at the first sign of progress in training.
  private final class StoppingSink: OutputSink {
    var errors = ""
    var stop: (() -> Void)?
    let isTerminal = false
    let usesColor = false
    let size = (columns: 80, rows: 24)

    func write(_ text: String) {}
    func writeError(_ text: String) { errors += text }
    func showProgress(_ line: String?) { if line?.hasPrefix("epoch") == true { stop?() } }
  }

  private func interrupt(
    in folder: TemporaryFolder, _ stop: @escaping (InterruptFlag) -> Void = { $0.raise() }
  ) throws -> String {
    try folder.writeTones(["high": 10, "low": 10])
    let sink = StoppingSink()
    let session = Session(output: sink, isInteractive: true)
    sink.stop = { [flag = session.interrupt] in stop(flag) }
    let status = session.run(
      Source(
        name: "test.petl",
        text: """
          clips = dataset "folder", path: "\(folder.path)", frames: 16
          net = model "ast-tiny", hidden: 16, depth: 1, heads: 2, frames: 16, classes: clips.classes
          attach net, lora(rank: 2)
          fit = trainer net, clips, epochs: 4, batch: 4, lr: 1e-3
          train fit
          print "never"
          """))
    guard case .interrupted = status else { return "not interrupted: \(sink.errors)" }
    return sink.errors
  }

  @Test("at the prompt it is a pause, and nothing is written")
  func pause() throws {
    let folder = try TemporaryFolder()
    #expect(
      try interrupt(in: folder)
        == "note: paused after step 1 of 20; train goes on from here\n")
  }

  @Test("when petl is to end, nothing goes on from there")
  func end() throws {
    let folder = try TemporaryFolder()
    let errors = try interrupt(in: folder) { $0.raiseToEnd() }
    #expect(errors == "note: stopped after step 1 of 20\n")
  }
}
