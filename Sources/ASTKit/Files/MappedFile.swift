import Glibc

/// A file's bytes in memory without reading them: pages come in when touched and are shared
/// with the system's cache.
///
/// The mapping is private and copy-on-write, so that tensors may borrow it. petl itself
/// replaces files and never shortens them; a file that another program cuts while it is
/// mapped can no longer be read.
public final class MappedFile {
  /// The path as it was given.
  public let path: String
  /// All bytes of the file; valid as long as this object lives.
  public let bytes: UnsafeMutableRawBufferPointer

  /// Maps the file.
  /// - Throws: `FileError` when it is missing, unreadable, or not a regular file.
  public init(_ path: String) throws {
    self.path = path
    // Opening a pipe without this flag waits for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw FileError.missing(path: path) }
      throw MappedFile.failure(path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw MappedFile.failure(path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError.notAFile(path: path) }
    let count = Int(status.st_size)
    if count == 0 {
      bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
      return
    }
    // Without a reservation of swap: pages are private only once written, which is rare.
    let base = mmap(
      nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0)
    guard let base, base != MAP_FAILED else { throw MappedFile.failure(path) }
    bytes = UnsafeMutableRawBufferPointer(start: base, count: count)
  }

  deinit { if let base = bytes.baseAddress { munmap(base, bytes.count) } }

  /// Number of bytes in the file.
  public var count: Int { bytes.count }

  /// A copy of all bytes, for small files.
  public var contents: [UInt8] { withExtendedLifetime(self) { Array(bytes) } }

  /// A copy of the first bytes, at most `count`.
  func prefix(_ count: Int) -> [UInt8] {
    withExtendedLifetime(self) { Array(bytes.prefix(count)) }
  }

  /// The bytes of a range that the caller has checked against `count`.
  func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  /// The little-endian number at `offset`, which the caller has checked; need not be aligned.
  func integer<T: FixedWidthInteger>(at offset: Int, as type: T.Type = T.self) -> T {
    T(littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// Gives the memory of pages that have been read and converted back to the system; they
  /// come in again if touched. No tensor may have borrowed and changed them.
  func forget(_ range: Range<Int>) {
    guard let base = bytes.baseAddress else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let start = (range.lowerBound + page - 1) / page * page
    let end = range.upperBound / page * page
    if start < end { madvise(base + start, end - start, MADV_DONTNEED) }
  }

  private static func failure(_ path: String) -> FileError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}
