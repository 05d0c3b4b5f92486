import ASTKit
import Foundation
import Fuzzing
import Lang
import Testing

/// A short run of every target, always the same; `scripts/fuzz` makes the long ones.
struct FuzzingTests {
  private static let inputs = 150
  private static let names = FuzzTargets.all.map { $0.name }

  @Test(arguments: names)
  func validInputsReadRightAndChangedOnesNeverCrash(_ name: String) throws {
    let run = try FuzzRun(try #require(FuzzTargets.named(name)), seed: 1)
    try run.target.checkValid()
    for number in 0..<(Self.inputs + run.target.validCount) {
      let finding = run.run(number)
      #expect(finding == nil, "\(finding?.what ?? "") (--target \(name) --seed 1 --only \(number))")
    }
    // Else the changes would not get past the first check of the reader.
    #expect(run.accepted > run.target.validCount)
  }

  @Test func theSameSeedGivesTheSameInputs() throws {
    for type in FuzzTargets.all {
      let runs = try [FuzzRun(type, seed: 3), FuzzRun(type, seed: 3), FuzzRun(type, seed: 4)]
      let inputs = runs.map { run in
        // The first inputs after the valid ones are the same for all seeds: cuts at every length.
        stride(from: run.target.validCount, to: 2_000, by: 40).map { number in
          run.input(number).files.map(\.bytes)
        }
      }
      #expect(inputs[0] == inputs[1], "\(type.name)")
      #expect(inputs[0] != inputs[2], "\(type.name)")
    }
  }

  @Test func everyFileOfTheFolderIsInTheList() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/Fuzzing/Targets").standardized.path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      // What the containers of sound have in common.
      .filter { $0 != "SoundTarget.swift" }.map { $0.replacing(".swift", with: "") }
    #expect(files.sorted() == FuzzTargets.all.map { "\($0)" }.sorted())
    #expect(Set(Self.names).count == FuzzTargets.all.count)
  }

  @Test func whatIsWrongWithAnErrorIsTold() {
    struct Silent: Error {}
    struct Plain: DescribedError {
      var message: String
      var description: String { message }
    }
    #expect(FuzzRun.fault(of: Silent()) != nil)
    for text in ["", "two\nlines", "\u{1B}[31m", "\u{2028}"] {
      #expect(FuzzRun.fault(of: Plain(message: text)) != nil)
    }
    #expect(FuzzRun.fault(of: Plain(message: "one line, as it should be")) == nil)
    // The language shows a text from a script made harmless.
    #expect(FuzzRun.fault(of: Diagnostic("a\nb")) == nil)
  }
}
