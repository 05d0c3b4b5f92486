import Glibc

/// A regular file that is open for reading, and how it was when it was opened.
final class OpenFile: ByteSource {
  /// The file's name, for errors.
  let path: String
  let descriptor: Int32
  /// Bytes in the file.
  let count: Int
  private let modified: timespec
  /// Why bytes could not be read.
  private var failure: String?

  private static let changed = "it changed while it was read"

  /// - Throws: `AudioError.missing` or `.unreadable` (a folder, a pipe, no permission).
  init(_ path: String) throws(AudioError) {
    self.path = path
    // Not blocking, so that a pipe with a sound file's name cannot hang us.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
      throw .unreadable(path: path, reason: Self.systemReason(errno))
    }
    var status = stat()
    var reason: String?
    if fstat(descriptor, &status) != 0 {
      reason = Self.systemReason(errno)
    } else if status.st_mode & S_IFMT != S_IFREG {
      let folder = status.st_mode & S_IFMT == S_IFDIR
      reason = folder ? "it is a folder" : "it is not a regular file"
    }
    if let reason {
      close(descriptor)
      throw .unreadable(path: path, reason: reason)
    }
    self.descriptor = descriptor
    count = Int(status.st_size)
    modified = status.st_mtim
  }

  deinit { close(descriptor) }

  func copy(from offset: Int, into room: UnsafeMutableRawBufferPointer) {
    var filled = 0
    while filled < room.count, let base = room.baseAddress {
      let got = pread(descriptor, base + filled, room.count - filled, off_t(offset + filled))
      if got < 0, errno == EINTR { continue }
      if got <= 0 {
        failure = failure ?? (got < 0 ? Self.systemReason(errno) : Self.changed)
        (base + filled).initializeMemory(as: UInt8.self, repeating: 0, count: room.count - filled)
        return
      }
      filled += got
    }
  }

  /// - Throws: `AudioError.unreadable` if bytes could not be read, or somebody has written to
  ///   the file since it was opened.
  func check() throws(AudioError) {
    if let failure { throw .unreadable(path: path, reason: failure) }
    var now = stat()
    guard fstat(descriptor, &now) == 0, now.st_size == count,
      now.st_mtim.tv_sec == modified.tv_sec, now.st_mtim.tv_nsec == modified.tv_nsec
    else { throw .unreadable(path: path, reason: Self.changed) }
  }

  /// The system's words for an error number.
  static func systemReason(_ code: Int32) -> String {
    guard let words = strerror(code) else { return "error \(code)" }
    return String(cString: words)
  }
}
