import ASTKit
import Foundation
import TestSupport
import Testing

@testable import Shell

/// The built program, as scripts and other programs use it: streams and exit statuses.
@Suite struct CommandLineTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func petl(_ arguments: String..., input: String = "", environment: [String: String] = [:])
    throws -> Program
  {
    try Program(
      Program.built("petl"), arguments, input: input, environment: environment,
      folder: folder.path)
  }

  private func script(_ text: String, _ name: String = "script.petl") throws -> String {
    try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
    return name
  }

  @Test("-e runs its code; values go to standard output")
  func code() throws {
    let run = try petl("-e", "print 1 + 1")
    #expect(run.output == "2\n")
    #expect(run.error == "")
    #expect(run.status == 0)
  }

  @Test("A script runs by 'run FILE', by its name alone, and from standard input")
  func scripts() throws {
    let text = "x = 20\nprint x + 1\n"
    let name = try script(text)
    for run in [
      try petl("run", name), try petl(name), try petl("-", input: text), try petl(input: text),
      try petl("run", "-", input: text), try petl("./\(name)"), try petl("--threads", "2", name),
    ] {
      #expect(run.output == "21\n")
      #expect(run.error == "")
      #expect(run.status == 0)
    }
  }

  @Test("An error in a script goes to standard error with its place, and the status is 1")
  func scriptError() throws {
    let run = try petl("run", try script("print 1\nx = nonsense\nprint 2\n"))
    #expect(run.output == "1\n")
    #expect(run.error.contains("script.petl:2:5"))
    #expect(run.error.contains("^^^^^^^^"))
    #expect(!run.error.contains("\u{1B}"))
    #expect(run.status == 1)
  }

  @Test(
    "Wrong usage is told in one line that names the nearest right one; the status is 2",
    arguments: [
      (["rum"], "did you mean 'run'?"), (["chekc", "a.petl"], "did you mean 'check'?"),
      (["--colour", "never"], "'--color'"), (["run", "a.petl", "--sett", "x=1"], "'--set'"),
      (["run"], "Missing expected argument '<file>'"), (["run", "missing.petl"], "no such file"),
      (["missing.petl"], "cannot read 'missing.petl'"), (["."], "'.' is a folder"),
      (["/"], "is a folder"),
      (["-e"], "Missing value"), (["-e", "1", "a.petl"], "cannot be given together"),
      (["--threads", "0"], "1 to 1024"), (["--color", "blue"], "'auto', 'always' or 'never'"),
      (["run", "a.petl", "--set", "lr"], "name=value"),
      (["run", "a.petl", "--set", "1x=2"], "'1x'"),
      (["check"], "Missing expected argument"),
      (["run", "a.petl", "b.petl"], "Unexpected argument"),
    ])
  func usage(arguments: [String], expected: String) throws {
    let run = try Program(Program.built("petl"), arguments, folder: folder.path)
    #expect(run.status == 2)
    #expect(run.output == "")
    #expect(run.error.hasPrefix("error: "))
    #expect(run.error.contains(expected))
  }

  @Test("A slip in a script's name is met with the name of the script that is there")
  func nearestScript() throws {
    _ = try script("print 1", "letters.petl")
    #expect(try petl("run", "leters.petl").error.contains("did you mean 'letters.petl'?"))
    #expect(try petl("letters").error.contains("did you mean 'letters.petl'?"))
  }

  @Test("A script is suggested by its stem: the ending makes any two short names look alike")
  func noWildScript() throws {
    _ = try script("print 1", "set.petl")
    for run in [try petl("net.petl"), try petl("net"), try petl("run", "net.petl")] {
      #expect(!run.error.contains("did you mean"))
    }
  }

  @Test("Each -e runs in the session of those before, until one fails or quits")
  func severalCodes() throws {
    #expect(try petl("-e", "x = 20", "-e", "print x + 1").output == "21\n")
    let failed = try petl("-e", "print 1", "-e", "nope", "-e", "print 2")
    #expect(failed.output == "1\n" && failed.status == 1)
    let quit = try petl("-e", "quit 3", "-e", "print 2")
    #expect(quit.output == "" && quit.status == 3)
  }

  @Test("A script may be a pipe that the shell names")
  func pipes() throws {
    let run = try Program(
      "/bin/bash",
      [
        "-c", "petl=$0; $petl <(echo 'print 5'); $petl run <(echo 'print 6')",
        Program.built("petl"),
      ],
      folder: folder.path)
    #expect(run.output == "5\n6\n" && run.error == "")
  }

  @Test(
    "Usage errors show no argument raw, wherever it stands in the command line",
    arguments: [
      ["zz\u{1B}[31m"], ["--zz\u{1B}[31m"], ["--zz\u{9B}=1"], ["--threads", "\u{1B}[3\nerror: y"],
      ["--color", "a\u{202E}"], ["run", "x\u{2028}.petl"], ["run", "a.petl", "b\u{7}"],
      ["run", "a.petl", "--set", "x\u{1B}"], ["run", "a.petl", "--set", "x\u{1B}=1"],
      ["check", "a\u{7F}/"], ["zz\n\u{1B}[2K"], [String(repeating: "x\u{9B}", count: 40_000)],
      ["--threads=\u{1B}[1m"],
    ])
  func hiddenArguments(arguments: [String]) throws {
    _ = try script("print 1", "zz\u{1B}[31n.petl")
    let run = try Program(Program.built("petl"), arguments, folder: folder.path)
    #expect(run.status == 2)
    #expect(run.output == "")
    #expect(!run.error.unicodeScalars.contains { $0.isHidden && $0 != "\n" })
    #expect(run.error.hasPrefix("error: "))
    #expect(!run.error.contains("\nerror"))
    #expect(run.error.utf8.count < 3000)
  }

  @Test(
    "No message has empty quotes",
    arguments: [
      [""], ["run", ""], ["check", ""], ["run", "a.petl", "--set", ""], ["--color", ""],
      ["run", "a.petl", "--set", "=1"], ["--threads", ""],
    ])
  func emptyArguments(arguments: [String]) throws {
    let run = try Program(Program.built("petl"), arguments, folder: folder.path)
    #expect(run.status == 2)
    #expect(run.error.hasPrefix("error: ") && !run.error.contains("''"))
  }

  @Test("An argument that is no text names no other file; its bytes are shown")
  func argumentBytes() throws {
    for command in ["run caf\\351.petl", "caf\\351.petl", "check caf\\351.petl"] {
      let run = try Program(
        "/bin/bash", ["-c", "$0 $(printf '\(command)')", Program.built("petl")],
        folder: folder.path)
      #expect(run.status == 2)
      #expect(run.error.hasPrefix("error: argument "))
      #expect(run.error.hasSuffix(#" is not UTF-8 text: 'caf\xE9.petl'"# + "\n"))
    }
  }

  @Test("Where there are no file descriptors left, nobody is told to install gnuplot")
  func noDescriptors() throws {
    let run = try Program(
      "/bin/bash",
      ["-c", "ulimit -n 8; $0 -e 'plot [1, 2], to: \"p.svg\"'", Program.built("petl")],
      folder: folder.path)
    #expect(run.status == 1)
    #expect(run.error.lowercased().contains("too many open files"))
    #expect(!run.error.contains("apt-get"))
  }

  @Test("Version and help answer on standard output with status 0")
  func information() throws {
    let version = try petl("--version")
    #expect(version.output == "petl 0.1.0\n")
    #expect(version.status == 0)
    for run in [try petl("--help"), try petl("help", "run"), try petl("run", "--help")] {
      #expect(run.output.contains("USAGE: petl"))
      #expect(run.error == "")
      #expect(run.status == 0)
    }
  }

  @Test("'check' finds a wrong name without running anything")
  func check() throws {
    let good = try petl("check", try script("x = 1\nprint x\n"))
    #expect(good.status == 0)
    #expect(good.output == "")
    let bad = try petl("check", try script("print 1\nprin 2\n"))
    #expect(bad.status == 1)
    #expect(bad.output == "")
    #expect(bad.error.contains("script.petl:2:1"))
  }

  @Test("--set gives a parameter of the script another value")
  func parameters() throws {
    let name = try script("param lr = 5e-3, \"peak learning rate\"\nprint lr * 2\n")
    #expect(try petl("run", name).output == "0.01\n")
    #expect(try petl("run", name, "--set", "lr=2").output == "4\n")
    #expect(try petl(name, "--set", "lr=2").output == "4\n")
    let wrong = try petl("run", name, "--set", "rl=2")
    #expect(wrong.status == 2)
    #expect(wrong.output == "")
    #expect(wrong.error == "error: 'script.petl' has no parameter 'rl' (did you mean 'lr'?)\n")
  }

  @Test("A file that is no text, and a script that reads nothing, are answered")
  func oddFiles() throws {
    try Data([0xFF, 0xFE, 0x00]).write(to: URL(fileURLWithPath: folder.file("binary.petl")))
    let binary = try petl("run", "binary.petl")
    #expect(binary.status == 2)
    #expect(binary.error.contains("not a text file"))
    let empty = try petl("run", try script(""))
    #expect(empty.status == 0)
    #expect(empty.output + empty.error == "")
  }

  @Test("A reader that goes away ends petl quietly with 141")
  func closedPipe() throws {
    let program = Program.built("petl")
    let run = try Program(
      "/bin/bash",
      [
        "-c",
        "timeout 100 \(program) -e 'while true { print 1 }' | head -n 1; echo ${PIPESTATUS[0]}",
      ])
    #expect(run.output == "1\n141\n")
    #expect(run.error == "")
  }

  @Test(
    "A full disk is an error, not silence, and nothing else",
    arguments: ["-e 'print 1'", "-e 'for i in 0...100000 { print i }'", "--version", "reference"])
  func fullDisk(arguments: String) throws {
    let program = Program.built("petl")
    let run = try Program("/bin/bash", ["-c", "\(program) \(arguments) > /dev/full; echo $?"])
    #expect(run.output == "1\n")
    #expect(
      run.error == "error: cannot write to standard output: No space left on device\n")
  }

  @Test("Colour is written when asked for, never else", arguments: ["always", "never", "auto"])
  func color(choice: String) throws {
    for run in [
      try petl("--color", choice, "-e", "nonsense"),
      try petl("--color", choice, try script("nonsense")),
      try petl("run", "--color", choice, try script("nonsense")),
    ] {
      #expect(run.error.contains("\u{1B}[") == (choice == "always"))
    }
  }

  @Test("Neither the startup file nor a history belongs to a script")
  func noStartup() throws {
    let config = folder.file("config/petl")
    try FileManager.default.createDirectory(atPath: config, withIntermediateDirectories: true)
    try "print \"startup\"\n".write(
      toFile: config + "/init.petl", atomically: true, encoding: .utf8)
    let environment = [
      "XDG_CONFIG_HOME": folder.file("config"), "XDG_STATE_HOME": folder.file("state"),
    ]
    #expect(try petl("-e", "print 1", environment: environment).output == "1\n")
    #expect(try petl(input: "print 1", environment: environment).output == "1\n")
    #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
  }
}
