import ASTKit
import TestSupport
import Testing

@testable import Lang

/// Which trained models a session still has when a source has ended, in order or not.
@Suite struct UnsavedModelsTests {
  private let folder: TemporaryFolder
  private let sink = TextSink()
  private let session: Session

  init() throws {
    folder = try TemporaryFolder()
    try folder.writeTones(["tones/a": 4, "tones/b": 4], samples: 5000)
    session = Session(output: sink, isInteractive: false)
  }

  /// Runs `text` after a `fresh` model and a func `trained` that gives one.
  private func unsaved(after text: String) -> [String?] {
    let setUp = """
      clips = dataset "folder", path: "\(folder.file("tones"))", frames: 36, mels: 36
      func fresh() {
        return model("ast-tiny", hidden: 8, depth: 1, heads: 2, frames: 36, mels: 36, \
      classes: clips.classes)
      }
      func trained() {
        own = fresh()
        fit = trainer own, clips, batch: 4
        step fit, quiet: true
        return own
      }

      """
    _ = session.run(Source(name: "t", text: setUp.replacing("\\\n", with: "") + text))
    return session.unsavedModels.map(\.name)
  }

  @Test(
    "A model counts wherever a variable leads to it",
    arguments: [
      ("net = trained()", ["net"]), ("fit = trainer(trained(), clips, batch: 4)", ["fit.model"]),
      ("nets = [trained(), 1, trained()]", ["nets[0]", "nets[2]"]),
      ("r = [a: [b: trained()]]", ["r[\"a\"][\"b\"]"]), ("trained()", ["ans"]),
      ("net = fresh(); fit = trainer net, clips, batch: 4; step fit; net = nil", ["fit.model"]),
      ("func f() { own = trained(); return func() { return own } }\ng = f()", [nil]),
    ] as [(String, [String?])])
  func reachable(_ text: String, _ names: [String?]) {
    #expect(unsaved(after: text) == names)
  }

  @Test(
    "An error, a request to stop and 'quit' take no model away with the funcs that they end",
    arguments: [
      "func f() { net = trained(); nonsense }\nf()",
      "func f() { step trainer(fresh(), clips, batch: 4), quiet: true }\nf(); nonsense",
      "evaluate(trained(), nonsense)", "x = [trained(), 1 / \"a\"]", "trained() + 1",
      "func f() { net = trained(); quit 3 }\nf()", "x = [1].map(func(i) { y = trained(); z })",
      "func f(net) { plot [1], to: \"/nowhere/x.svg\" }\nf(trained())",
      "try { x = trained(); quit } catch e { }",
    ])
  func unwound(_ text: String) {
    let isHeld = !text.contains("f(); nonsense")
    #expect(unsaved(after: text).count == (isHeld ? 1 : 0))
  }

  @Test("What a program drops in order, or after it has caught the error, is gone")
  func dropped() {
    for text in [
      "for i in 0..<3 { trained(); }; x = 1", "net = trained(); net = 1",
      "try { net = [trained(), nonsense] } catch e { print e.message }",
    ] {
      #expect(unsaved(after: text).isEmpty, "\(text)")
    }
  }

  @Test("A saved model counts no more; trained on, it counts again")
  func saved() {
    let save = "save net, \"\(folder.file("net.safetensors"))\""
    #expect(unsaved(after: "net = trained(); \(save)").isEmpty)
    #expect(unsaved(after: "step trainer(net, clips, batch: 4), quiet: true") == ["net"])
    let adapters = "save net.adapters, \"\(folder.file("lora.safetensors"))\""
    // What was trained without the adapters is not among them.
    #expect(unsaved(after: "attach net, lora(rank: 2); \(adapters)") == ["net"])
    #expect(unsaved(after: "net = fresh(); attach net, lora(rank: 2)").isEmpty)
    #expect(unsaved(after: "step trainer(net, clips, batch: 4), quiet: true") == ["net"])
    #expect(unsaved(after: adapters).isEmpty)
  }

  @Test("peft's layout has no place for the head: what it leaves out is not saved")
  func peft() {
    let folder = folder.file("peft")
    let train = "attach net, lora(rank: 2); step trainer(net, clips, batch: 4), quiet: true"
    #expect(
      unsaved(after: "net = fresh(); \(train); save net.adapters, \"\(folder)\", format: \"peft\"")
        == ["net"])
  }
}
