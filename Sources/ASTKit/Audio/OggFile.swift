/// Ogg with sound in it: the links of its chain, each decoded and joined to the others.
enum OggFile {
  /// - Throws: `AudioError`, `.unsupported` for codecs that libsndfile does not have.
  static func decode(
    _ bytes: ArraySlice<UInt8>, _ library: SndfileDecoder
  ) throws(AudioError) -> Recording {
    let path = library.path
    var recordings: [Recording] = []
    for link in try OggPages(SoundTags.withoutTrailing(bytes), path: path).links {
      let codec = link.codec ?? "an unknown codec"
      let decoder = SndfileDecoder(
        path: path, format: "Ogg \(codec)", mostSamples: library.mostSamples,
        taken: recordings.reduce(0) { $0 + $1.samples.count })
      switch codec {
      case "Vorbis", "Opus":
        recordings.append(try decoder.decode(link.bytes))
      case "FLAC":
        // The contents are a native file, behind nine bytes about the mapping; its first form
        // had none. libsndfile's own reading of it fails.
        let sound = link.start.has("fLaC") ? link.contents[...] : link.contents.dropFirst(9)
        recordings.append(try decoder.decode(sound))
      default:
        throw .unsupported(path: path, format: "\(codec) in Ogg")
      }
    }
    return try Recording.joined(recordings, path: path)
  }
}
