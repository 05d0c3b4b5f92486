import TestSupport
import Testing

/// The built program at a pseudo-terminal, as a person meets it.
@Suite(.serialized) struct BinaryTests {
  private let home: PetlHome

  init() throws { home = try PetlHome() }

  @Test("A session: greeting, values, an error with its caret, recall, Ctrl-D")
  func session() throws {
    let terminal = try home.petl()
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

  @Test("The startup file runs before the first prompt unless told otherwise")
  func startup() throws {
    try home.write("greeting = \"from startup\"\n", to: ".config/petl/init.petl")
    let terminal = try home.prompt()
    terminal.sendLine("print greeting")
    try terminal.expect("\nfrom startup\n")
    let bare = try home.prompt("--no-init")
    bare.sendLine("print greeting")
    try bare.expect("error")
  }

  @Test(
    "NO_COLOR and a dumb terminal get no escape sequence",
    arguments: [
      ["NO_COLOR": "1", "TERM": "dumb"], ["TERM": "dumb"],
    ])
  func plain(environment: [String: String]) throws {
    let terminal = try home.prompt(environment: environment)
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
      let terminal = try home.prompt(environment: environment)
      terminal.sendLine("nonsense")
      try terminal.expect("^^^")
      let text = String(decoding: terminal.bytes, as: UTF8.self)
      #expect(text.contains("\u{1B}[1;31m") == isColoured)
      #expect(text.contains("\u{1B}[1;34m") == isColoured)
    }
  }

  @Test("'quit' ends the session with its status, also from the startup file")
  func quit() throws {
    let terminal = try home.prompt()
    terminal.sendLine("quit 3")
    #expect(try terminal.waitForExit() == 3)
    #expect(try home.run("-e", "quit 4; print 1").status == 4)
    try home.write("quit 5\n", to: ".config/petl/init.petl")
    #expect(try home.petl().waitForExit() == 5)
  }
}
