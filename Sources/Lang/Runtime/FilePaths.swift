import Glibc

extension String {
  /// The path with `~` replaced by the home folder.
  public var expandingHome: String {
    guard self == "~" || utf8.starts(with: "~/".utf8), let home = getenv("HOME") else {
      return self
    }
    return String(cString: home) + Substring(utf8.dropFirst())
  }
}
