import ASTKit
import Testing

@testable import Shell

/// Under which name and in which places what is trained is kept.
@Suite struct RescueTests {
  private func rescue(_ script: String?, state: String? = "/s") -> Rescue {
    Rescue(script: script, state: state, temporary: "/t")
  }

  @Test(
    "A script's stem names the file, beside the script",
    arguments: [
      ("job.petl", "job", ""), ("a/b/job.petl", "job", "a/b"), ("/job.petl", "job", "/"),
      ("./job", "job", "."), ("a.b.petl", "a.b", ""), ("a/.petl", "session", "a"),
      // A combining mark after a slash is one Character with it.
      ("a/\u{301}x.petl", "\u{301}x", "a"),
      (
        "d/" + String(repeating: "é", count: 120) + ".petl", String(repeating: "é", count: 100), "d"
      ),
    ])
  func script(path: String, name: String, folder: String) {
    let rescue = rescue(path)
    #expect(rescue.name == name)
    #expect(rescue.places.map(\.folder) == [folder, "/s", "/t"])
  }

  @Test(
    "Without a script it is 'session' in the current folder; a home that is unknown is left out")
  func session() {
    #expect(rescue(nil).name == "session")
    #expect(
      rescue(nil).places == [
        .init(""), .init("/s", isMade: true), .init("/t", isTemporary: true),
      ])
    #expect(rescue(nil, state: nil).places.map(\.folder) == ["", "/t"])
  }
}
