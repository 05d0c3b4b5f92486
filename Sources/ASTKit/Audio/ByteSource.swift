import Glibc

/// Bytes that are fetched when they are asked for.
protocol ByteSource: AnyObject {
  /// How many there are.
  var count: Int { get }
  /// Fills all of `room` with the bytes from `offset` on; the caller stays within `count`. What
  /// cannot be read becomes 0, and the source remembers that it failed.
  func copy(from offset: Int, into room: UnsafeMutableRawBufferPointer)
}

/// The pages of a source that were looked at last, for reading single bytes.
final class PageCache {
  private struct Page {
    var start = 0
    var bytes: [UInt8] = []
  }

  let source: any ByteSource
  /// A check walks through a file and looks ahead in turn, hence more than one.
  private var pages = [Page](repeating: Page(), count: 4)
  /// The page of the last byte, and the one to give up next.
  private var present = Page()
  private var oldest = 0
  private static let size = 1 << 15

  init(_ source: any ByteSource) { self.source = source }

  /// The byte at `position`, which must lie in the source.
  func byte(_ position: Int) -> UInt8 {
    let offset = position - present.start
    if offset >= 0, offset < present.bytes.count { return present.bytes[offset] }
    return turned(to: position)
  }

  private func turned(to position: Int) -> UInt8 {
    let start = position / Self.size * Self.size
    if let known = pages.first(where: { $0.start == start && !$0.bytes.isEmpty }) {
      present = known
    } else {
      let length = min(Self.size, source.count - start)
      let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
        source.copy(from: start, into: UnsafeMutableRawBufferPointer(buffer))
        filled = length
      }
      present = Page(start: start, bytes: bytes)
      pages[oldest] = present
      oldest = (oldest + 1) % pages.count
    }
    return present.bytes[position - start]
  }
}

/// Parts that lie in different places, read as if they followed each other: the frames of an
/// MP3 without the tags between them, a file with another number in its header.
final class JoinedBytes: ByteSource {
  private let parts: [SoundBytes]
  /// Where each part begins.
  private let starts: [Int]
  let count: Int

  init(_ parts: [SoundBytes]) {
    self.parts = parts
    var at = 0
    starts = parts.map { part in
      defer { at += part.count }
      return at
    }
    count = at
  }

  func copy(from offset: Int, into room: UnsafeMutableRawBufferPointer) {
    var filled = 0
    var index = self.index(of: offset)
    while filled < room.count, index < parts.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: room[filled...])
      filled += parts[index].copy(from: offset + filled - starts[index], into: rest)
      index += 1
    }
  }

  /// The last part that begins at `offset` or before.
  private func index(of offset: Int) -> Int {
    var (low, high) = (0, parts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
