import CMapping
import Glibc

/// A file's bytes in memory without reading them: pages come in when touched and are shared
/// with the system's cache.
///
/// The mapping is private and copy-on-write, so that tensors may borrow it. petl itself
/// replaces files and never writes into them, which leaves a mapping whole. Another program
/// may overwrite the file in place or cut it short, and then the bytes are others (zeros where
/// there are none any more): `requireUnchanged` tells. Who reads the bytes calls it before the
/// outcome is used, most easily through `reading`.
public final class MappedFile {
  /// The path as it was given.
  public let path: String
  /// All bytes of the file; valid as long as this object lives.
  public let bytes: UnsafeMutableRawBufferPointer
  /// Kept open: once another file has the name, nothing else leads to this one.
  private let descriptor: Int32
  private let modified: timespec
  private let watch: OpaquePointer?
  /// What became of the file, once that has been found out.
  private var change: FileError?

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
    do {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw MappedFile.failure(path) }
      guard status.st_mode & S_IFMT == S_IFREG else { throw FileError.notAFile(path: path) }
      bytes = try MappedFile.map(descriptor, Int(status.st_size), path)
      modified = status.st_mtim
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    guard let base = bytes.baseAddress else {
      watch = nil
      return
    }
    watch = petl_mapping_watch(base, bytes.count)
    guard watch != nil else {
      throw FileError.unreadable(path: path, reason: String(cString: strerror(ENOMEM)))
    }
  }

  private static func map(
    _ descriptor: Int32, _ count: Int, _ path: String
  ) throws -> UnsafeMutableRawBufferPointer {
    if count == 0 { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    // Without a reservation of swap: pages are private only once written, which is rare.
    let base = mmap(
      nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0)
    guard let base, base != MAP_FAILED else { throw MappedFile.failure(path) }
    guard MemoryReserve.isThere else {
      munmap(base, count)
      throw FileError.unreadable(path: path, reason: String(cString: strerror(ENOMEM)))
    }
    return UnsafeMutableRawBufferPointer(start: base, count: count)
  }

  deinit {
    petl_mapping_forget(watch)
    if let base = bytes.baseAddress { munmap(base, bytes.count) }
    close(descriptor)
  }

  /// Number of bytes in the file.
  public var count: Int { bytes.count }

  /// A copy of all bytes, for small files.
  /// - Throws: `FileError.changed`
  public func contents() throws -> [UInt8] { try reading { Array(bytes) } }

  /// A copy of the first bytes, at most `count`.
  /// - Throws: `FileError.changed`
  func prefix(_ count: Int) throws -> [UInt8] { try reading { Array(bytes.prefix(count)) } }

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

extension MappedFile: MemoryOwner {
  /// - Throws: `FileError.changed` once the file has been written to or cut since it was
  ///   mapped, and then always.
  func requireUnchanged() throws {
    if change == nil, let words = difference() { change = .changed(path: path, how: words) }
    if let change { throw change }
  }

  /// Runs `body`, which reads the bytes.
  /// - Throws: `FileError.changed` when the file changed meanwhile, whatever `body` made of
  ///   what it saw; otherwise what `body` throws.
  func reading<T>(_ body: () throws -> T) throws -> T {
    let result = Result { try body() }
    try requireUnchanged()
    return try result.get()
  }

  /// In words, how the file differs from what was mapped. A change of its name, links or
  /// permissions leaves the bytes alone and is none.
  private func difference() -> String? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return String(cString: strerror(errno)) }
    if Int(status.st_size) != count {
      return "it had \(count) bytes then and has \(status.st_size) now"
    }
    if status.st_mtim.tv_sec != modified.tv_sec || status.st_mtim.tv_nsec != modified.tv_nsec {
      return "it was written to"
    }
    return petl_mapping_is_broken(watch) ? "a part of it could not be read" : nil
  }
}
