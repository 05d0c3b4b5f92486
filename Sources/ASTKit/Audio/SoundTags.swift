/// Tags that players put before and behind the sound, in files of any format.
enum SoundTags {
  /// The length of the ID3v2 tag that starts here; `nil` if none does.
  static func leading(_ bytes: SoundBytes) -> Int? {
    guard bytes.has("ID3"), let flags = bytes.byte(5), bytes.count >= 10 else { return nil }
    // Four times seven bits; a footer repeats the header.
    let length = bytes.part(6, 4).reduce(0) { $0 << 7 | Int($1 & 0x7F) }
    return 10 + length + (flags & 0x10 != 0 ? 10 : 0)
  }

  /// The length of any tag that starts here: ID3v2, ID3v1, APE, Lyrics3.
  static func any(_ bytes: SoundBytes) -> Int? {
    if let length = leading(bytes) { return length }
    if bytes.has("TAG"), bytes.count >= 128 { return 128 }
    if bytes.has("APETAGEX"), let size = bytes.int(12, bigEndian: false) {
      // The size counts the footer, not the header.
      return 32 + size
    }
    if bytes.has("LYRICSBEGIN") {
      let end = Array("LYRICS200".utf8)
      var at = 11
      // At most 99 lines of text stand in one.
      while at + end.count <= min(bytes.count, 1 << 20) {
        if bytes.has(end, at: at) { return at + end.count }
        at += 1
      }
    }
    return nil
  }

  /// `bytes` without the tags at their end.
  static func withoutTrailing(_ bytes: SoundBytes) -> SoundBytes {
    var rest = bytes
    while true {
      if rest.count > 128, rest.has("TAG", at: rest.count - 128) {
        rest = rest.dropLast(128)
      } else if rest.count > 32, rest.has("APETAGEX", at: rest.count - 32),
        let size = rest.int(rest.count - 20, bigEndian: false),
        let flags = rest.int(rest.count - 12, bigEndian: false)
      {
        let whole = size + (flags & (1 << 31) != 0 ? 32 : 0)
        guard whole >= 32, whole < rest.count else { return rest }
        rest = rest.dropLast(whole)
      } else {
        return rest
      }
    }
  }
}
