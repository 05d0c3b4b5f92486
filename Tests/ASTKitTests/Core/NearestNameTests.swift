import ASTKit
import Testing

@Suite("The name a person most likely meant")
struct NearestNameTests {
  @Test(
    "slips are found",
    arguments: [
      ("kernal", "kernel"), ("epcohs", "epochs"), ("PRINT", "print"), ("prnt", "print"),
      ("fti", "fit"), ("sqr", "sqrt"), ("rum", "run"), ("rl", "lr"), ("acuracy", "accuracy"),
    ])
  func slips(name: String, meant: String) {
    #expect(NearestName.find(name, in: ["zzzz", meant, "unrelated"]) == meant)
  }

  @Test(
    "words that only resemble each other are not",
    arguments: [
      ("net", "set"), ("at", "mean"), ("load", "lora"), ("fit", "min"), ("x", "y"), ("st", "std"),
      ("training", "raining cats"), ("clips", "slides"), ("", "a"), ("valid", "void"),
    ])
  func others(name: String, candidate: String) {
    #expect(NearestName.find(name, in: [candidate]) == nil)
  }

  @Test("a name of a million letters costs nothing")
  func long() {
    let name = String(repeating: "a", count: 1_000_000)
    #expect(NearestName.find(name, in: ["a", "aa"]) == nil)
  }
}
