import Foundation
import Glibc
import TestSupport
import Testing

/// The built program at each of its ends, with something trained and not saved.
@Suite struct RescuedTrainingTests {
  private let home: PetlHome
  private let setUp = """
    clips = dataset "folder", path: "tones", frames: 32
    net = model "ast-tiny", hidden: 64, depth: 2, heads: 2, frames: 32, classes: clips.classes, \
    seed: 1
    fit = trainer net, clips, epochs: 100000, batch: 4, lr: 1e-3, seed: 1

    """

  init() throws {
    home = try PetlHome()
    try home.folder.writeTones(["tones/low": 6, "tones/high": 6], samples: 3200)
  }

  /// The model files there are, by their paths in the folder.
  private var files: [String] {
    let all = FileManager.default.enumerator(atPath: home.folder.path)?.compactMap { $0 as? String }
    return (all ?? []).filter { name in
      [".safetensors", ".checkpoint"].contains(where: name.hasSuffix)
    }.sorted()
  }

  /// The step of a kept run after one more.
  private func resumed(_ file: String) throws -> String {
    let kept = try home.run(
      "-e", "fit = resume \"\(file)\"; step fit, quiet: true; print fit.step; fit = nil")
    #expect(kept.status == 0, "\(kept.error)")
    return kept.output
  }

  private func shell(_ command: String) throws -> Program {
    try Program(
      "/bin/bash", ["-c", "petl=\(Program.built("petl")); \(command)"],
      environment: ["HOME": home.folder.path, "TMPDIR": home.file("tmp")],
      folder: home.folder.path)
  }

  @Test(
    "A script that ends without saving leaves its model beside it, however it ends",
    arguments: [
      ("x = 1", Int32(0)), ("x = nonsense", 1), ("plot fit.loss, to: \"/proc/x/loss.svg\"", 1),
      ("save net, \"/proc/x/net.safetensors\"", 1), ("quit 3", 3), ("func f() { quit 4 }; f", 4),
    ])
  func scriptEnd(_ end: String, status: Int32) throws {
    try home.write(setUp + "step fit, 2, quiet: true\n\(end)\n", to: "jobs/one.petl")
    let run = try home.run("run", "jobs/one.petl")
    #expect(run.status == status, "\(run.error)")
    #expect(files == ["jobs/one.checkpoint"])
    let note = "note: what was trained (fit) is in 'jobs/one.checkpoint': "
    #expect(run.error.hasSuffix(note + "resume \"jobs/one.checkpoint\"\n"))
    #expect(try resumed("jobs/one.checkpoint") == "3\n")
  }

  @Test("What comes from no file is called 'session', in the current folder, and nothing is lost")
  func sessions() throws {
    let text = setUp + "step fit, 2, quiet: true\n"
    for run in [
      try home.run("-e", text), try home.run("-", input: text), try home.run(input: text),
    ] {
      #expect(run.status == 0)
    }
    #expect(files == ["session-2.checkpoint", "session-3.checkpoint", "session.checkpoint"])
    let saved = try home.run("-e", text + "save net, \"mine.safetensors\"")
    #expect(saved.error == "")
    #expect(files.count == 4)
    let checkpoint = try home.run("-e", text + "checkpoint fit, \"mine.checkpoint\"")
    #expect(checkpoint.error == "")
    #expect(files.count == 5)
    #expect(try resumed("session.checkpoint") == "3\n")
  }

  @Test("A reader that goes away in training ends it with 141")
  func closedPipe() throws {
    try home.write(setUp + "step fit, 2\nwhile true { step fit, 2 }\n", to: "one.petl")
    let run = try shell("$petl run one.petl | head -n 1 > /dev/null; echo ${PIPESTATUS[0]}")
    #expect(run.output == "141\n")
    #expect(run.error.contains("is in 'one.checkpoint'"))
    #expect(files == ["one.checkpoint"])
  }

  @Test("A place without room is passed over: to the state folder, and to adapters only")
  func fullDisk() throws {
    try home.write(setUp + "step fit, 2, quiet: true\n", to: "whole.petl")
    let text = setUp.replacing("fit =", with: "attach net, lora(rank: 1)\nfit =")
    try home.write(text + "step fit, 2, quiet: true\nnonsense\n", to: "lora.petl")
    // A file of at most 64 kB stands for a full disk.
    let adapters = try shell("ulimit -f 64; $petl run lora.petl")
    #expect(adapters.status == 1)
    #expect(adapters.error.contains("is in 'lora.safetensors' as adapters, without the backbone"))
    #expect(files == ["lora.safetensors"])
    let nothing = try shell("ulimit -f 64; $petl run whole.petl")
    #expect(nothing.status == 1)
    #expect(nothing.error.contains("error: what was trained (fit) could not be kept: cannot write"))
    #expect(files == ["lora.safetensors"])
    let elsewhere = try shell("$petl run <(cat whole.petl)")
    #expect(elsewhere.error.contains("/.local/state/petl/"))
    #expect(files.filter { $0.hasPrefix(".local/state/petl/") }.count == 1)
  }

  @Test("A request to end stops a script's training, with the signal's own status")
  func signalledScript() throws {
    try home.write(setUp + "train fit\n", to: "one.petl")
    for (signal, status) in [(SIGTERM, Int32(143)), (SIGHUP, 129)] {
      let terminal = try home.petl("run", "one.petl", columns: 120)
      try terminal.expect("clips/s")
      terminal.signal(signal)
      #expect(try terminal.waitForExit() == status)
      #expect(terminal.screen.contains("what was trained (fit) is in 'one"))
    }
    #expect(files == ["one-2.checkpoint", "one.checkpoint"])
  }

