/// The command that makes a WAV file of a sound file that petl does not decode.
enum ConversionCommand {
  /// For a shell, in the folder the file lies in.
  static func of(_ path: String) -> String {
    let name = PathBytes.lastComponent(of: path)
    let ending = PathBytes.ending(of: name)
    let stem =
      ending.isEmpty
      ? name : String(decoding: name.utf8.dropLast(ending.utf8.count + 1), as: UTF8.self)
    // Another name than the file's own, which ffmpeg would overwrite.
    let target = stem + (PathBytes.hasEnding(name, ".wav") ? "-converted.wav" : ".wav")
    return "ffmpeg -i \(word(name)) \(word(target))"
  }

  /// A file name as one word of a shell, and no option.
  private static func word(_ name: String) -> String {
    let safe = name.utf8.first == UInt8(ascii: "-") ? "./" + name : name
    let isPlain = safe.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "/"):
        true
      default: false
      }
    }
    if isPlain { return safe }
    let parts = safe.utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
    return "'" + parts.map { String(Substring($0)) }.joined(separator: #"'\''"#) + "'"
  }
}
