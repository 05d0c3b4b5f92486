import ASTKit
import Foundation
import Lang
import TestSupport
import Testing

/// The main job in the language, small: from sound files to saved adapters.
@Suite("From recordings to adapters")
struct TrainingCommandsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.writeTones(["high": 10, "low": 10])
  }

  private var data: String {
    """
    clips = dataset "folder", path: "\(folder.path)", frames: 16
    parts = split clips, train: 0.6, valid: 0.2, test: 0.2, seed: 1
    net = model "ast-tiny", hidden: 16, depth: 1, heads: 2, frames: 16, classes: clips.classes

    """
  }

  @Test("trains, evaluates, saves, and the saved set gives the same result on the backbone")
  func wholeWay() throws {
    let (output, errors) = transcript(
      data + """
        save net, "\(folder.file("net.safetensors"))"
        attach net, conformer(rate: 4, kernel: 3)
        fit = trainer net, parts.train, valid: parts.valid, epochs: 2, batch: 4, lr: 5e-3, seed: 1
        step fit, 2, quiet: true
        print fit.step, fit.steps, fit.loss.count, fit.finished
        fit.lr = 1e-3
        train fit, quiet: true
        print fit.step, fit.finished, fit.valid.accuracy.count, fit.best.epoch in [1, 2]
        result = evaluate net, parts.test
        print result.count, sum(result.confusion.counts.map(sum)) == result.count
        save net.adapters, "\(folder.file("set.safetensors"))"
        again = model "\(folder.file("net.safetensors"))"
        load again, "\(folder.file("set.safetensors"))"
        print evaluate(again, parts.test).logits == result.logits
        """)
    #expect(errors == "")
    #expect(output == "2 6 2 false\n6 true 2 true\n4 true\ntrue\n")
  }

  @Test("features are kept where the session says, by default nowhere")
  func featureCache() throws {
    let cache = folder.file("cache")
    let load = Source(name: "t", text: "clips = dataset \"folder\", path: \"\(folder.path)\"")
    _ = Session(
      output: TextSink(), isInteractive: false, featureCache: FeatureCache(folder: cache)
    ).run(load)
    let kept = FileManager.default.enumerator(atPath: cache)?.compactMap { $0 as? String }
    #expect(kept?.count { $0.hasSuffix(".logmel") } == 20)
    #expect(Session(output: TextSink(), isInteractive: false).featureCache.folder == nil)
  }

  @Test("what cannot be is refused before anything happens")
  func refusals() {
    let (output, errors) = transcript(
      data + """
        for i in 1...5 {
          try {
            if i == 1 { trainer net, parts.train, batch: 64 }
            if i == 2 { trainer net, parts.train, lr: "x" }
            if i == 3 { evaluate model("ast-tiny", frames: 32, classes: clips.classes), clips }
            if i == 4 { evaluate model("ast-tiny", frames: 16, classes: ["a"]), clips }
            if i == 5 { plot trainer(net, parts.train, batch: 4).loss, to: "x.svg" }
          } catch e { print e.message }
        }
        """)
    #expect(errors == "")
    #expect(
      output == """
        a batch of 64 is larger than 'train' with its 12 clips
        'lr' of 'trainer' must be a number, found the text "x"
        the model takes 32 frames of 128 mel bins, the data has 16 of 128
        the model has no class 'high', 'low', it knows a
        'loss' has no values yet

        """)
  }

  @Test("features made otherwise than in training are noticed")
  func otherFeatures() {
    let (_, errors) = transcript(
      data + """
        step trainer(net, parts.train, batch: 4), 1, quiet: true
        evaluate net, clips;
        evaluate net, dataset("folder", path: "\(folder.path)", frames: 16, mean: -5);
        """)
    #expect(
      errors == "note: the model was trained on other features: mean -4.2677393 then, -5.0 now\n")
  }

  @Test("a model is not written under another format's ending")
  func foreignEnding() {
    let (output, _) = transcript(
      data + """
        try { save net, "\(folder.path)/net.pth" } catch e { print e.message }
        """)
    #expect(output.contains("'.pth' is read only"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("net.pth")))
  }

  @Test("every step shows nothing on standard output but what was asked for")
  func report() throws {
    let (output, _) = transcript(
      data + "train trainer(net, parts.train, valid: parts.valid, epochs: 1, batch: 12, lr: 1e-3)")
    let lines = output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("epoch   loss    acc   valid loss  valid acc") == true)
    #expect(lines.dropFirst().first?.contains("1/1") == true)
    #expect(lines.last?.hasPrefix("step 1/1  loss ") == true)
  }
}
