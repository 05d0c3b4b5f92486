import Glibc

/// Reads a whole regular file into memory.
///
/// A sound file is read once: what is hashed for the cache is then exactly what is decoded,
/// even if somebody replaces the file meanwhile.
enum FileBytes {
  /// What fits a WAV file; a mistake, or a file of holes, must not exhaust the memory.
  private static let largest = 1 << 32

  /// - Throws: `AudioError.missing` or `.unreadable` (a folder, a pipe, no permission, a file that
  ///   somebody writes at the same time).
  static func read(_ path: String) throws(AudioError) -> [UInt8] {
    // Not blocking, so that a pipe with a sound file's name cannot hang us.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
      throw .unreadable(path: path, reason: systemReason(errno))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: systemReason(errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let folder = status.st_mode & S_IFMT == S_IFDIR
      throw .unreadable(path: path, reason: folder ? "it is a folder" : "it is not a regular file")
    }
    let size = Int(status.st_size)
    if size > largest {
      throw .unreadable(
        path: path, reason: "it has \(size >> 20) MB, at most \(largest >> 20) are read")
    }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size, let base = buffer.baseAddress {
        let got = Glibc.read(descriptor, base + count, size - count)
        if got < 0 {
          if errno == EINTR { continue }
          failure = errno
        }
        if got <= 0 { return }
        count += got
      }
    }
    if failure != 0 { throw .unreadable(path: path, reason: systemReason(failure)) }
    var after = stat()
    guard bytes.count == size, fstat(descriptor, &after) == 0, after.st_size == status.st_size,
      after.st_mtim.tv_sec == status.st_mtim.tv_sec,
      after.st_mtim.tv_nsec == status.st_mtim.tv_nsec
    else { throw .unreadable(path: path, reason: "it changed while it was read") }
    return bytes
  }

  /// The system's words for an error number.
  static func systemReason(_ code: Int32) -> String {
    guard let words = strerror(code) else { return "error \(code)" }
    return String(cString: words)
  }
}
