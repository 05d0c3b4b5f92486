/// Patterns over names: `*` stands for any run of characters, `?` for one.
public enum Glob {
  /// Whether the whole of `name` fits `pattern`.
  public static func matches(_ pattern: String, _ name: String) -> Bool {
    let p = Array(pattern.utf8), s = Array(name.utf8)
    let (any, one) = (UInt8(ascii: "*"), UInt8(ascii: "?"))
    // Go back to the last `*` on a mismatch and let it take one more: linear in practice.
    var (i, j, star, mark) = (0, 0, -1, 0)
    while j < s.count {
      if i < p.count, p[i] == any {
        (star, mark) = (i, j)
        i += 1
      } else if i < p.count, p[i] == one || p[i] == s[j] {
        i += 1
        j += 1
      } else if star >= 0 {
        mark += 1
        (i, j) = (star + 1, mark)
      } else {
        return false
      }
    }
    while i < p.count, p[i] == any { i += 1 }
    return i == p.count
  }
}
