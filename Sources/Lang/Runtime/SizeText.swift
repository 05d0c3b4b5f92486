import ASTKit

/// Amounts of memory in the unit that suits them.
enum SizeText {
  /// Bytes by unit; decimal, as everywhere in petl.
  private static let units = ["B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12]

  /// The bytes that a text such as `4GB` or `1.5 GB` means; `nil` for anything else.
  static func bytes(_ text: String) -> Int? {
    let parts = text.filter { $0 != " " }
    let unit = parts.drop { $0.isNumber || $0 == "." }
    guard let number = Double(parts.dropLast(unit.count)), number.isFinite,
      let factor = units.first(where: { $0.key.lowercased() == unit.lowercased() })?.value
    else { return nil }
    return Int(exactly: (number * factor).rounded())
  }

  /// `850 MB`, `1.2 GB`, `24 GB`: decimal units, as `GB` after a number has it.
  static func rounded(_ bytes: Int) -> String {
    let megabytes = Double(bytes) / 1e6
    if megabytes < 999.5 { return "\(Int(clamped: megabytes.rounded())) MB" }
    let gigabytes = megabytes / 1e3
    return "\(gigabytes.rounded(digits: gigabytes < 9.95 ? 1 : 0).shortText) GB"
  }
}
