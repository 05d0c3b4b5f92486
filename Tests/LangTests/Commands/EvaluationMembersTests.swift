import TestSupport
import Testing

@testable import ASTKit
@testable import Lang

/// What a result of `evaluate` shows and gives.
@Suite("The members of a result")
struct EvaluationMembersTests {
  private let sink = TextSink()
  private let session: Session

  /// Five clips of two of three classes, one of them wrong; the third class has no clip.
  init() throws {
    session = Session(output: sink, isInteractive: false)
    let evaluation = Evaluation(
      loss: 0.75, classes: ["yes", "no", "up"], labels: [0, 1, 0, 1, 1],
      predictions: [0, 1, 0, 1, 2],
      logits: [[3, 0, 0], [0, 2, 0], [1, 0, 0], [0, 3, 1], [2, 0, 3]],
      names: ["yes/0.wav", "no/0.wav", "yes/1.wav", "no/1.wav", "no/2.wav"])
    session.bind("result", to: .object(try EvaluationObject(evaluation)))
  }

  private func output(_ code: String) -> String {
    sink.clear()
    _ = session.run(Source(name: "t", text: code))
    return sink.output + sink.errors
  }

  @Test("a result is one line at the prompt")
  func summary() {
    #expect(
      output("result")
        == "accuracy 0.8, loss 0.75, F1 0.9, mAP 0.9333, AUROC 0.8333 on 5 clips\n")
  }

  @Test("means, the classes that they leave out, and the top k")
  func numbers() {
    #expect(
      output("print round([result.map, result.auroc], digits: 6)") == "[0.933333, 0.833333]\n")
    #expect(
      output("print result.precision, round(result.recall, digits: 6), result.micro_f1")
        == "1 0.833333 0.8\n")
    #expect(output("print result.absent") == "[\"up\"]\n")
    #expect(output("print result.top(1), result.top(2), result.top(k: 3)") == "0.8 0.8 1\n")
    #expect(output("f = result.top; print f(2), [1, 3].map(result.top)") == "0.8 [0.8, 1]\n")
    #expect(output("result.top(0)").contains("'k' must be at least 1, found 0"))
    #expect(output("result.top()").contains("needs 'k'"))
  }

  @Test("a table of the classes, empty where a class has no value")
  func classes() {
    #expect(
      output("result.classes") == """
        ┌───────┬───────┬───────────┬──────────┬─────┬──────────┬──────────┐
        │ class │ clips │ precision │   recall │  f1 │       ap │    auroc │
        ├───────┼───────┼───────────┼──────────┼─────┼──────────┼──────────┤
        │ yes   │     2 │         1 │        1 │   1 │        1 │        1 │
        │ no    │     3 │         1 │ 0.666667 │ 0.8 │ 0.866667 │ 0.666667 │
        │ up    │     0 │         0 │        0 │   0 │          │          │
        └───────┴───────┴───────────┴──────────┴─────┴──────────┴──────────┘

        """)
  }

  @Test("the worst clips, the highest loss first")
  func worst() {
    #expect(
      output("result.worst") == """
        ┌───────────┬───────┬───────────┬──────────┐
        │ file      │ class │ predicted │     loss │
        ├───────────┼───────┼───────────┼──────────┤
        │ no/2.wav  │ no    │ up        │  3.34901 │
        │ yes/1.wav │ yes   │ yes       │ 0.551445 │
        │ no/0.wav  │ no    │ no        │ 0.239545 │
        │ no/1.wav  │ no    │ no        │ 0.169846 │
        │ yes/0.wav │ yes   │ yes       │ 0.094923 │
        └───────────┴───────┴───────────┴──────────┘

        """)
    #expect(
      output("print result.losses[4] == result.worst[0].loss, result.losses.count") == "true 5\n")
  }

  @Test("help and Tab know the members")
  func help() {
    let page = output("?result")
    for name in ["map", "auroc", "top", "worst", "losses", "absent"] {
      #expect(page.contains("\n  .\(name) "), "\(name)")
    }
    #expect(
      output("?result.map") == "result.map: mean average precision of the classes that occur\n")
    #expect(output("?result.top").hasPrefix("x.top(k)\n  Top-k accuracy: "))
    let tab = session.completions(in: "result.w", at: 8).candidates
    #expect(
      tab.map(\.text) == ["worst"] && tab.map(\.detail) == ["the 20 clips with the highest loss"])
  }

  @Test("a model is evaluated with the files of the data, and at most 20 are shown as the worst")
  func evaluate() throws {
    let folder = try TemporaryFolder()
    try folder.writeTones(["high": 12, "low": 12])
    let text = output(
      """
      clips = dataset "folder", path: "\(folder.path)", frames: 16
      net = model "ast-tiny", hidden: 16, depth: 1, heads: 2, frames: 16, classes: clips.classes
      found = evaluate net, clips
      print found.worst.count, found.losses.count, abs(mean(found.losses) - found.loss) < 1e-5
      print found.worst[0].file in clips.files.map(func(f) { return f.replace("\(folder.path)/", "") })
      only = evaluate net, dataset("folder", path: "\(folder.file("high"))/..", frames: 16)
      print only.map == found.map, found.top(2)
      """)
    #expect(text == "20 24 true\ntrue\ntrue 1\n")
  }

  @Test("where one class occurs, nothing is said of a ROC area")
  func oneClass() throws {
    let one = Evaluation(
      loss: 0.5, classes: ["a", "b"], labels: [0], predictions: [0], logits: [[1, 0]],
      names: ["a/0.wav"])
    session.bind("one", to: .object(try EvaluationObject(one)))
    #expect(output("one") == "accuracy 1.0, loss 0.5, F1 1.0, mAP 1.0 on 1 clip\n")
    #expect(output("print one.auroc") == "nil\n")
  }
}
