import Lang

/// Programs to attack the language with: scripts of the project, whole and damaged, and
/// programs made from the grammar.
package struct ScriptSource {
  package let corpus: [[UInt8]]
  private let lines: [[UInt8]]

  package init() {
    corpus = ScriptCorpus.load() + [Array("x = 1\nprint x + 1\n".utf8)]
    lines = corpus.flatMap { $0.split(separator: UInt8(ascii: "\n")).map(Array.init) }
  }

  package func text(_ number: Int, _ random: inout FuzzRandom) -> [UInt8] {
    if number < corpus.count { return corpus[number] }
    if number % 16 == 15 {
      let turn = number / 16
      return ByteMutation.cut(corpus[turn % corpus.count], turn: turn / corpus.count)
    }
    var bytes = random.chance(50) ? Array(ScriptGenerator.program(&random).utf8) : mixed(&random)
    if random.chance(50) { damage(&bytes, &random) }
    return bytes
  }

  /// A script, or lines of several.
  private func mixed(_ random: inout FuzzRandom) -> [UInt8] {
    if random.chance(60) { return random.pick(corpus) }
    return Array((0...random.below(12)).map { _ in random.pick(lines) }.joined(separator: [10]))
  }

  private static let tokens: [[UInt8]] =
    [
      "(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "...", "..<", "=", "==", "+", "-", "*",
      "**", "/", "%", "?", "??", "#", "#%%", "# %%", "\"", "'", "\\(", "\\", "\n", "\r\n", " ",
      "\t", "for ", "in ", "if ", "else ", "func ", "try ", "catch ", "return ", "param ", "not ",
      "and ", "nil", "1e", "0x", "1e999", "_", "\u{FEFF}", "\u{0}", "\u{301}", "é", "😀", "\u{202E}",
      "\u{1B}[31m", "$", "@", "!", "&", "|", "->", "((((((((", "[[[[[[[[", "{{{{{{{{",
    ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xF0, 0x9F]]

  private func damage(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    for _ in 0...random.below(4) {
      guard !bytes.isEmpty else { return }
      let at = random.below(bytes.count)
      switch random.below(8) {
      case 0...2: bytes.insert(contentsOf: random.pick(Self.tokens), at: at)
      case 3: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(12)))
      case 4: bytes.insert(contentsOf: random.pick(lines), at: at)
      case 5:
        let piece = Array(bytes[at..<min(bytes.count, at + 1 + random.below(12))])
        for _ in 0..<(1 << random.below(random.chance(90) ? 3 : 9)) {
          bytes.insert(contentsOf: piece, at: at)
        }
      case 6: ByteMutation.addNoise(&bytes, &random)
      default: bytes.removeSubrange(at...)
      }
    }
  }
}
