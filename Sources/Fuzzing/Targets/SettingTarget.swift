import Lang

/// Values given on the command line, `--set name=value`.
package final class SettingTarget: FuzzTarget {
  package static let name = "set"
  package static let summary = "--set name=value, for parameters of every kind"

  private static let defaults = [
    "1", "\"text\"", "[1, 2]", "true", "nil", "10ms", "0...3", "[a: 1]", "0.5",
  ]
  private static let values = [
    "1e-3", "text", "[1, [2, 3]]", "true", "nil", "16kHz", "0...11", "[a: [b: -1]]", "-1e308",
    "1...9e18", "\"\\(1 + 1)\"",
  ]

  package init(_ scratch: Scratch) throws {}

  package var validCount: Int { 1 }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    if number == 0 { return FuzzInput("x.txt", Array("1=2".utf8)) }
    var value =
      random.chance(70)
      ? Array(random.pick(Self.values).utf8)
      : Array(ScriptGenerator.program(&random).utf8.prefix(80))
    if random.chance(60) { ByteMutation.addNoise(&value, &random) }
    return FuzzInput("x.txt", Array("\(random.pick(Self.defaults))=".utf8) + value)
  }

  /// The parameter's own value stands before the first equals sign.
  package func read(_ input: FuzzInput) throws -> Int {
    let parts = input.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return 0 }
    let output = CollectedOutput()
    let session = Session(output: output, isInteractive: false)
    session.parameters["x"] = String(parts[1])
    let status = session.run(Source(name: "x.petl", text: "param x = \(parts[0])\nx"))
    if let fault = output.fault { throw BrokenPromise(fault) }
    if case .failed(let diagnostic) = status { throw diagnostic }
    return output.digest
  }
}
