internal import CSndfile
import Glibc

/// Bytes that libsndfile reads as if they were a file, wherever they come from.
final class VirtualFile {
  fileprivate let bytes: SoundBytes
  fileprivate var position = 0

  init(_ bytes: SoundBytes) { self.bytes = bytes }

  /// The functions for `sf_open_virtual`; its user data is an unretained `VirtualFile`.
  static var callbacks: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { file(of: $0).map { sf_count_t($0.bytes.count) } ?? 0 },
      seek: { offset, origin, data in
        file(of: data).map { sf_count_t($0.seek(Int(offset), from: origin)) } ?? -1
      },
      read: { destination, count, data in
        guard let file = file(of: data), let destination, count > 0 else { return 0 }
        let room = UnsafeMutableRawBufferPointer(start: destination, count: Int(count))
        return sf_count_t(file.read(into: room))
      },
      write: { _, _, _ in 0 },
      tell: { file(of: $0).map { sf_count_t($0.position) } ?? -1 })
  }

  fileprivate func seek(_ offset: Int, from origin: Int32) -> Int {
    let start =
      switch origin {
      case SEEK_CUR: position
      case SEEK_END: bytes.count
      default: 0
      }
    let (target, overflow) = start.addingReportingOverflow(offset)
    if overflow || target < 0 { return -1 }
    position = target
    return target
  }

  fileprivate func read(into room: UnsafeMutableRawBufferPointer) -> Int {
    let length = bytes.copy(from: position, into: room)
    position += length
    return length
  }
}

private func file(of data: UnsafeMutableRawPointer?) -> VirtualFile? {
  data.map { Unmanaged<VirtualFile>.fromOpaque($0).takeUnretainedValue() }
}
