import TestSupport
import Testing

/// The built program where memory, threads or files are short: it ends by itself, with an
/// error and not with a crash, or does its work.
@Suite("Scarce memory")
struct ScarceMemoryTests {
  private let home: PetlHome

  init() throws {
    home = try PetlHome()
    try home.folder.writeTones(["data/a": 8, "data/b": 8], samples: 6000)
  }

  private static let setup = """
    c = dataset "folder", path: "data", label: 1, frames: 32
    n = model "ast-tiny", hidden: 96, depth: 3, heads: 3, frames: 32, classes: c.classes, seed: 1
    f = trainer n, c, epochs: 3, batch: 4

    """

  private func run(limit: Int, threads: Int, _ code: String) throws -> Program {
    try home.write(code, to: "s.petl")
    let petl = Program.built("petl")
    return try Program(
      "/bin/sh", ["-c", "ulimit -v \(limit); exec '\(petl)' --threads \(threads) run s.petl"],
      environment: ["HOME": home.folder.path, "SWIFT_BACKTRACE": "enable=no"],
      folder: home.folder.path, limit: 60)
  }

  /// In kB. Below, the program cannot even be loaded, which the loader says with status 127.
  @Test(
    "address space",
    arguments: [
      120_000, 150_000, 200_000, 250_000, 350_000, 500_000, 700_000, 900_000,
    ], [1, 2])
  func addressSpace(_ limit: Int, _ threads: Int) throws {
    let result = try run(limit: limit, threads: threads, Self.setup + "step f, 2\nprint \"done\"")
    #expect([0, 1, 127].contains(result.status), "\(result.status) \(result.error)")
    #expect((result.status == 0) == result.output.contains("done"))
    if result.status == 1 { #expect(result.error.contains("error: "), "\(result.error)") }
  }

  @Test("a step that finds no memory leaves model and runs as they were")
  func step() throws {
    let code = """
      c = dataset "folder", path: "data", label: 1, frames: 32
      n = model "ast-tiny", hidden: 96, depth: 12, heads: 3, frames: 32, classes: c.classes, seed: 1
      f = trainer n, c, epochs: 3, batch: 2
      step f, 2
      before = evaluate(n, c, batch: 2).loss
      g = trainer n, c, epochs: 1, batch: 64
      try { step g } catch e { print e.message }
      print g.step, f.step, before == evaluate(n, c, batch: 2).loss
      """
    try home.folder.writeTones(["data/c": 64], samples: 6000)
    var failed = 0
    // How much fits into a limit depends on the libraries: somewhere in here the step does not.
    for limit in stride(from: 580_000, through: 700_000, by: 20_000) where failed == 0 {
      let result = try run(limit: limit, threads: 1, code)
      guard result.status == 0 else { continue }
      if !result.output.contains("there is no memory for a tensor") { continue }
      failed += 1
      #expect(result.output.contains("0 2 true"), "\(limit): \(result.output)")
    }
    #expect(failed > 0)
  }

  @Test("too little for the products of many threads is said so; fewer work")
  func threads() throws {
    let many = try run(limit: 1_500_000, threads: 64, Self.setup + "step f, 1")
    #expect(many.status == 1 && many.error.contains("of 64"), "\(many.error)")
    #expect(many.error.contains("fewer threads"))
    let one = try run(limit: 1_500_000, threads: 1, Self.setup + "step f, 1")
    #expect(one.status == 0, "\(one.error)")
  }
}
