internal import CSndfile
import Glibc

/// Bytes in memory, read by libsndfile as if they were a file.
struct MemoryFile {
  let bytes: UnsafeRawBufferPointer
  var position = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The functions for `sf_open_virtual`; its user data is a pointer to a `MemoryFile`.
  static var callbacks: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { file(of: $0).map { sf_count_t($0.pointee.bytes.count) } ?? 0 },
      seek: { offset, origin, data in
        guard let file = file(of: data) else { return -1 }
        let start =
          switch origin {
          case SEEK_CUR: file.pointee.position
          case SEEK_END: file.pointee.bytes.count
          default: 0
          }
        let (target, overflow) = start.addingReportingOverflow(Int(offset))
        if overflow || target < 0 { return -1 }
        file.pointee.position = target
        return sf_count_t(target)
      },
      read: { destination, count, data in
        guard let file = file(of: data), let destination else { return 0 }
        let rest = file.pointee.bytes.count - file.pointee.position
        let length = min(max(0, rest), Int(count))
        guard length > 0, let base = file.pointee.bytes.baseAddress else { return 0 }
        destination.copyMemory(from: base + file.pointee.position, byteCount: length)
        file.pointee.position += length
        return sf_count_t(length)
      },
      write: { _, _, _ in 0 },
      tell: { file(of: $0).map { sf_count_t($0.pointee.position) } ?? -1 })
  }
}

private func file(of data: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<MemoryFile>? {
  data?.assumingMemoryBound(to: MemoryFile.self)
}
