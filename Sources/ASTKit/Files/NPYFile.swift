/// Matrices in numpy's format, version 1.0: a line of Python that says type and shape, then the
/// numbers.
///
/// Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
public enum NPYFile {
  /// Writes rows `[rows, columns]` of 32-bit floats, little-endian.
  /// - Throws: `FileError`
  public static func write(_ values: [Float], columns: Int, to path: String) throws {
    let rows = columns > 0 ? values.count / columns : 0
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
    // The numbers begin at a multiple of 64 bytes.
    let start = 10 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - start % 64) % 64) + "\n"
    let length = UInt16(clamping: header.utf8.count)
    let magic: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    try AtomicFile.write(path) { sink in
      try sink.write(magic)
      try sink.write(header)
      try values.withUnsafeBytes { try sink.write($0) }
    }
  }
}
