import Foundation
import Glibc
import TestSupport
import Testing

/// The built program at a pseudo-terminal, as a person meets it.
@Suite(.serialized) struct BinaryTests {
  private let home: TemporaryFolder

  init() throws { home = try TemporaryFolder() }

  private func petl(
    _ arguments: String..., environment: [String: String] = [:], columns: Int = 80
  ) throws -> PseudoTerminal {
    let own = ["HOME": home.path, "INPUTRC": "/dev/null"]
    return try PseudoTerminal(
      Program.built("petl"), arguments, environment: own.merging(environment) { $1 },
      folder: home.path, columns: columns)
  }

  @Test("A session: greeting, values, an error with its caret, recall, Ctrl-D")
  func session() throws {
    let terminal = try petl()
    try terminal.expect("Ctrl-D to leave")
    try terminal.expect("petl> ")
    terminal.sendLine("x = 6 * 7")
    try terminal.expect("petl> ")
    terminal.sendLine("print x")
    try terminal.expect("\n42\npetl> ")
    terminal.sendLine("print nonsense")
    try terminal.expect("1 │ print nonsense")
    try terminal.expect("│       ^^^^^^^^")
    try terminal.expect("petl> ")
    // Arrow up twice: past the mistake, to the entry before.
    terminal.send("\u{1B}[A\u{1B}[A")
    try terminal.expect("print x")
    terminal.send("\r")
    try terminal.expect("\n42\npetl> ")
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)
    // The greeting is short, and nothing is left of the terminal's special modes.
    #expect(terminal.screen.prefix { $0 != "\n" }.contains("help, ?name"))
    #expect(terminal.screen.hasSuffix("\n42\npetl> \n"))
  }

  @Test("Ctrl-C in the middle of a long loop gives the prompt back, with the variables intact")
  func interruptedLoop() throws {
    let terminal = try petl()
    try terminal.expect("petl> ")
    terminal.sendLine("x = 5")
    try terminal.expect("petl> ")
    terminal.sendLine("while true { }")
    try terminal.expect("while true { }")
    usleep(200_000)
    terminal.send("\u{3}")
    // The terminal's own ^C does not stay before the message.
    try terminal.expect("\ninterrupted\npetl> ", seconds: 5)
    terminal.sendLine("print x + 1")
    try terminal.expect("\n6\npetl> ")
    // Impatience does no harm either.
    terminal.sendLine("while true { x += 1 }")
    try terminal.expect("}\n")
    usleep(200_000)
    terminal.send("\u{3}")
    terminal.send("\u{3}")
    try terminal.expect("petl> ", seconds: 5)
    terminal.sendLine("print \"still here\"")
    try terminal.expect("\nstill here\npetl> ")
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)
  }

  @Test("Ctrl-C at the prompt clears the line; nothing of it runs")
  func clearedLine() throws {
    let terminal = try petl()
    try terminal.expect("petl> ")
    terminal.send("print \"never")
    try terminal.expect("never")
    terminal.send("\u{3}")
    try terminal.expect("^C\npetl> ")
    terminal.sendLine("print [1,")
    try terminal.expect("  ... ")
    terminal.send("\u{3}")
    try terminal.expect("^C\npetl> ")
    terminal.sendLine("print 2")
    try terminal.expect("\n2\npetl> ")
    #expect(!terminal.screen.contains("error"))
  }

  @Test("Ctrl-C drops the keys before it and none after it, however often")
  func impatience() throws {
    let terminal = try petl()
    try terminal.expect("petl> ")
    for round in 1...10 {
      terminal.send("garbage")
      try terminal.expect("garbage")
      terminal.send("\u{3}print \(round)\r")
      try terminal.expect("\n\(round)\npetl> ")
    }
    terminal.send("\u{3}")
    try terminal.expect("petl> ")
    #expect(!terminal.screen.contains("error"))
    #expect(!terminal.screen.contains("still stopping"))
  }

  @Test("Ctrl-Z gives the shell its terminal back, and the line is there after 'fg'")
  func suspended() throws {
    let shell = try PseudoTerminal(
      "/bin/bash", ["--norc", "--noprofile", "-i"],
      environment: ["HOME": home.path, "PS1": "shell> ", "INPUTRC": "/dev/null"])
    try shell.expect("shell> ")
    shell.sendLine(Program.built("petl"))
    try shell.expect("petl> ")
    shell.sendLine("x = 4")
    try shell.expect("petl> ")
    shell.send("print x")
    try shell.expect("print x")
    shell.send("\u{1A}")
    try shell.expect("shell> ")
    shell.sendLine("fg")
    try shell.expect("petl> print x")
    shell.send(" + 1\r")
    try shell.expect("\n5\npetl> ")
    shell.send("\u{4}")
    try shell.expect("shell> ")
    shell.sendLine("exit")
    try shell.waitForExit()
  }

  @Test("Tab indents inside an entry, and lists everything on an empty line")
  func tabOnBlankLines() throws {
    let terminal = try petl()
    try terminal.expect("petl> ")
    terminal.send("\t")
    try terminal.expect("apropos")
    try terminal.expect("petl> ")
    terminal.sendLine("for i in [7] {")
    try terminal.expect("  ... ")
    terminal.sendLine("\tprint i")
    try terminal.expect("  ... ")
    terminal.sendLine("}")
    try terminal.expect("\n7\npetl> ")
  }

  @Test("Tab completes a command and lists what else fits")
  func completion() throws {
    let terminal = try petl()
    try terminal.expect("petl> ")
    terminal.send("aprop\t")
    try terminal.expect("apropos")
    terminal.send("\u{3}")
    try terminal.expect("petl> ")
    terminal.sendLine("learning = 7")
    try terminal.expect("petl> ")
    terminal.send("print learn\t")
    try terminal.expect("print learning")
    terminal.send("\r")
    try terminal.expect("\n7\npetl> ")
    #expect(!terminal.screen.contains("error"))
  }

  @Test("Tab completes file names inside a string, with spaces and without closing it")
  func fileCompletion() throws {
    let path = home.file("a b.petl")
    try "print 8\n".write(toFile: path, atomically: true, encoding: .utf8)
    let terminal = try petl()
    try terminal.expect("petl> ")
    terminal.send("run \"a\t")
    try terminal.expect("run \"a b.petl")
    terminal.send(terminal.screen.hasSuffix("\"") ? "\r" : "\"\r")
    try terminal.expect("\n8\npetl> ")
  }

  @Test("A pasted block waits for Enter, runs as one program and is recalled as one entry")
  func paste() throws {
    let terminal = try petl()
    try terminal.expect("petl> ")
    let block =
      "petl> n = 0\r\npetl> for i in [1, 2, 3] {\n  ...   n += i\n  ... }\npetl> print n\n6\n"
    terminal.send("\u{1B}[200~\(block)\u{1B}[201~")
    try terminal.expect("print n")
    #expect(!terminal.screen.contains("\n6"))
    terminal.send("\r")
    try terminal.expect("\n6\npetl> ")
    terminal.send("\u{1B}[A")
    try terminal.expect("n = 0\nfor i in [1, 2, 3] {\n  n += i\n}\nprint n")
    terminal.send("\r")
    try terminal.expect("\n6\npetl> ")
  }

  @Test("History is there in the next session, also when this one is killed")
  func persistentHistory() throws {
    let first = try petl()
    try first.expect("petl> ")
    first.sendLine("print 11")
    try first.expect("\n11\n")
    try first.expect("petl> ")
    first.signal(SIGKILL)
    try first.waitForExit()
    let second = try petl()
    try second.expect("petl> ")
    second.send("\u{1B}[A")
    try second.expect("print 11")
    second.send("\r")
    try second.expect("\n11\npetl> ")
    // Control-R finds it as well.
    second.send("\u{12}nt 1")
    try second.expect("print 11")
  }

  @Test("The startup file runs before the first prompt unless told otherwise")
  func startup() throws {
    let folder = home.file(".config/petl")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "greeting = \"from startup\"\n".write(
      toFile: folder + "/init.petl", atomically: true, encoding: .utf8)
    let terminal = try petl()
    try terminal.expect("petl> ")
    terminal.sendLine("print greeting")
    try terminal.expect("\nfrom startup\n")
    let bare = try petl("--no-init")
    try bare.expect("petl> ")
    bare.sendLine("print greeting")
    try bare.expect("error")
  }

  @Test(
    "NO_COLOR and a dumb terminal get no escape sequence",
    arguments: [
      ["NO_COLOR": "1", "TERM": "dumb"], ["TERM": "dumb"],
    ])
  func plain(environment: [String: String]) throws {
    let terminal = try petl(environment: environment)
    try terminal.expect("petl> ")
    terminal.sendLine("nonsense")
    try terminal.expect("^^^")
    try terminal.expect("petl> ")
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)
    #expect(!terminal.bytes.contains(0x1B))
  }

  @Test("Colour marks the prompt and the error where a terminal shows it, and NO_COLOR stops it")
  func color() throws {
    for (environment, isColoured) in [([:], true), (["NO_COLOR": "1"], false)] {
      let terminal = try petl(environment: environment)
      try terminal.expect("petl> ")
      terminal.sendLine("nonsense")
      try terminal.expect("^^^")
      let text = String(decoding: terminal.bytes, as: UTF8.self)
      #expect(text.contains("\u{1B}[1;31m") == isColoured)
      #expect(text.contains("\u{1B}[1;34m") == isColoured)
    }
  }

  @Test("SIGTERM and a window that closes end petl in order, at the prompt and in a loop")
  func ended() throws {
    for (signal, status) in [(SIGTERM, Int32(143)), (SIGHUP, 129)] {
      let waiting = try petl()
      try waiting.expect("petl> ")
      waiting.signal(signal)
      #expect(try waiting.waitForExit() == status)
      let busy = try petl()
      try busy.expect("petl> ")
      busy.sendLine("while true { }")
      try busy.expect("{ }\n")
      usleep(100_000)
      busy.signal(signal)
      #expect(try busy.waitForExit(seconds: 5) == status)
    }
  }

  @Test("'quit' ends the session with its status, also from the startup file")
  func quit() throws {
    let terminal = try petl()
    try terminal.expect("petl> ")
    terminal.sendLine("quit 3")
    #expect(try terminal.waitForExit() == 3)
    #expect(try Program(Program.built("petl"), ["-e", "quit 4; print 1"]).status == 4)
    let folder = home.file(".config/petl")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "quit 5\n".write(toFile: folder + "/init.petl", atomically: true, encoding: .utf8)
    #expect(try petl().waitForExit() == 5)
  }

  @Test("Ctrl-C and SIGTERM stop 'petl run' with 130", arguments: [SIGINT, SIGTERM])
  func interruptedScript(signal: Int32) throws {
    let path = home.file("loop.petl")
    try "print \"started\"\nwhile true { }\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    let terminal = try petl("run", "loop.petl")
    try terminal.expect("started")
    if signal == SIGINT { terminal.send("\u{3}") } else { terminal.signal(signal) }
    #expect(try terminal.waitForExit(seconds: 5) == 130)
  }

  @Test("Letters beyond ASCII are typed, erased and shown as letters, in any locale")
  func letters() throws {
    let terminal = try petl(environment: ["LC_ALL": "C"])
    try terminal.expect("petl> ")
    terminal.sendLine("print \"naïvé\u{7F}e €\"")
    try terminal.expect("\nnaïve €\npetl> ")
  }
}
