import ASTKit
import Foundation
import TestSupport
import Testing

@testable import Lang

/// Whatever a name from outside holds, no way to a person's terminal shows it raw.
@Suite struct HiddenTextTests {
  /// Terminal escapes, C1 controls, bidirectional marks, separators, invisible letters, tags.
  static let names = [
    "\u{1B}]0;OWNED\u{7}\u{1B}[2Jred", "a\nerror: b", "c\u{9B}31m", "\u{202E}evil\u{2066}",
    "tab\there\r", "nul-less\u{7F}", "\u{2028}line\u{2029}", "\u{FEFF}bom\u{200B}", "\u{61C}mark",
    "tag\u{E0041}\u{E007F}", "filler\u{3164}",
  ]

  /// A tab moves the cursor, as in any text that is printed.
  private static func isClean(_ text: String) -> Bool {
    !text.unicodeScalars.contains { $0.isHidden && $0 != "\n" && $0 != "\t" }
  }

  private func run(_ text: String, with name: String) -> TextSink {
    let sink = TextSink()
    sink.isTerminal = true
    let session = Session(output: sink, isInteractive: true)
    session.bind("name", to: .string(name))
    session.bind("record", to: .record(Record([(name, .string(name))])))
    _ = session.run(Source(name: name, text: text))
    return sink
  }

  @Test(
    "values, tables, errors, notices, help, plots",
    arguments: [
      "name", "[name]", "record", "[record]", "print name", "print [name], record", "vars",
      "print \"\\(name)\"", "record.nope", "record[\"\\u{1B}\"]", "[1].sorted(name)", "run name",
      "model name", "dataset \"folder\", path: name", "dataset name, path: \".\"",
      "try { run name } catch e { print e.message\nprint e.hint }", "help record", "?record",
      "plot [1, 2], title: name", "plot bars([[k: name, v: 1]], \"k\", \"v\", title: name)",
      "plot [1], to: name", "write csv [record], name + \"/x\"", "round name", "set name, 1",
      "plot bars([record], \"k\", name)", "save 1, name", "name.nope", "record.x.y",
      "name + 1", "for x in [name] { x }",
    ])
  func paths(code: String) {
    for name in Self.names {
      let sink = run(code, with: name)
      #expect(!(sink.output + sink.errors).isEmpty, "\(code) says nothing")
      #expect(Self.isClean(sink.output), "\(code): \(sink.output)")
      #expect(Self.isClean(sink.errors), "\(code): \(sink.errors)")
      #expect(!sink.errors.contains("\nerror: b"), "\(code) lets a name begin a line")
    }
  }

  @Test("a source and its name, in an error about them")
  func sources() {
    for name in Self.names {
      let sink = run("x = '\(name.replacing("\n", with: " "))' + 1", with: name)
      #expect(sink.errors.contains("'+' has no meaning"))
      #expect(Self.isClean(sink.errors))
    }
  }

  @Test("classes of a data set: described, listed, confused")
  func classes() throws {
    let folder = try TemporaryFolder()
    let names = Self.names
    try folder.writeTones(Dictionary(uniqueKeysWithValues: names.map { ($0, 1) }))
    let code = """
      c = dataset "folder", path: "\(folder.path)", frames: 4, mels: 8
      c
      describe c
      c.classes
      c.counts
      c.files
      c.labels
      net = model "ast-tiny", hidden: 16, depth: 1, heads: 2, frames: 16, mels: 16, classes: c.classes
      net
      net.classes
      r = evaluate net, dataset("folder", path: "\(folder.path)", frames: 16, mels: 16)
      r.confusion
      r.classes
      r.confusion.mistakes
      r.predictions
      r.worst
      r.absent
      plot r.confusion
      evaluate net, c
      """
    let sink = run(code, with: "t")
    #expect(Self.isClean(sink.output))
    #expect(Self.isClean(sink.errors))
    #expect(sink.output.contains(#"c\u{9B}31m"#))
    #expect(sink.errors.hasPrefix("error: "), "\(sink.errors)")
  }

  @Test("progress and notices of a command")
  func session() {
    for name in Self.names {
      let sink = TextSink()
      let session = Session(output: sink, isInteractive: false)
      session.notice("skipped '\(name)'")
      session.write("wrote '\(name)'\n")
      #expect(Self.isClean(sink.errors + sink.output))
      #expect(sink.errors.split(separator: "\n").count == 1)
    }
  }

  @Test("'print' gives another program the bytes as they are")
  func pipelines() {
    for name in Self.names {
      let sink = TextSink()
      let session = Session(output: sink, isInteractive: false)
      session.bind("name", to: .string(name))
      _ = session.run(Source(name: "t", text: "print name"))
      #expect(sink.output == name + "\n")
    }
  }

  @Test("a list reads back as what it shows")
  func readsBack() {
    for name in Self.names {
      let shown = Value.list([.string(name)]).inline()
      #expect(Self.isClean(shown) && !shown.contains("\n"))
      guard case .list(let list)? = ParameterText.literal(shown),
        case .string(let back)? = list.first
      else {
        Issue.record("\(shown) does not read back")
        continue
      }
      #expect(Array(back.unicodeScalars) == Array(name.unicodeScalars))
    }
  }

  @Test("an error about a name of a million letters is short, and keeps its end")
  func longNames() {
    let name = String(repeating: "x", count: 1_000_000)
    let sink = run("model \"\(name)\"", with: "t")
    #expect(sink.errors.utf8.count < 3000)
    #expect(sink.errors.hasPrefix("error: "))
    let missing = run("run name", with: name)
    #expect(missing.errors.contains("…"))
    #expect(missing.errors.contains("': file name too long"))
  }
}
