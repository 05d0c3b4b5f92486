import Foundation
import Lang
import Testing

/// The language as its users write it: every script under `Scripts` says in comments what it
/// writes and which error it ends with.
///
///     print 1 + 1        # expect: 2
///     print x            # expect error: there is no variable or command 'x'
///
/// A comment may stand on a line of its own. Lines of output must be as expected, in order; a
/// script with an `# expect error:` must end with an error whose drawing holds that text.
@Suite struct ScriptTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Scripts")

  static let scripts: [String] = {
    let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (all ?? []).filter { $0.hasSuffix(".petl") }.sorted()
  }()

  @Test func thereAreScripts() {
    #expect(Self.scripts.count > 20)
  }

  @Test(arguments: scripts) func script(_ path: String) throws {
    let text = try String(contentsOf: Self.folder.appendingPathComponent(path), encoding: .utf8)
    let sink = TextSink()
    let session = Session(output: sink, isInteractive: false)
    let status = session.run(Source(name: path, text: text))

    let expected = Self.expectations("# expect: ", in: text)
    let lines = sink.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.map(String.init) == expected, "output of \(path)")
    let wanted = Self.expectations("# expect error: ", in: text)
    if wanted.isEmpty {
      guard case .succeeded = status else {
        Issue.record("\(path) failed:\n\(sink.errors)")
        return
      }
    } else {
      for part in wanted {
        #expect(sink.errors.contains(part), "\(path) should say '\(part)', said:\n\(sink.errors)")
      }
    }
  }

  private static func expectations(_ mark: String, in text: String) -> [String] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).compactMap { line in
      line.range(of: mark).map { String(line[$0.upperBound...]) }
    }
  }
}
