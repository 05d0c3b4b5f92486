import Glibc

/// Parts of paths, found byte by byte as the system does.
///
/// A `/` or `.` followed by a combining mark is another `Character`, so that searching a
/// `String` for one misses it; in UTF-8 neither byte can be part of something else.
public enum PathBytes {
  private static let slash = UInt8(ascii: "/")
  private static let point = UInt8(ascii: ".")

  /// The folder that the last name of the path lies in: `a/b` → `a`, `/a` → `/`, `a` → `.`.
  public static func parent(of path: String) -> String {
    guard let last = names(path).last else { return isAbsolute(path) ? "/" : "." }
    let end = path.utf8[..<last.startIndex].lastIndex { $0 != slash }
    guard let end else { return isAbsolute(path) ? "/" : "." }
    return String(Substring(path.utf8[...end]))
  }

  /// The last name of the path, without slashes after it; empty when it has none.
  public static func lastComponent(of path: String) -> String {
    names(path).last.map { String(Substring($0)) } ?? ""
  }

  /// The names between the slashes; empty ones are left out.
  public static func components(of path: String) -> [String] {
    names(path).map { String(Substring($0)) }
  }

  /// What follows the last point of the last name; empty when there is none.
  public static func ending(of path: String) -> String {
    guard let name = names(path).last, let last = name.lastIndex(of: point) else { return "" }
    return String(Substring(name[name.index(after: last)...]))
  }

  /// Whether the path ends in `ending`, such as `.json`, whatever the case of ASCII letters.
  public static func hasEnding(_ path: String, _ ending: String) -> Bool {
    path.utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8) {
      lowercase($0) == lowercase($1)
    }
  }

  /// Whether the path begins at the root.
  public static func isAbsolute(_ path: String) -> Bool { path.utf8.first == slash }

  /// The path from the root on; a relative one is that in the current folder.
  static func absolute(_ path: String) -> String {
    guard !isAbsolute(path), let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    let folder = String(cString: here)
    return folder == "/" ? folder + path : "\(folder)/\(path)"
  }

  /// Whether there is a slash in it.
  public static func hasSlash(_ path: String) -> Bool { path.utf8.contains(slash) }

  private static func names(_ path: String) -> [Substring.UTF8View] {
    path.utf8.split(separator: slash)
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
