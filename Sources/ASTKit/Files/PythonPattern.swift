/// A regular expression of Python's `re`, as peft's configurations hold them for names of
/// modules: everything but what looks back at text already read.
///
/// Matching follows all ways through the expression at once, so that none can take for ever.
struct PythonPattern {
  /// A part of an expression.
  indirect enum Node {
    /// One character that passes a test.
    case one(@Sendable (Unicode.Scalar) -> Bool)
    case sequence([Node])
    case choice([Node])
    /// Greedy or not makes no difference to whether something matches.
    case repeated(Node, least: Int, most: Int?)
    /// A place between characters.
    case place(Place)
    /// `(?=…)`, or with `isNegative` `(?!…)`.
    case ahead(Node, isNegative: Bool)
  }

  enum Place { case start, end, endBeforeNewline, boundary, noBoundary }

  /// Why an expression cannot be used.
  enum Failure: Error, Equatable {
    /// Python refuses it too.
    case broken
    /// It is right, and `part` of it is nothing petl can match.
    case unsupported(part: String)
    /// Matching takes too many steps to be meant so.
    case tooLong
  }

  private let root: Node

  /// - Throws: `Failure`
  init(_ pattern: String) throws(Failure) {
    root = try PythonPatternParser.parse(pattern)
  }

  /// `re.fullmatch`
  func matchesWhole(_ text: String) throws(Failure) -> Bool {
    var matcher = PythonPatternMatcher(text)
    return try matcher.ends(root, from: [0]).contains(matcher.text.count)
  }

  /// `re.match`: from the beginning of the text, to wherever the expression ends.
  func matchesStart(of text: String) throws(Failure) -> Bool {
    var matcher = PythonPatternMatcher(text)
    return try !matcher.ends(root, from: [0]).isEmpty
  }
}

/// Finds all places where parts of an expression can end, from all where they can begin.
private struct PythonPatternMatcher {
  private typealias Failure = PythonPattern.Failure
  private static let stepLimit = 200_000

  let text: [Unicode.Scalar]
  private var steps = 0

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  mutating func ends(
    _ node: PythonPattern.Node, from starts: Set<Int>
  ) throws(PythonPattern.Failure) -> Set<Int> {
    steps += 1 + starts.count
    guard steps <= PythonPatternMatcher.stepLimit else { throw .tooLong }
    if starts.isEmpty { return [] }
    switch node {
    case .one(let test):
      return Set(starts.filter { $0 < text.count && test(text[$0]) }.map { $0 + 1 })
    case .sequence(let nodes):
      var places = starts
      for node in nodes { places = try ends(node, from: places) }
      return places
    case .choice(let nodes):
      var places: Set<Int> = []
      for node in nodes { places.formUnion(try ends(node, from: starts)) }
      return places
    case .repeated(let node, let least, let most):
      return try repeated(node, least, most, from: starts)
    case .place(let place):
      return starts.filter { isAt(place, $0) }
    case .ahead(let node, let isNegative):
      var places: Set<Int> = []
      for start in starts where try ends(node, from: [start]).isEmpty == isNegative {
        places.insert(start)
      }
      return places
    }
  }

  private mutating func repeated(
    _ node: PythonPattern.Node, _ least: Int, _ most: Int?, from starts: Set<Int>
  ) throws(PythonPattern.Failure) -> Set<Int> {
    var places = starts
    for _ in 0..<least {
      let next = try ends(node, from: places)
      // Neither does any further round.
      if next == places { break }
      places = next
    }
    var result = places
    for _ in 0..<((most ?? .max) - least) {
      places = try ends(node, from: places).subtracting(result)
      if places.isEmpty { break }
      result.formUnion(places)
    }
    return result
  }

  private func isAt(_ place: PythonPattern.Place, _ index: Int) -> Bool {
    switch place {
    case .start: return index == 0
    case .end: return index == text.count
    case .endBeforeNewline:
      return index == text.count || (index == text.count - 1 && text[index] == "\n")
    case .boundary, .noBoundary:
      let isBefore = index > 0 && text[index - 1].isPythonWord
      let isAfter = index < text.count && text[index].isPythonWord
      return (isBefore != isAfter) == (place == .boundary)
    }
  }
}

extension Unicode.Scalar {
  /// What `\w` of Python's `re` is: letters, digits and `_`.
  var isPythonWord: Bool {
    self == "_" || properties.isAlphabetic || properties.numericType != nil
  }
}
