import ASTKit
import Foundation
import TestSupport
import Testing

@testable import Lang

@Suite struct SessionTests {
  private let sink = TextSink()
  private let session: Session

  init() { session = Session(output: sink, isInteractive: true) }

  private func run(_ text: String) -> RunStatus { session.run(Source(name: "t", text: text)) }

  @Test func variablesLastFromOneSourceToTheNext() {
    _ = run("x = 1")
    _ = run("x += 1\nx")
    #expect(sink.output == "2\n")
    #expect(session.variables.map(\.name) == ["x"])
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      "while true { }", "func f() { while true { } }\nf", "for i in 0...1e15 { }",
      "xs = range(1, 200000)\nwhile true { xs.map(sqrt); }",
      "try { while true { } } catch e { print \"caught\" }",
    ])
  func interruptsStopAnyLoop(_ text: String) {
    let begun = DispatchSemaphore(value: 0)
    sink.onWrite = { if $0 == "begun\n" { begun.signal() } }
    let stopper = Stopper(session.interrupt) {
      begun.wait()
      // Into the loop, if this machine is quick enough; the result is the same if not.
      Thread.sleep(forTimeInterval: 0.02)
      return true
    }
    let status = run("x = 5\nprint \"begun\"\n" + text)
    begun.signal()
    stopper.finish()
    guard case .interrupted = status else {
      Issue.record("not interrupted")
      return
    }
    #expect(sink.output == "begun\n")
    session.interrupt.clear()
    guard case .succeeded = run("print x") else {
      Issue.record("the session should go on")
      return
    }
    #expect(sink.output == "begun\n5\n")
  }

  @Test func aRequestBeforeTheStartIsNotLost() {
    session.interrupt.raise()
    guard case .interrupted = run("x = 5\nprint x") else {
      Issue.record("the request was lost")
      return
    }
    #expect(sink.output.isEmpty)
    #expect(session.variables.isEmpty)
  }

  @Test func quitEndsTheSession() {
    _ = run("try { quit 3 } catch e { }\nprint 1")
    #expect(session.quitStatus == 3)
    #expect(sink.output.isEmpty)
  }

  @Test func parametersFromTheCommandLine() {
    session.parameters = ["lr": "1e-3", "name": "5", "on": "[1, 2]"]
    _ = run("param lr = 5e-3, \"rate\"\nparam name = \"x\"\nparam on = []\nprint lr, name.type, on")
    #expect(sink.output == "0.001 text [1, 2]\n")
    #expect(session.usedParameters.map(\.name) == ["lr", "name", "on"])
  }

  @Test func parametersOfTheWrongKind() {
    session.parameters = ["lr": "high"]
    _ = run("param lr = 5e-3")
    #expect(sink.errors.contains("--set lr=high: 'lr' is a number, not this"))
  }

  @Test func objectsOfTheEngine() {
    let fit = Probe()
    session.bind("fit", to: .object(fit))
    _ = run("fit.lr = 1e-3\nfit.lr += 1e-3\nprint fit.lr, fit")
    #expect(sink.output == "0.002 probe\n")
    _ = run("func change() { fit.lr = 5 }\nchange")
    #expect(fit.lr == 5)
    _ = run("fit.lrr = 3")
    #expect(sink.errors.contains("a probe has no member 'lrr'"))
    #expect(sink.errors.contains("did you mean 'lr'?"))
    _ = run("fit.lr = \"x\"")
    #expect(sink.errors.contains("'lr' must be a number, found the text \"x\""))
    #expect(fit.lr == 5)
    _ = run("print fit.sum, fit[1], [1, 2] == fit.all")
    #expect(sink.output.hasSuffix("3 2 true\n"))
  }

  @Test func errorsOfTheEngineGetAPlace() {
    let command = Command(
      "attach2", "Attaches.", example: "attach2 1", Argument<Int>("rate", "a rate"),
      Argument<Int>("other", "a number", default: 0)
    ) { _, rate, _ in
      throw EngineError.setting(name: "rate", expected: "at least 1", found: "\(rate)")
    }
    session.bind("attach", to: .function(FunctionValue(command)))
    _ = run("attach 0, other: 3")
    #expect(
      sink.errors == """
        error: 'rate' must be at least 1, found 0
          t:1:8
          1 │ attach 0, other: 3
            │        ^

        """)
  }

  @Test func checkingRunsNothing() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("must-not-be-written.csv")
    let text = """
      write csv [], "\(path)"
      func f(a, b: 1) { return aa }
      f(1, c: 2)
      for i in 0..<3 { last = i }
      print last, i, nope, round(2, digts: 1)
      print = 2
      """
    let found = Session.check(Source(name: "t", text: text)).map(\.message)
    #expect(
      found == [
        "there is no variable or command 'aa'", "'f' has no argument 'c'",
        "there is no variable or command 'nope'", "'round' has no argument 'digts'",
        "'print' is a command and cannot be a variable",
      ])
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}

private final class Probe: LangObject {
  var lr = 0.0
  var typeName: String { "probe" }
  var memberNames: [String] { ["lr", "all"] }
  var summary: String { "probe" }
  var items: List? { [1, 2] }

  func member(_ name: String) throws -> Value? {
    switch name {
    case "lr": .number(lr)
    case "all": .list(List([1, 2]))
    default: nil
    }
  }

  func setMember(_ name: String, to value: Value) throws {
    guard name == "lr" else {
      throw MemberError.unknown(type: typeName, name: name, known: memberNames)
    }
    guard let number = try Double.convert(value) else {
      throw MemberError.wrongValue(name: name, expected: "a number", found: value.found)
    }
    lr = number
  }
}
