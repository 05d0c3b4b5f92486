import Glibc
import TestSupport
import Testing

/// Typing at a pseudo-terminal: Tab, pasting, recall, letters.
@Suite(.serialized) struct LineEditingTests {
  private let home: PetlHome

  init() throws { home = try PetlHome() }

  @Test("Tab indents inside an entry, and lists everything on an empty line")
  func tabOnBlankLines() throws {
    let terminal = try home.prompt()
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
    let terminal = try home.prompt()
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
    try home.write("print 8\n", to: "a b.petl")
    let terminal = try home.prompt()
    terminal.send("run \"a\t")
    try terminal.expect("run \"a b.petl")
    terminal.send(terminal.screen.hasSuffix("\"") ? "\r" : "\"\r")
    try terminal.expect("\n8\npetl> ")
  }

  @Test("A pasted block waits for Enter, runs as one program and is recalled as one entry")
  func paste() throws {
    let terminal = try home.prompt()
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
    let first = try home.prompt()
    first.sendLine("print 11")
    try first.expect("\n11\n")
    try first.expect("petl> ")
    first.signal(SIGKILL)
    try first.waitForExit()
    let second = try home.prompt()
    second.send("\u{1B}[A")
    try second.expect("print 11")
    second.send("\r")
    try second.expect("\n11\npetl> ")
    // Control-R finds it as well.
    second.send("\u{12}nt 1")
    try second.expect("print 11")
  }

  @Test("Letters beyond ASCII are typed, erased and shown as letters, in any locale")
  func letters() throws {
    let terminal = try home.prompt(environment: ["LC_ALL": "C"])
    terminal.sendLine("print \"naïvé\u{7F}e €\"")
    try terminal.expect("\nnaïve €\npetl> ")
  }
}
