/// Ogg with sound in it: the links of its chain, one after the other.
enum OggFile {
  /// - Throws: `AudioError.noEnd` or `.several` as `OggPages`, `.unsupported` for codecs that
  ///   libsndfile does not have.
  static func streams(_ bytes: SoundBytes, path: String) throws(AudioError) -> [SoundPart] {
    var parts: [SoundPart] = []
    for link in try OggPages(SoundTags.withoutTrailing(bytes), path: path).links {
      let codec = link.codec ?? "an unknown codec"
      switch codec {
      case "Vorbis", "Opus":
        parts.append(.library(link.bytes, format: "Ogg \(codec)"))
      case "FLAC":
        // The contents are a native file, behind nine bytes about the mapping; its first form
        // had none. libsndfile's own reading of it fails.
        let contents = SoundBytes(joining: link.contents)
        let sound = link.start.has("fLaC") ? contents : contents.dropFirst(9)
        parts.append(.library(sound, format: "Ogg \(codec)"))
      default:
        throw .unsupported(path: path, format: "\(codec) in Ogg")
      }
    }
    return parts
  }
}
