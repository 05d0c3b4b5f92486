/// The pages of an Ogg file (RFC 3533), sorted into the links of its chain.
///
/// libsndfile plays the first link and takes the last page it finds for its end; libogg leaves
/// out pages that are damaged. Both without a word, so all pages are looked at here.
struct OggPages {
  /// A stream of its own, from its first page to its last. A file may hold several one after
  /// the other: stream recorders begin a new one with each title.
  struct Link {
    /// The pages.
    var bytes: SoundBytes
    /// What the first page holds.
    let start: SoundBytes
    /// The contents of all pages; only for FLAC.
    var contents: [SoundBytes] = []
    /// The sample at which the sound of its last page ends.
    fileprivate var position: Int64 = 0

    /// The codec's name.
    var codec: String? {
      let codecs = [
        "\u{1}vorbis": "Vorbis", "OpusHead": "Opus", "\u{7F}FLAC": "FLAC", "fLaC": "FLAC",
        "Speex   ": "Speex", "fishead\0": "Skeleton", "PCM     ": "PCM", "BBCD\0": "Dirac",
        "CMML\0\0\0\0": "CMML", "OVP80": "VP8", "\u{1}video": "video", "CELT    ": "CELT",
      ]
      if start.has([0x80] + Array("theora".utf8)) { return "Theora" }
      return codecs.first { start.has($0.key) }?.value
    }
  }

  private(set) var links: [Link] = []

  private struct Page {
    let offset: Int, end: Int, body: Int
    let serial: Int, sequence: Int
    /// The sample at which its sound ends; `nil` when no packet does.
    let position: Int64?
    let begins: Bool, ends: Bool
  }

  /// - Throws: `AudioError.noEnd` for a page that is cut, damaged or missing, `.several` for
  ///   streams side by side, such as a video's.
  init(_ bytes: SoundBytes, path: String) throws(AudioError) {
    var at = 0
    var last: Page?
    while at < bytes.count {
      guard bytes.has("OggS", at: at) else {
        // Tags that other programs append after the end do no harm.
        if last?.ends == true { break }
        throw .noEnd(path: path, reason: "no Ogg page at byte \(at) of \(bytes.count)")
      }
      let page = try Self.page(bytes, at: at, path: path)
      try add(page, after: last, bytes, path: path)
      last = page
      at = page.end
    }
  }

  private mutating func add(
    _ page: Page, after last: Page?, _ bytes: SoundBytes, path: String
  ) throws(AudioError) {
    let whole = bytes.part(page.offset, page.end - page.offset)
    let body = bytes.part(page.body, page.end - page.body)
    if page.begins {
      if last?.begins == true, last?.ends == false {
        throw .several(
          path: path, what: "several Ogg streams at once, as a video with sound has them")
      }
      links.append(Link(bytes: whole, start: body))
    } else {
      guard let last, last.serial == page.serial, !last.ends else {
        throw .noEnd(path: path, reason: "a page of another stream at byte \(page.offset)")
      }
      // Recorders that join a broadcast have its first pages and then those of the day. A page
      // that is the last as well does not tell where its sound begins; libsndfile would guess,
      // and give what lies in its memory for samples that are not there.
      let mayJoin = (last.begins || last.position == 0) && !page.ends
      guard page.sequence == last.sequence &+ 1 || mayJoin else {
        throw .noEnd(
          path: path,
          reason: "Ogg page \(page.sequence) follows page \(last.sequence) at byte \(page.offset)")
      }
      links[links.count - 1].bytes = bytes[links[links.count - 1].bytes.startIndex..<whole.endIndex]
    }
    try advance(to: page, path: path)
    if links[links.count - 1].codec == "FLAC" { links[links.count - 1].contents.append(body) }
  }

  /// Where the positions run backwards, libsndfile gives more samples than it decoded.
  private mutating func advance(to page: Page, path: String) throws(AudioError) {
    guard let position = page.position else { return }
    let before = links[links.count - 1].position
    guard position >= before else {
      throw .noEnd(
        path: path,
        reason: "the Ogg page at byte \(page.offset) ends at sample \(position), the one before "
          + "at \(before)")
    }
    links[links.count - 1].position = position
  }

  private static func page(
    _ bytes: SoundBytes, at offset: Int, path: String
  ) throws(AudioError) -> Page {
    guard let segments = bytes.byte(offset + 26), offset + 27 + segments <= bytes.count,
      let flags = bytes.byte(offset + 5), let serial = bytes.int(offset + 14, bigEndian: false),
      let sequence = bytes.int(offset + 18, bigEndian: false),
      let position = bytes.number(offset + 6, bytes: 8, bigEndian: false),
      let checksum = bytes.number(offset + 22, bytes: 4, bigEndian: false)
    else { throw .noEnd(path: path, reason: "the file ends inside the header of an Ogg page") }
    let body = offset + 27 + segments
    let end = body + bytes.part(offset + 27, segments).reduce(0) { $0 + Int($1) }
    guard end <= bytes.count else {
      throw .noEnd(
        path: path, reason: "its last Ogg page needs \(end) bytes, the file has \(bytes.count)")
    }
    guard OggChecksum.of(bytes.part(offset, end - offset)) == UInt32(checksum) else {
      throw .noEnd(path: path, reason: "the Ogg page at byte \(offset) is damaged (its checksum)")
    }
    return Page(
      offset: offset, end: end, body: body, serial: serial, sequence: sequence,
      position: position == .max ? nil : Int64(bitPattern: position),
      begins: flags & 2 != 0, ends: flags & 4 != 0)
  }
}
