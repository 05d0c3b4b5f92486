import ASTKit

/// Amounts of memory in the unit that suits them.
enum SizeText {
  /// `850 MB`, `1.2 GB`, `24 GB`: decimal units, as `GB` after a number has it.
  static func rounded(_ bytes: Int) -> String {
    let megabytes = Double(bytes) / 1e6
    if megabytes < 999.5 { return "\(Int(clamped: megabytes.rounded())) MB" }
    let gigabytes = megabytes / 1e3
    return "\(gigabytes.rounded(digits: gigabytes < 9.95 ? 1 : 0).shortText) GB"
  }
}
