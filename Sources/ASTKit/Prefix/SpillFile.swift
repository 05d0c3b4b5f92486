import Glibc

/// Room on a disk for what memory has no room for: a file without a name, which goes with the
/// process.
///
/// It is read and written, not mapped: what a disk refuses is an answer then, and no signal.
final class SpillFile {
  private let descriptor: Int32
  /// Bytes it may grow to.
  let limit: Int
  /// Bytes written so far, which is where the next ones go.
  private(set) var end = 0

  /// A file in a folder, which is made where it is missing; `nil` where there can be none.
  ///
  /// It may take half of what is free.
  init?(in folder: String) {
    PrivateFolder.make(folder)
    descriptor = Disk.createUnnamed(in: folder, mode: 0o600)
    var disk = statvfs()
    guard descriptor >= 0, fstatvfs(descriptor, &disk) == 0 else {
      if descriptor >= 0 { close(descriptor) }
      return nil
    }
    limit = Int(clamping: disk.f_bavail) / 2 * Int(clamping: disk.f_frsize)
  }

  deinit { close(descriptor) }

  /// Adds bytes at the end; where they are, or `nil` where the disk does not take them.
  func append(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, end + bytes.count <= limit else { return nil }
    let place = end
    guard Self.all(bytes.count, { pwrite(descriptor, base + $0, bytes.count - $0, place + $0) })
    else { return nil }
    end = place + bytes.count
    return place
  }

  /// Reads bytes back; `false` where the disk does not give them.
  func read(_ bytes: UnsafeMutableRawBufferPointer, at place: Int) -> Bool {
    guard let base = bytes.baseAddress else { return bytes.isEmpty }
    return Self.all(bytes.count) { pread(descriptor, base + $0, bytes.count - $0, place + $0) }
  }

  /// Calls `transfer` with what is done until all is.
  private static func all(_ count: Int, _ transfer: (Int) -> Int) -> Bool {
    var done = 0
    while done < count {
      let moved = transfer(done)
      if moved < 0, errno == EINTR { continue }
      guard moved > 0 else { return false }
      done += moved
    }
    return true
  }
}
