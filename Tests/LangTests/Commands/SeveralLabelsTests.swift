import TestSupport
import Testing

@testable import ASTKit
@testable import Lang

/// Clips with several classes, and what a run may do to its clips and classes, in the language.
@Suite("Several classes a clip")
struct SeveralLabelsTests {
  private let sink = TextSink()
  private let session: Session
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    session = Session(output: sink, isInteractive: false)
    let set = try SeveralLabels.load(in: folder)
    session.bind("clips", to: .object(DatasetObject(set.all)))
    session.bind("net", to: .object(ModelObject(try TinyModel.classifier())))
  }

  private func output(_ code: String) -> String {
    sink.clear()
    _ = session.run(Source(name: "t", text: code))
    return sink.output + sink.errors
  }

  @Test("a run says what it measures and that it chose thresholds, which evaluate uses")
  func run() {
    let text = output(
      """
      fit = trainer net, clips, valid: clips, epochs: 2, batch: 4, lr: 1e-2, weights: "balanced"
      train fit
      """)
    #expect(text.hasPrefix("epoch   loss     F1   valid loss  valid mAP   clips/s\n"), "\(text)")
    #expect(text.contains("the best on valid; thresholds of 3 classes chosen on valid)"), "\(text)")
    #expect(
      output(
        """
        r = evaluate net, clips
        print r.thresholds == thresholds(net), r.thresholds.a == r.classes[0].threshold
        print r.predictions.count, r.worst[0].file.count, r.micro_f1 >= 0
        """) == "true true\n12 6 true\n")
    #expect(output("r").hasPrefix("micro F1 "))
    #expect(output("r.confusion").contains("none is taken for another"))
    #expect(output("r.top(2)").contains("none is the one to be among the first"))
    #expect(output("plot r.confusion").contains("none is taken for another"))
  }

  @Test("thresholds are chosen, given by class, and kept in a set's file")
  func thresholds() {
    let file = folder.file("set.safetensors")
    #expect(
      output(
        """
        print thresholds(net)
        attach net, lora(rank: 2)
        found = thresholds net, clips
        print found.keys, found == thresholds(net)
        save net.adapters, "\(file)"
        detach net, "lora"
        print thresholds(net)
        load net, "\(file)"
        print found == thresholds(net)
        """
      ).contains("nil\n[\"a\", \"b\", \"c\"] true\n"), "\(sink.output)\(sink.errors)")
    #expect(sink.output.hasSuffix("nil\ntrue\n"))
    _ = output("one = evaluate net, clips")
    #expect(output("print one.thresholds == found") == "true\n")
  }

  @Test("changes of sound are made by name, alone and in a list, and print as they are written")
  func augmentation() throws {
    try folder.write("street/1.wav", Sounds.wav(Sounds.tone(700, samples: 2000)))
    let street = folder.file("street")
    #expect(
      output(
        """
        print gain(-6...6), shift(0.2s), shift(200ms).seconds, gain(3).high
        n = noise("\(street)", snr: 5...20)
        print n.low, n.files.count
        fit = trainer net, clips, epochs: 1, batch: 4, augment: [n, gain(-6...6), shift(50ms), true],
            mixup: 0.5, smoothing: 0.1, weights: [a: 2], sampling: "balanced"
        step fit, 3, quiet: true
        print fit.step
        """) == "gain(-6...6) shift(0.2s) 0.2 3\n5 1\n3\n", "\(sink.output)\(sink.errors)")
    #expect(output("gain(6...-6)").contains("the lower level comes first"))
    #expect(output("noise(\"\(folder.file("no"))\")").contains("no"))
    #expect(output("trainer net, clips, augment: [true, specaugment()]").contains("found two"))
    #expect(output("trainer net, clips, weights: [d: 2]").contains("no class called 'd'"))
    #expect(output("trainer net, clips, weights: \"even\"").contains("\"balanced\", or a record"))
    #expect(output("trainer net, clips, smoothing: 1").contains("'smoothing'"))
  }
}
