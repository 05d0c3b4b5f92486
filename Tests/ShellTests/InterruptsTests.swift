import Glibc
import TestSupport
import Testing

/// Ctrl-C, Ctrl-Z and the signals that end a program, at a pseudo-terminal.
@Suite(.serialized) struct InterruptsTests {
  private let home: PetlHome

  init() throws { home = try PetlHome() }

  @Test("Ctrl-C in the middle of a long loop gives the prompt back, with the variables intact")
  func interruptedLoop() throws {
    let terminal = try home.prompt()
    terminal.sendLine("x = 5")
    try terminal.expect("petl> ")
    // The sum is on the screen when the entry runs, not when it is typed.
    terminal.sendLine("print 40 + 2; while true { }")
    try terminal.expect("\n42")
    terminal.send("\u{3}")
    // The terminal's own ^C does not stay before the message.
    try terminal.expect("\ninterrupted\npetl> ")
    terminal.sendLine("print x + 1")
    try terminal.expect("\n6\npetl> ")
    // Impatience does no harm either.
    terminal.sendLine("print 40 + 3; while true { x += 1 }")
    try terminal.expect("\n43")
    terminal.send("\u{3}")
    terminal.send("\u{3}")
    try terminal.expect("petl> ")
    terminal.sendLine("print \"still here\"")
    try terminal.expect("\nstill here\npetl> ")
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)
  }

  @Test("Ctrl-\\ ends work at once and does nothing at the prompt")
  func quitKey() throws {
    let terminal = try home.prompt()
    terminal.send("\u{1C}")
    terminal.sendLine("print 40 + 1")
    try terminal.expect("\n41\npetl> ")
    terminal.sendLine("print 40 + 2; while true { }")
    try terminal.expect("\n42")
    terminal.send("\u{1C}")
    #expect(try terminal.waitForExit() == 131)
    #expect(!terminal.screen.contains("crashed"))
  }

  @Test("Ctrl-C at the prompt clears the line; nothing of it runs")
  func clearedLine() throws {
    let terminal = try home.prompt()
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
    let terminal = try home.prompt()
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
      environment: ["HOME": home.folder.path, "PS1": "shell> ", "INPUTRC": "/dev/null"])
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

  @Test("SIGTERM and a window that closes end petl in order, at the prompt and in a loop")
  func ended() throws {
    for (signal, status) in [(SIGTERM, Int32(143)), (SIGHUP, 129)] {
      let waiting = try home.prompt()
      waiting.signal(signal)
      #expect(try waiting.waitForExit() == status)
      let busy = try home.prompt()
      busy.sendLine("print 40 + 2; while true { }")
      try busy.expect("\n42")
      busy.signal(signal)
      #expect(try busy.waitForExit() == status)
    }
  }

  @Test(
    "Ctrl-C and requests to end stop 'petl run' with the signal's own status",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func interruptedScript(signal: Int32) throws {
    try home.write("print \"started\"\nwhile true { }\n", to: "loop.petl")
    let terminal = try home.petl("run", "loop.petl")
    try terminal.expect("started")
    if signal == SIGINT { terminal.send("\u{3}") } else { terminal.signal(signal) }
    #expect(try terminal.waitForExit() == 128 + signal)
  }
}
