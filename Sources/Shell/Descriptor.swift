import Glibc

/// Reading and writing by file descriptor, going on after signals and short counts.
enum Descriptor {
  /// Writes all of `bytes`, waiting where the reader is slow; the `errno` of what went wrong.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        start += count
        continue
      }
      let error = errno
      switch error {
      case EINTR: continue
      case EAGAIN:
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, 1000)
      default: return error
      }
    }
    return nil
  }

  /// Whether there is something to read within the time.
  static func hasInput(_ descriptor: Int32, withinMilliseconds limit: Int32) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, limit) > 0
  }
}
