import Glibc

/// The bytes of a sound file, or a part of them: in memory, or fetched when they are looked at.
///
/// The checks of all formats read through this view, so that they are the same for a clip in
/// memory and for a recording of hours that must not be held there. Slices share the storage.
/// Not safe from several threads at once.
struct SoundBytes: RandomAccessCollection {
  private enum Storage {
    case memory([UInt8])
    case pages(PageCache)
  }

  private let storage: Storage
  let startIndex: Int
  let endIndex: Int

  private init(_ storage: Storage, _ range: Range<Int>) {
    self.storage = storage
    (startIndex, endIndex) = (range.lowerBound, range.upperBound)
  }

  /// Bytes in memory.
  init(_ bytes: [UInt8]) { self.init(.memory(bytes), bytes.indices) }

  /// The bytes of a source, of which a few pages are kept.
  init(_ source: any ByteSource) { self.init(.pages(PageCache(source)), 0..<source.count) }

  /// All bytes of these parts, one after the other, without a copy of them.
  init(joining parts: [SoundBytes]) {
    if parts.count == 1 { self = parts[0] } else { self.init(JoinedBytes(parts)) }
  }

  subscript(position: Int) -> UInt8 {
    switch storage {
    case .memory(let bytes): bytes[position]
    case .pages(let cache): cache.byte(position)
    }
  }

  subscript(bounds: Range<Int>) -> SoundBytes {
    precondition(bounds.lowerBound >= startIndex && bounds.upperBound <= endIndex)
    return SoundBytes(storage, bounds)
  }

  /// Copies the bytes from `offset` on, counted from the first, as many as there are and `room`
  /// holds; their number.
  func copy(from offset: Int, into room: UnsafeMutableRawBufferPointer) -> Int {
    let length = Swift.min(room.count, count - offset)
    guard offset >= 0, length > 0 else { return 0 }
    let part = UnsafeMutableRawBufferPointer(rebasing: room[..<length])
    switch storage {
    case .memory(let bytes):
      let start = startIndex + offset
      bytes.withUnsafeBytes {
        part.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<(start + length)]))
      }
    case .pages(let cache): cache.source.copy(from: startIndex + offset, into: part)
    }
    return length
  }

  /// Calls `body` with all bytes side by side; they are copied if they do not lie in memory, so
  /// only for parts that are known to be small.
  func withContiguousBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    switch storage {
    case .memory(let bytes):
      bytes.withUnsafeBufferPointer {
        body(UnsafeBufferPointer(rebasing: $0[startIndex..<endIndex]))
      }
    case .pages: contents.withUnsafeBufferPointer(body)
    }
  }

  /// A copy of all bytes.
  var contents: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = copy(from: 0, into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Calls `body` with one stretch of the bytes after the other and its offset. Each is `size`
  /// long and begins with the last `overlap` bytes of the one before; bytes in memory are one
  /// stretch.
  func forEachStretch(
    of size: Int, overlap: Int, _ body: (UnsafeBufferPointer<UInt8>, _ offset: Int) -> Void
  ) {
    if case .memory = storage { return withContiguousBytes { body($0, 0) } }
    var at = 0
    repeat {
      part(at, size).withContiguousBytes { body($0, at) }
      at += size - overlap
    } while at + overlap < count
  }
}
