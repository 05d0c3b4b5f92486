import Goldens
import TestSupport
import Testing

/// The engine gives the reference numbers of every case: logits, loss, gradients, parameters
/// after three updates, names and counts, features, position embeddings.
struct GoldenTests {
  static let absence: Comment =
    "no reference tensors: neither $PETL_GOLDENS nor ../shared/goldens holds a manifest.json"

  static let names: [String] =
    (Goldens.folder.flatMap { try? GoldenFolder($0) })?.cases.map(\.name) ?? []

  @Test(.enabled(if: Goldens.exist, absence), arguments: names)
  func agreesWithTheReference(_ name: String) throws {
    let folder = try GoldenFolder(try #require(Goldens.folder))
    let golden = try #require(folder.cases.first { $0.name == name })
    switch folder.run(golden) {
    case .passed: break
    case .failed(let reasons): Issue.record("\(reasons.joined(separator: "\n"))")
    case .skipped(let why): Issue.record("not run: \(why)")
    }
  }

  /// Without cases the test above would pass by doing nothing.
  @Test(.enabled(if: Goldens.exist, absence))
  func theManifestHasCases() throws {
    let folder = try GoldenFolder(try #require(Goldens.folder))
    #expect(!folder.cases.isEmpty)
    #expect(Set(folder.cases.map(\.name)).count == folder.cases.count)
  }
}
