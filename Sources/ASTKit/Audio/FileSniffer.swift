/// Says what a file seems to be that is no sound file, to help a person see the mistake.
enum FileSniffer {
  private static let signatures: [(letters: [UInt8], name: String)] = [
    (Array("<!DOCTYPE".utf8), "a web page"), (Array("<html".utf8), "a web page"),
    (Array("version https://git-lfs".utf8), "a Git LFS pointer, not the file itself"),
    ([0x50, 0x4B, 3, 4], "a zip archive"), ([0x1F, 0x8B], "a gzip archive"),
    ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"), ([0xFF, 0xD8, 0xFF], "a JPEG picture"),
    (Array("%PDF".utf8), "a PDF document"), ([0x1A, 0x45, 0xDF, 0xA3], "a Matroska or WebM file"),
  ]

  /// A few words such as "text", or `nil`.
  static func guess(_ bytes: UnsafeRawBufferPointer) -> String? {
    for (letters, name) in signatures where bytes.starts(with: letters) { return name }
    if bytes.count >= 12, bytes[4..<8].elementsEqual("ftyp".utf8) { return "an MP4 or M4A file" }
    let head = bytes.prefix(512)
    let isText = !head.isEmpty && head.allSatisfy { $0 >= 32 || (9...13).contains($0) }
    return isText ? "text" : nil
  }
}
