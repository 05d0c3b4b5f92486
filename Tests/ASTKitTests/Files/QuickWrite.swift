import Foundation

/// Writes a file without waiting for the disk as `AtomicFile` does, for tests that need
/// thousands of files. Removed first, because some file systems wait when one is shortened.
func writeQuickly(_ bytes: [UInt8], to path: String) throws {
  unlink(path)
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}
