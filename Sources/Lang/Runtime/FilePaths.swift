import Glibc

extension String {
  /// The path with `~` replaced by the home folder.
  public var expandingHome: String {
    guard self == "~" || hasPrefix("~/"), let home = getenv("HOME") else { return self }
    return String(cString: home) + dropFirst()
  }
}
