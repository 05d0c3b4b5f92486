import ASTKit
import Testing

@Suite("Paths are taken apart by bytes")
struct PathBytesTests {
  /// A combining mark makes one `Character` of itself and what stands before it.
  private static let mark = "\u{301}"

  @Test(
    "the folder of a path is what dirname says",
    arguments: [
      ("a/b", "a"), ("/a", "/"), ("a", "."), ("", "."), ("/", "/"), ("//", "/"), ("a/b/", "a"),
      ("a//b", "a"), ("//a//", "/"), ("./a", "."), ("a/\(mark)x", "a"), ("/\(mark)x", "/"),
      ("é/b", "é"),
    ])
  func parent(path: String, expected: String) {
    #expect(Array(PathBytes.parent(of: path).utf8) == Array(expected.utf8))
  }

  @Test(
    "names stand between slashes, whatever they begin with",
    arguments: [
      ("a/b", ["a", "b"]), ("//a//b/", ["a", "b"]), ("", []), ("/", []),
      ("a/\(mark)x/\u{200D}y", ["a", "\(mark)x", "\u{200D}y"]),
    ])
  func components(path: String, expected: [String]) {
    #expect(
      PathBytes.components(of: path).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    #expect(Array(PathBytes.lastComponent(of: path).utf8) == Array((expected.last ?? "").utf8))
    #expect(PathBytes.hasSlash(path) == path.unicodeScalars.contains("/"))
  }

  @Test(
    "endings are found behind letters that would swallow the point",
    arguments: [
      ("a/b.svg", "svg"), ("a.b/c", ""), ("\u{600}.svg", "svg"), ("x.SVG/", "SVG"), (".", ""),
      ("a.\(mark)", mark),
    ])
  func ending(path: String, expected: String) {
    #expect(Array(PathBytes.ending(of: path).utf8) == Array(expected.utf8))
  }

  @Test("an ending is compared without the case of its letters, and absolute begins with a slash")
  func hasEnding() {
    #expect(PathBytes.hasEnding("a/model.SafeTensors", ".safetensors"))
    #expect(PathBytes.hasEnding("\u{600}.bin", ".bin"))
    #expect(!PathBytes.hasEnding("bin", ".bin"))
    #expect(!PathBytes.hasEnding("a.bin\(Self.mark)", ".bin"))
    #expect(PathBytes.isAbsolute("/\(Self.mark)x") && !PathBytes.isAbsolute("x/"))
  }
}
