import FoundationEssentials

/// A safetensors file of petl: the description of the model inside its header is JSON inside
/// JSON, and is changed as such.
package struct DescribedParts {
  package var parts: SafetensorsParts
  /// The header before and behind the description's text.
  private let around: (before: [UInt8], after: [UInt8])?
  private let description: [UInt8]

  /// - Parameter key: the description's, among the words of the header.
  package init(_ file: [UInt8], key: String = "petl") {
    parts = SafetensorsParts(file)
    let key = Array("\"\(key)\":\"".utf8)
    guard let start = parts.header.firstRange(of: key)?.upperBound else {
      (around, description) = (nil, [])
      return
    }
    var end = start
    while parts.header[end] != UInt8(ascii: "\"") {
      end += parts.header[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    let literal = Data(parts.header[(start - 1)...end])
    let text = (try? JSONDecoder().decode(String.self, from: literal)) ?? ""
    around = (Array(parts.header[..<start]), Array(parts.header[end...]))
    description = Array(text.utf8)
  }

  package func changed(_ random: inout FuzzRandom) -> [UInt8] {
    guard let around, random.chance(60) else { return parts.changed(&random) }
    var text = description
    JSONMutation.apply(to: &text, &random)
    let literal = (try? JSONEncoder().encode(String(decoding: text, as: UTF8.self))) ?? Data()
    var result = parts
    result.header = around.before + literal.dropFirst().dropLast() + around.after
    return result.bytes
  }
}
