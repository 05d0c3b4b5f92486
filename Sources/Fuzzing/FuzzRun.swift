import ASTKit
import Lang

/// Feeds a target with its inputs, one after the other, and checks what must hold for each.
package final class FuzzRun {
  /// Something to mend, and the input that shows it.
  package struct Finding: Sendable {
    package var number: Int
    package var what: String
  }

  package let target: any FuzzTarget
  private let type: any FuzzTarget.Type
  private let seed: UInt64
  /// Inputs that were read without an error so far, and all.
  package private(set) var accepted = 0
  package private(set) var count = 0

  /// - Parameter confined: whether the process gives up its folder and its programs, so that
  ///   scripts may write.
  package init(_ type: any FuzzTarget.Type, seed: UInt64, confined: Bool = false) throws {
    self.type = type
    self.seed = seed
    let scratch = try Scratch()
    if confined { try scratch.confine() }
    target = try type.init(scratch)
  }

  package func input(_ number: Int) -> FuzzInput {
    var random = FuzzRandom(target: type.name, seed: seed, number: UInt64(number))
    return target.input(number, &random)
  }

  /// Reads one input; what is wrong with the answer, if anything.
  package func run(_ number: Int) -> Finding? {
    let input = input(number)
    count += 1
    do {
      let digest = try target.read(input)
      accepted += 1
      let again = try? target.read(input)
      guard again == digest else {
        return Finding(number: number, what: "it is read differently the second time")
      }
    } catch let broken as BrokenPromise {
      return Finding(number: number, what: broken.what)
    } catch {
      if number < target.validCount {
        return Finding(number: number, what: "a valid input is refused: \(error)")
      }
      return Self.fault(of: error).map { Finding(number: number, what: $0) }
    }
    return nil
  }

  /// What is wrong with an error's words; `nil` when they are one line that a terminal shows
  /// as it stands.
  package static func fault(of error: any Error) -> String? {
    switch error {
    case let described as any DescribedError: fault(of: "\(described)")
    case let diagnostic as Diagnostic:
      CollectedOutput.fault(of: diagnostic.rendered(color: false, columns: nil))
    default: "an error without words of petl's own, \(Swift.type(of: error)): \(error)"
    }
  }

  private static func fault(of text: String) -> String? {
    if text.allSatisfy(\.isWhitespace) { return "an error without words" }
    if text.utf8.count > 20_000 { return "an error of \(text.utf8.count) bytes" }
    let bad = text.unicodeScalars.first {
      switch $0.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
    return bad.map {
      "an error with U+\(String($0.value, radix: 16)): \(text.debugDescription.prefix(300))"
    }
  }
}
