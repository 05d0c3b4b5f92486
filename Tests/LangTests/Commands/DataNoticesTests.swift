import ASTKit
import Foundation
import Lang
import TestSupport
import Testing

/// What a data set and a model do not have in common is told, once and in one form; what only
/// stands in another order is no difference.
@Suite("Data and model side by side")
struct DataNoticesTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.writeTones(["bed": 2, "cat": 2, "up": 2])
  }

  private var data: String { "c = dataset \"folder\", path: \"\(folder.path)\", frames: 16\n" }

  private func net(_ classes: String) -> String {
    "net = model \"ast-tiny\", hidden: 16, depth: 1, heads: 2, frames: 16, classes: \(classes)\n"
  }

  @Test("classes in another order are found by name, also in validation and from a file")
  func order() {
    let (output, errors) = transcript(
      data + net("[\"up\", \"bed\", \"cat\"]") + """
        r = evaluate net, c
        for x in r.classes { print x.class, x.clips }
        print r.confusion.classes
        step trainer(net, c, valid: c, epochs: 1, batch: 6), 1, quiet: true
        print net.classes
        save net, "\(folder.file("net.safetensors"))"
        print model("\(folder.file("net.safetensors"))", classes: c.classes).classes
        """)
    #expect(
      output == """
        up 2
        bed 2
        cat 2
        ["up", "bed", "cat"]
        ["up", "bed", "cat"]
        ["up", "bed", "cat"]

        """)
    #expect(
      errors == "note: the file's head is kept, with its classes in their own order: up, bed, cat\n"
    )
  }

  @Test("classes that the data lacks are named; classes that the model lacks are an error")
  func absence() {
    let name = folder.url.lastPathComponent
    let (output, errors) = transcript(
      data + net("[\"up\", \"dog\", \"bed\", \"cat\"]") + """
        evaluate net, c;
        trainer net, c, batch: 6;
        try { evaluate net, dataset("folder", path: "\(folder.path)", frames: 32) } catch e { print e.message }
        """ + "\n" + net("[\"bet\", \"cat\", \"up\"]")
        + "try { trainer net, c } catch e { print e.message, e.hint }\n")
    #expect(
      errors
        == String(
          repeating: "note: '\(name)' has none of 1 of the model's 4 classes (dog)\n", count: 2))
    #expect(
      output == """
        the model takes 16 frames of 128 mel bins, the data has 32 of 128
        the model has no class 'bed', it knows bet, cat, up did you mean 'bet' for 'bed'?

        """)
  }

  @Test("validation clips with other features than the training clips are noticed")
  func validation() {
    let (_, errors) = transcript(
      data + net("c.classes") + """
        v = dataset "folder", path: "\(folder.path)", frames: 16, mean: -5, std: 2
        trainer net, c, valid: v, batch: 6;
        trainer net, c, valid: c, batch: 6;
        """)
    #expect(
      errors
        == "note: the validation clips have other features: mean -4.2677393 in training, "
        + "-5.0 in validation; std 4.5689974 in training, 2.0 in validation\n")
  }

  @Test("normalize: false leaves features as they are, and contradicts mean and std")
  func normalize() {
    let (output, errors) = transcript(
      data + net("c.classes") + """
        step trainer(net, c, batch: 6), 1, quiet: true
        evaluate net, dataset("folder", path: "\(folder.path)", frames: 16, normalize: false);
        for s in 1...2 {
          try {
            if s == 1 { dataset "folder", path: "\(folder.path)", normalize: false, mean: 1 }
            if s == 2 { dataset "folder", path: "\(folder.path)", normalize: false, std: 1 }
          } catch e { print e.message }
        }
        """)
    #expect(
      output == """
        'mean' has no meaning with normalize: false
        'std' has no meaning with normalize: false

        """)
    #expect(
      errors
        == "note: the model was trained on other features: mean -4.2677393 then, 0.0 now; "
        + "std 4.5689974 then, 0.5 now\n")
  }

  @Test("a model saved with what others cannot read on it says so, and only then")
  func savedWhole() {
    let file = folder.file("whole.safetensors")
    let (_, errors) = transcript(
      data + net("c.classes") + """
        save net, "\(file)"
        attach net, lora(rank: 2)
        save net, "\(file)"
        save net.adapters, "\(file)"
        attach net, bitfit()
        save net, "\(file)"
        attach net, conformer(rate: 4)
        save net, "\(file)"
        for name in net.adapters.names { disable net, name }
        save net, "\(file)"
        """)
    let start = "note: transformers will read the backbone and the head without "
    #expect(
      errors
        == start + "'lora', as they were before; merge first, or save net.adapters, FOLDER, "
        + "format: \"peft\"\n" + start + "'lora', 'bitfit', as they were before; merge first\n"
        + start + "'lora', 'bitfit', 'conformer', as they were before\n")
  }

  @Test("the table of a run has means over the clips")
  func epochTable() throws {
    let (output, errors) = transcript(
      data + net("c.classes") + """
        fit = trainer net, c, valid: c, epochs: 1, batch: 4, lr: 1e-4, seed: 1
        train fit, quiet: true
        a = fit.accuracy.values; l = fit.loss.values
        print (4 * l[0] + 2 * l[1]) / 6
        print (4 * a[0] + 2 * a[1]) / 6
        fit
        """)
    #expect(errors == "")
    let lines = output.split(separator: "\n").map(String.init)
    let row = try #require(lines.last { $0.contains("│") }).split(separator: "│").map {
      Double($0.trimmingCharacters(in: .whitespaces))
    }
    for (found, right) in zip(row[1...2], lines.prefix(2).map { Double($0) }) {
      #expect(try abs(#require(found) - #require(right)) < 6e-5)
    }
  }
}
