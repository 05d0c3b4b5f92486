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

  @Test("an augmentation is given as true, or with its widths")
  func augmentation() throws {
    let (output, errors) = transcript(
      data + #"""
        fit = trainer net, clips, epochs: 1, batch: 4, seed: 1, augment: true
        step fit, 2, quiet: true
        same = trainer net, clips, epochs: 1, batch: 4, augment: specaugment(freq: 24, time: 80)
        print specaugment(), specaugment(4).freq, specaugment(time: 6).time
        for wrong in [3, "yes", specaugment] {
          try { trainer net, clips, augment: wrong } catch e { print e.message }
        }
        specaugment(-1)
        """#)
    #expect(output.hasPrefix("specaugment(freq: 24, time: 80) 4 6\n"))
    #expect(output.contains("an augmentation such as specaugment(freq: 24, time: 80), found 3"))
    #expect(errors.contains("'freq'"), "\(errors)")
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

  @Test("a run takes batches, a clip, patience and recomputation, and refuses what cannot be")
  func furtherArguments() throws {
    let (output, errors) = transcript(
      data + """
        func made(given) {
          try { print trainer(net, parts.train, batch: 2, accumulate: given).steps }
          catch e { print e.message }
        }
        made 3
        made 7
        made 0
        try { trainer net, parts.train, batch: 2, clip: 0 } catch e { print e.message }
        try { trainer net, parts.train, batch: 2, patience: 2 } catch e { print e.message }
        fit = trainer net, parts.train, valid: parts.valid, epochs: 9, batch: 3, accumulate: 2, \
          clip: 1, checkpointing: true, patience: 2, schedule: "constant", lr: 1e-30
        train fit
        print fit
        print fit.finished, fit.step
        train fit
        """)
    #expect(errors == "note: this run is at its end (6 steps); make a new trainer\n")
    let lines = output.split(separator: "\n").map(String.init)
    #expect(
      lines.prefix(5) == [
        "20",
        "a step of 7 batches of 2, as 'accumulate' has it, is larger than 'train' with its 12 clips",
        "'accumulate' must be between 1 and 65536, found 0",
        "'clip' must be above 0, found 0",
        "'patience' counts epochs without a better validation, and the run has no clips to validate "
          + "on ('valid')",
      ])
    #expect(
      lines.contains {
        $0.hasPrefix("step 6/18  loss ")
          && $0.hasSuffix(
            "(stopped: no better for 2 epochs; weights of epoch 1, the best on valid)")
      })
    #expect(
      lines.contains { $0.hasPrefix("epoch 3 of 9, stopped: no better for 2 epochs, loss ") })
    #expect(lines.last == "true 6")
  }

  @Test("a forecast is a line where it stands alone, and numbers where it is kept")
  func forecast() throws {
    let (output, errors) = transcript(
      data + """
        fit = trainer net, parts.train, valid: parts.valid, epochs: 2, batch: 4, lr: 1e-3
        forecast fit
        told = forecast fit
        print told.steps, told.validations, told.seconds > told.step, told.memory > 1e6
        print fit.step, told.seconds > told.validation
        step fit, 1, quiet: true
        forecast fit
        train fit, quiet: true
        forecast fit
        forecast trainer(net, parts.train, valid: parts.valid, epochs: 1, batch: 12, patience: 1)
        """)
    #expect(errors == "note: this run is at its end (6 steps); make a new trainer\n")
    let lines = output.split(separator: "\n").map(String.init)
    try #require(lines.count == 5)
    let time = #/[0-9.]+ (ms|s|min)/#, size = #/peak memory about [0-9.]+ (MB|GB)/#
    #expect(
      lines[0].wholeMatch(
        of: #/about (.+) \(2 epochs of 3 steps, (.+) each; validation (.+) an epoch\); (.+)/#
      ).map {
        [$0.1, $0.2, $0.3].allSatisfy { $0.wholeMatch(of: time) != nil }
          && $0.4.wholeMatch(of: size) != nil
      } == true, "\(lines[0])")
    #expect(lines[1] == "6 2 true true")
    #expect(lines[2] == "0 true")
    #expect(lines[3].contains(" (5 of 6 steps left, "))
    #expect(lines[4].hasPrefix("at most about ") && lines[4].contains("(1 epoch of 1 step, "))
  }
}
