/// Files and folders that a search for sound left out for one reason.
public struct PassedOver: Sendable, Equatable {
  /// Why they were left out.
  public enum Reason: Sendable, Hashable {
    /// Their ending (lower case, without the point; empty if they have none).
    case ending(String)
    /// A link to a folder that another path led to before.
    case linkToFolderRead
    /// A link that leads nowhere.
    case deadLink
  }

  public var reason: Reason
  public var count: Int
  /// The first of them, by its path below the folder of the data set.
  public var example: String

  public init(reason: Reason, count: Int, example: String) {
    self.reason = reason
    self.count = count
    self.example = example
  }

  /// Endings of what lies beside sound and is none: text, tables, pictures, pages. Passing
  /// them over is no news.
  static let companions: Set<String> = [
    "txt", "md", "rst", "rtf", "pdf", "doc", "docx", "odt", "tex", "bib", "html", "htm", "css",
    "xml", "json", "jsonl", "yaml", "yml", "toml", "ini", "cfg", "conf", "log", "csv", "tsv",
    "xls", "xlsx", "ods", "png", "jpg", "jpeg", "gif", "svg", "bmp", "tif", "tiff", "webp", "ico",
    "db", "lab", "textgrid", "eaf", "ctm", "rttm", "srt", "vtt", "stm", "trs", "cue", "m3u", "pls",
    "md5", "sha1", "sha256", "asc", "sig", "py", "sh", "m", "js",
  ]
}

extension PassedOver {
  /// All of them in one sentence: "4 files passed over: 4 by ending (.m4a), such as 'c/0.m4a'".
  static func sentence(_ all: [PassedOver]) -> String? {
    guard !all.isEmpty else { return nil }
    let total = all.reduce(0) { $0 + $1.count }
    var parts: [String] = []
    let byEnding = all.filter { if case .ending = $0.reason { true } else { false } }
    if let most = byEnding.first {
      let endings = byEnding.prefix(5).map { part -> String in
        guard case .ending(let ending) = part.reason else { return "" }
        let name = ending.isEmpty ? "none" : ".\(ending)"
        return byEnding.count > 1 ? "\(part.count) \(name)" : name
      }
      let more = byEnding.count > 5 ? ", …" : ""
      parts.append(
        "\(byEnding.reduce(0) { $0 + $1.count }) by ending (\(endings.joined(separator: ", "))\(more)),"
          + " such as '\(most.example)'")
    }
    for part in all {
      switch part.reason {
      case .ending: break
      case .linkToFolderRead:
        parts.append("\(part.count) as a link to a folder read before, such as '\(part.example)'")
      case .deadLink:
        parts.append("\(part.count) as a link that leads nowhere, such as '\(part.example)'")
      }
    }
    return "\(total) \(total == 1 ? "file" : "files") passed over: "
      + parts.joined(separator: "; ")
  }
}
