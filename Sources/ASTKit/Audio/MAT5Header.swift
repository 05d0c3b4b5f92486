/// MATLAB 5 as libsndfile reads it: a matrix with the sampling rate, and one with the samples.
enum MAT5Header {
  static func claim(_ bytes: SoundBytes) -> SampleClaim? {
    // Two letters written as one number tell the order of bytes.
    let big = bytes.has("MI", at: 126)
    guard let rate = matrix(bytes, at: 128, big) else { return nil }
    var samples = rate
    if rate.rows == 1, rate.columns == 1 {
      // A small value stands in the place of its length.
      let isSmall = rate.kind >> 16 != 0
      guard
        let next = matrix(bytes, at: rate.start + (isSmall ? 0 : padded(rate.length)), big)
      else { return nil }
      samples = next
    }
    let widths = [1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8]
    guard let width = widths[samples.kind] else { return nil }
    let (count, overflow) = samples.rows.multipliedReportingOverflow(by: samples.columns)
    return SampleClaim(
      start: samples.start,
      bytes: overflow || count == 0
        ? nil : count.multipliedReportingOverflow(by: width).partialValue)
  }

  private struct Matrix {
    var rows: Int, columns: Int, kind: Int, length: Int, start: Int
  }

  /// Array, flags, dimensions, name, and the kind and length of the values.
  private static func matrix(_ bytes: SoundBytes, at start: Int, _ big: Bool) -> Matrix? {
    guard let rows = bytes.int(start + 32, bigEndian: big),
      let columns = bytes.int(start + 36, bigEndian: big),
      let name = bytes.int(start + 40, bigEndian: big)
    else { return nil }
    var at = start + 48
    if name >> 16 == 0 {
      guard let length = bytes.int(start + 44, bigEndian: big) else { return nil }
      at += padded(length)
    }
    guard let kind = bytes.int(at, bigEndian: big), let length = bytes.int(at + 4, bigEndian: big)
    else { return nil }
    return Matrix(rows: rows, columns: columns, kind: kind, length: length, start: at + 8)
  }

  private static func padded(_ length: Int) -> Int { (length + 7) / 8 * 8 }
}
