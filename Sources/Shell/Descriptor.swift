import Glibc

/// Reading and writing by file descriptor, going on after signals and short counts.
enum Descriptor {
  /// Opens /dev/null in place of a standard stream that whoever started petl has closed: no
  /// file of ours then takes its number.
  ///
  /// In the wrong direction, so that using it is the error it was.
  static func occupyStandardStreams() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      // The lowest free number is this one.
      _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Writes all of `bytes`, waiting where the reader is slow; the `errno` of what went wrong.
  ///
  /// After a request to end petl, what nobody takes is given up: `EINTR`.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var start = 0
    while start < bytes.count {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      if poll(&waiting, 1, 200) == 0 {
        if Interrupts.endSignal != nil { return EINTR }
        continue
      }
      // A pipe that is ready takes as much without waiting.
      let end = min(bytes.count, start + 4096)
      let count = bytes[start..<end].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        start += count
      } else if errno != EINTR, errno != EAGAIN {
        return errno
      }
    }
    return nil
  }

  /// A pipe that a signal handler can write to, closed in programs that petl starts.
  static func pipe() -> (input: Int32, output: Int32)? {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // A pipe full of bytes must not stop a handler.
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    return (ends[0], ends[1])
  }

  /// Writes one byte to a pipe, from a signal handler too; without a pipe (-1) nothing.
  static func signal(_ byte: UInt8, to descriptor: Int32) {
    guard descriptor >= 0 else { return }
    // The code that was interrupted may be about to look at its own error.
    let error = errno
    var byte = byte
    _ = Glibc.write(descriptor, &byte, 1)
    errno = error
  }

  /// Whether there is something to read within the time.
  static func hasInput(_ descriptor: Int32, withinMilliseconds limit: Int32) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, limit) > 0
  }
}
