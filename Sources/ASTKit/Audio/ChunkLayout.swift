/// How a container of chunks is built: each has letters, a length and contents, and one of
/// them holds the samples.
struct ChunkLayout: Equatable, Sendable {
  var name: String
  /// The first letters, and those of the kind of contents.
  var magic: String, kind: String
  var kindOffset = 8
  /// Where the first chunk begins.
  var first = 12
  /// Bytes of a chunk's letters and of its length.
  var idSize = 4, lengthSize = 4
  var bigEndian = false
  /// Chunks begin at multiples of this.
  var alignment = 2
  /// Whether a length counts letters and length, too.
  var countsHeader = false
  /// The letters of the chunk with the samples.
  var samples = "data"
  /// Bytes in it before the samples.
  var before = 0

  /// Bytes of letters and length.
  var headerSize: Int { idSize + lengthSize }

  func matches(_ bytes: SoundBytes) -> Bool {
    bytes.has(magic) && bytes.has(kind, at: kindOffset)
  }

  /// Those libsndfile reads; it does not know BW64, which is RF64 by another name.
  static let all = [
    ChunkLayout(name: "WAV", magic: "RIFF", kind: "WAVE"),
    ChunkLayout(name: "WAV", magic: "RIFX", kind: "WAVE", bigEndian: true),
    ChunkLayout(name: "RF64", magic: "RF64", kind: "WAVE"),
    ChunkLayout(name: "BW64", magic: "BW64", kind: "WAVE"),
    ChunkLayout(
      name: "W64", magic: "riff", kind: "wave", kindOffset: 24, first: 40, idSize: 16,
      lengthSize: 8, alignment: 8, countsHeader: true),
    ChunkLayout(
      name: "AIFF", magic: "FORM", kind: "AIFF", bigEndian: true, samples: "SSND", before: 8),
    ChunkLayout(
      name: "AIFC", magic: "FORM", kind: "AIFC", bigEndian: true, samples: "SSND", before: 8),
    ChunkLayout(name: "8SVX", magic: "FORM", kind: "8SVX", bigEndian: true, samples: "BODY"),
    ChunkLayout(name: "16SV", magic: "FORM", kind: "16SV", bigEndian: true, samples: "BODY"),
    ChunkLayout(
      name: "CAF", magic: "caff", kind: "desc", first: 8, lengthSize: 8, bigEndian: true,
      alignment: 1, before: 4),
  ]
}