  @Test("A terminal that closes takes nothing with it: in training, at the prompt, in a script")
  func closedTerminal() throws {
    try home.write(setUp + "train fit\n", to: "one.petl")
    let training = try home.prompt(columns: 120)
    training.sendLine("run \"one.petl\"")
    try training.expect("clips/s")
    training.hangUp()
    #expect(try training.waitForExit() == 129)
    #expect(files == ["session.checkpoint"])

    try home.write(setUp + "step fit, 2\n", to: "two.petl")
    let waiting = try home.prompt(columns: 120)
    waiting.sendLine("run \"two.petl\"")
    try waiting.expect("step 2/")
    try waiting.expect("petl> ")
    // Half a line must not run.
    waiting.send("net = nil; fit = nil")
    try waiting.expect("fit = nil")
    waiting.hangUp()
    #expect(try waiting.waitForExit() == 129)
    #expect(files == ["session-2.checkpoint", "session.checkpoint"])

    let script = try home.petl("run", "one.petl", columns: 120)
    try script.expect("clips/s")
    script.hangUp()
    #expect(try script.waitForExit() == 129)
    #expect(files.contains("one.checkpoint"))
  }

  @Test("A terminal that closes is no answer to a question, even where SIGHUP is ignored")
  func ignoredHangUp() throws {
    try home.write(setUp + "step fit, 2\n", to: "two.petl")
    let shell = try PseudoTerminal(
      "/bin/bash", ["-c", "trap '' HUP; exec \(Program.built("petl"))"],
      environment: ["HOME": home.folder.path], folder: home.folder.path, columns: 120)
    try shell.expect("petl> ")
    shell.sendLine("run \"two.petl\"")
    try shell.expect("step 2/")
    try shell.expect("petl> ")
    shell.send("\u{4}")
    try shell.expect("what was trained is not saved (net)")
    try shell.expect("petl> ")
    shell.hangUp()
    #expect(try shell.waitForExit() == 129)
    #expect(files == ["session.checkpoint"])
  }

  @Test("A second SIGTERM ends work that no request reaches, and keeps what is trained")
  func secondRequest() throws {
    // A terminal that nobody reads takes some kilobytes, and then a writer waits for ever.
    let stuck = try PseudoTerminal("/bin/sleep", ["1000"])
    let text = """
      step fit, 2, quiet: true
      row = [a: "\(String(repeating: "0123456789", count: 10))"]
      table = (0..<2000).map(func(i) { return row })
      print 40 + 2
      write csv table, "\(stuck.device)"

      """
    try home.write(setUp + text, to: "one.petl")
    let terminal = try home.petl("run", "one.petl", columns: 120)
    try terminal.expect("42")
    // Into the write, if this machine is quick enough; the result is the same if not.
    usleep(500_000)
    terminal.signal(SIGTERM)
    usleep(200_000)
    terminal.signal(SIGTERM)
    #expect(try terminal.waitForExit() == 143)
    #expect(terminal.screen.contains(" is in 'one.checkpoint'"))
    #expect(try resumed("one.checkpoint") == "3\n")
  }

  @Test("Further requests while the rescue is being written leave it whole")
  func requestsDuringTheRescue() throws {
    try home.write(setUp + "train fit\n", to: "one.petl")
    let terminal = try home.petl("run", "one.petl", columns: 120)
    try terminal.expect("clips/s")
    for _ in 0..<300 {
      terminal.signal(SIGHUP)
      usleep(1000)
    }
    #expect(try terminal.waitForExit() == 129)
    #expect(files == ["one.checkpoint"])
    #expect(try !resumed("one.checkpoint").isEmpty)
  }

  @Test("Where nobody reads, the first request to end is enough")
  func stuckReader() throws {
    let text = "step fit, 2, quiet: true\nwrite csv [], \"ready\"\nwhile true { print 0...20 }\n"
    try home.write(setUp + text, to: "one.petl")
    let run = try shell(
      "mkfifo pipe; exec 3<>pipe; $petl run one.petl >pipe & "
        + "until [ -e ready ]; do sleep 0.1; done; sleep 0.5; kill -TERM $!; wait $!; echo $?")
    #expect(run.output == "143\n")
    #expect(files == ["one.checkpoint"])
  }

  @Test("A model whose run is gone is kept whole")
  func lostRun() throws {
    try home.write(setUp + "step fit, 2, quiet: true\nfit = nil\n", to: "one.petl")
    let run = try home.run("run", "one.petl")
    #expect(files == ["one.safetensors"])
    #expect(run.error.hasSuffix("(net) is in 'one.safetensors' (the optimiser's state is not)\n"))
  }

  @Test("Ctrl-C ends a script's training with 130, and the run goes on to the same bytes")
  func interruptedScript() throws {
    let setUp = setUp.replacing("epochs: 100000", with: "epochs: 60")
    try home.write(setUp + "train fit\nsave net, \"never.safetensors\"\n", to: "never.petl")
    #expect(try home.run("run", "never.petl").status == 0)
    try home.write(setUp + "train fit\nwhile true { }\n", to: "one.petl")
    let terminal = try home.petl("run", "one.petl", columns: 120)
    try terminal.expect("clips/s")
    terminal.signal(SIGINT)
    #expect(try terminal.waitForExit() == 130)
    #expect(terminal.screen.contains("resume \"one.checkpoint\""))
    let text =
      "fit = resume \"one.checkpoint\"; train fit, quiet: true; save fit.model, \"now.safetensors\""
    #expect(try home.run("-e", text).status == 0)
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: home.file("now.safetensors")))
        == Data(contentsOf: URL(fileURLWithPath: home.file("never.safetensors"))))
  }
}
