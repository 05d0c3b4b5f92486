import ASTKit
import Foundation
import Testing

@testable import Lang

/// `petl check` is silent about sound scripts and finds unknown names without running them.
@Suite struct ResolverTests {
  private func messages(_ text: String) -> [String] {
    Session.check(Source(name: "t", text: text)).map(\.message)
  }

  static let examples: [String] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../examples").standardized
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (names ?? []).filter { $0.hasSuffix(".petl") }.sorted().map {
      folder.appendingPathComponent($0).path
    }
  }()

  @Test func thereAreExamples() {
    #expect(Self.examples.contains { $0.hasSuffix("/examples/letters.petl") })
    #expect(Self.examples.count { $0.contains("/methods/") } == PETLMethods.all.count)
  }

  @Test(arguments: examples) func examplesAreSound(_ path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(messages(text) == [])
  }

  @Test func theWholeSessionOfTheContract() {
    let text = """
      #%% Data
      clips = dataset "folder", path: "/usr/share/klettres", label: 1, frames: 128
      describe clips
      parts = split clips, train: 0.7, valid: 0.15, test: 0.15, seed: 10

      #%% Model
      net = model "ast-tiny", frames: 128, classes: clips.classes
      attach net, conformer(rate: 8, kernel: 31), at: ffn.parallel.before, layers: 0...3
      attach net, lora(rate: 8, alpha: 8, on: ["q", "v"])
      summary net

      #%% Training
      fit = trainer net, parts.train, valid: parts.valid, epochs: 8, batch: 32, lr: 5e-3
      step fit, 20            # twenty optimiser steps, then back at the prompt
      plot fit.loss
      fit.lr = 1e-3           # change your mind, carry on
      train fit               # to the end; Ctrl-C pauses after the current step
      plot fit.loss, fit.valid.accuracy, title: "klettres", to: "curves.svg"

      #%% Result
      result = evaluate net, parts.test
      print "accuracy \\(result.accuracy)"
      plot result.confusion, to: "confusion.png"
      save net.adapters, "klettres.safetensors"   # only what was attached and trained
      """
    #expect(messages(text) == [])
  }

  @Test func unknownNamesAreToldOnce() {
    #expect(messages("print nope\nprint nope") == ["there is no variable or command 'nope'"])
  }

  @Test func namesMadeInBlocksAndLoopsAreKnown() {
    #expect(
      messages(
        "if true { a = 1 }\nfor i in 0...3 { b = i }\ntry { c = 1 } catch e { }\nprint a, b, c, i, e"
      ) == [])
  }

  @Test func functionsKnowEachOtherAndTheirParameters() {
    #expect(
      messages("func f(x) { return g(x) }\nfunc g(y, z: 2 * y) { return y + z }\nf(1)") == [])
    #expect(messages("func f(x) { return x }\nprint x") == ["there is no variable or command 'x'"])
  }

  @Test(
    "What runs is not complained about",
    arguments: [
      // A func reads the global variables there are when it is called.
      "func f() { return x }\nx = 3\nprint f()",
      "f = func() { return x }\nx = 3\nprint f()",
      "func f(a: x) { return a }\nx = 3\nprint f()",
      "func f() { return g() }\ntry { func g() { return 1 } } catch e { }\nprint f()",
      "func f() { return g() }\ntime func g() { return 1 }\nprint f()",
      "func f() { return made_there }\nrun \"other.petl\"\nprint f()",
      // A turn of a loop reads what the turn before assigned.
      "for i in 0...3 { if i > 0 { print last }\nlast = i }",
      "func f() { n = 0\nwhile n < 2 { if n > 0 { print last }\nlast = n\nn += 1 } }\nf",
      // The name of a func, but not the func.
      "func f(a) { return a }\nfunc g(f) { return f(b: 1) }\nprint g(func(b) { return b })",
      "if true { func f(a) { return a } } else { func f(b) { return b } }\nprint f(b: 1)",
      "func f(a) { return a }\nf = func(b) { return b }\nprint f(b: 1)",
    ])
  func whatRunsIsSound(_ text: String) { #expect(messages(text) == []) }

  @Test(
    "What cannot run is found in blocks and funcs, in the order of the text",
    arguments: [
      ("print x\nx = 3", ["x"]),
      ("func f() { return nope }\nprint none", ["nope", "none"]),
      ("try { print nope } catch e { print none }", ["nope", "none"]),
      ("time print nope", ["nope"]),
      ("func f() { y = 1 }\nprint y", ["y"]),
      ("func f() { func g() { return nope }\nreturn g() }", ["nope"]),
      ("while true { print nope }", ["nope"]),
    ])
  func whatCannotRunIsFound(_ text: String, _ names: [String]) {
    #expect(messages(text) == names.map { "there is no variable or command '\($0)'" })
  }

  @Test func afterRunningAnotherFileAnyNameMayExist() {
    #expect(messages("run \"other.petl\"\nprint made_there") == [])
  }

  @Test("a name that does not exist is not suggested for another")
  func noUnknownNameIsSuggested() {
    let diagnostics = Session.check(
      Source(name: "t", text: "print foobar\nprint foobaz\nprint foobar"))
    #expect(diagnostics.map(\.hint) == [nil, nil])
  }
}
