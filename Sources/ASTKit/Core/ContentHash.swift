/// XXH64 of Yann Collet's published specification: a 64-bit hash at memory speed.
///
/// It recognises changed and damaged files; it is no protection against forgery.
package enum ContentHash {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The hash of bytes that come in pieces.
  struct Stream {
    private var lanes: (UInt64, UInt64, UInt64, UInt64)
    private let seed: UInt64
    private var count = 0

    init(seed: UInt64 = 0) {
      self.seed = seed
      lanes = (seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1)
    }

    /// Takes the next bytes: a multiple of 32 of them, or the last ones.
    /// - Returns: the hash of all, if these were the last.
    @discardableResult
    mutating func add(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
      var at = 0
      var (a, b, c, d) = lanes
      while at &+ 32 <= bytes.count {
        a = round(a, word(bytes, at))
        b = round(b, word(bytes, at &+ 8))
        c = round(c, word(bytes, at &+ 16))
        d = round(d, word(bytes, at &+ 24))
        at &+= 32
      }
      lanes = (a, b, c, d)
      count += bytes.count
      return finished(UnsafeRawBufferPointer(rebasing: bytes[at...]))
    }

    private func finished(_ rest: UnsafeRawBufferPointer) -> UInt64 {
      let (a, b, c, d) = lanes
      var hash: UInt64
      if count >= 32 {
        hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
        for lane in [a, b, c, d] { hash = (hash ^ round(0, lane)) &* prime1 &+ prime4 }
      } else {
        hash = seed &+ prime5
      }
      hash &+= UInt64(count)
      var at = 0
      while at &+ 8 <= rest.count {
        hash = rotate(hash ^ round(0, word(rest, at)), 27) &* prime1 &+ prime4
        at &+= 8
      }
      if at &+ 4 <= rest.count {
        let half = UInt64(
          UInt32(littleEndian: rest.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
        hash = rotate(hash ^ (half &* prime1), 23) &* prime2 &+ prime3
        at &+= 4
      }
      while at < rest.count {
        hash = rotate(hash ^ (UInt64(rest[at]) &* prime5), 11) &* prime1
        at &+= 1
      }
      hash = (hash ^ (hash >> 33)) &* prime2
      hash = (hash ^ (hash >> 29)) &* prime3
      return hash ^ (hash >> 32)
    }
  }

  /// The hash of `bytes` with the given seed.
  package static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    var stream = Stream(seed: seed)
    return stream.add(bytes)
  }

  /// The hash of an array of bytes.
  static func of(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { of($0) } }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }

  private static func rotate(_ value: UInt64, _ by: UInt64) -> UInt64 {
    (value &<< by) | (value &>> (64 &- by))
  }

  private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotate(lane &+ input &* prime2, 31) &* prime1
  }
}
