import Glibc

/// Reads a whole regular file into memory.
///
/// A clip is read once: what is hashed for the cache is then exactly what is decoded, even if
/// somebody replaces the file meanwhile.
enum FileBytes {
  /// What the longest sound needs that is taken, in the widest samples, and room for tags; a
  /// mistake, or a file of holes, must not exhaust the memory.
  private static let largest = AudioFile.mostSamples * MemoryLayout<Double>.stride + 1 << 26

  /// Files above this are asked for their header before they are read.
  private static let large = 1 << 26

  /// - Throws: `AudioError.missing` or `.unreadable` (a folder, a pipe, no permission, a file that
  ///   somebody writes at the same time).
  static func read(_ path: String) throws(AudioError) -> [UInt8] {
    try read(OpenFile(path))
  }

  /// Reads a sound file.
  /// - Throws: also `AudioError.tooLong`, before memory is asked for.
  static func sound(_ path: String) throws(AudioError) -> [UInt8] {
    let file = try OpenFile(path)
    if large < file.count, file.count <= largest { try SndfileHeader.checkLength(file) }
    return try read(file)
  }

  private static func read(_ file: OpenFile) throws(AudioError) -> [UInt8] {
    if file.count > largest {
      throw .unreadable(
        path: file.path, reason: "it has \(file.count >> 20) MB, at most \(largest >> 20) are read")
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: file.count) { buffer, count in
      file.copy(from: 0, into: UnsafeMutableRawBufferPointer(buffer))
      count = file.count
    }
    try file.check()
    return bytes
  }

  /// The system's words for an error number.
  static func systemReason(_ code: Int32) -> String { OpenFile.systemReason(code) }
}
