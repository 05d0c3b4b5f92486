import Foundation
import TestSupport
import Testing

/// A short form of `scripts/kill-checkpoint`: killed while it writes one checkpoint after the
/// other, petl leaves one that goes on.
@Suite struct KilledCheckpointTests {
  @Test("The last whole checkpoint resumes, and nothing lies beside it")
  func kills() throws {
    let home = try PetlHome()
    try home.folder.writeTones(["tones/low": 6, "tones/high": 6], samples: 3200)
    let start = try home.run(
      "-e",
      """
      clips = dataset "folder", path: "tones", frames: 32
      net = model "ast-tiny", hidden: 24, depth: 1, heads: 2, frames: 32, classes: clips.classes
      fit = trainer net, clips, epochs: 100000, batch: 4, seed: 1
      checkpoint fit, "run.checkpoint"
      """)
    #expect(start.status == 0, "\(start.error)")
    var reached = 0
    for kill in 0..<5 {
      let on = """
        fit = resume "run.checkpoint"
        while true { step fit, 2, quiet: true; checkpoint fit, "run.checkpoint"; print fit.step }
        """
      try home.write(on, to: "on.petl")
      // Killed once it is at work, however long that takes, and a moment later each time.
      let killed = try Program(
        "/bin/bash",
        [
          "-c",
          """
          '\(Program.built("petl"))' run on.petl > on.txt & petl=$!
          until [ -s on.txt ]; do kill -0 $petl || exit 0; sleep 0.02; done
          sleep 0.0\(3 * kill)
          kill -KILL $petl; wait $petl
          """,
        ], environment: ["HOME": home.folder.path], folder: home.folder.path)
      #expect(killed.status == 137, "\(killed.error)")
      let found = try home.run("-e", "fit = resume \"run.checkpoint\"; print fit.step")
      let step = try #require(Int(found.output.dropLast()), "\(found.error)")
      #expect(step >= reached && step % 2 == 0)
      reached = step
    }
    // Else nothing was tried.
    #expect(reached > 0)
    let after = try home.run(
      "-e", "fit = resume \"run.checkpoint\"; checkpoint fit, \"run.checkpoint\"; print 1")
    #expect(after.output == "1\n")
    let names = try FileManager.default.contentsOfDirectory(atPath: home.folder.path)
    #expect(names.filter { $0.contains(".petl-") }.isEmpty)
  }
}
