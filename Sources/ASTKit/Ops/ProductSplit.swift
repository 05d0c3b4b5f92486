/// Where a matrix product is cut for the threads, so that every number of threads gives the
/// same bytes.
///
/// A BLAS kernel works on C in tiles, and code of its own handles the tiles at an edge; it adds
/// up in another order. A cut that moves an element to another kind of tile changes its last bit.
/// Rows are cut at multiples of `unit`, where every element keeps its tile. Columns have no such
/// places, so they are cut where the shape alone says.
struct ProductSplit {
  /// A multiple of the tile heights of OpenBLAS's kernels (4, 6, 12 and 24 rows of C).
  static let unit = 48
  /// OpenBLAS starts anew after some number of rows above this, which need not end a tile.
  private static let longestPiece = 192 * unit
  /// Multiply-adds below which another thread does not pay. Some kernels treat products below
  /// a million in another way, so no piece is smaller.
  static let leastWork = 1 << 20

  /// Rows of C in each piece, and columns.
  let rows: [Range<Int>], columns: [Range<Int>]
  var count: Int { rows.count * columns.count }

  /// - Parameters:
  ///   - m, n, k: rows and columns of C, and the inner size.
  ///   - threads: how many may share the product.
  ///   - cutsRowsFreely: whether cuts at multiples of `unit` keep every byte; without it the
  ///     rows are cut where the shape alone says.
  init(
    m: Int, n: Int, k: Int, threads: Int,
    cutsRowsFreely: Bool = ProductSplit.rowCutsKeepBytes
  ) {
    // Few rows are not enough for the threads; each piece packs them again, which is cheap.
    let columnPieces = m >= 8 * Self.unit ? 1 : max(1, min(n / 384, m * n * k / Self.leastWork))
    columns = Self.cut(n, into: columnPieces, unit: 16)
    let width = columns.map(\.count).min() ?? n
    let leastRows = max(1, (Self.leastWork + width * k - 1) / max(1, width * k))
    let leastUnits = (leastRows + Self.unit - 1) / Self.unit
    let units = m / Self.unit
    let useful = max(1, units / max(1, leastUnits))
    let wanted = cutsRowsFreely ? (threads + columnPieces - 1) / columnPieces : units / 12
    let least = (m + Self.longestPiece - 1) / Self.longestPiece
    rows = Self.cut(m, into: max(least, min(wanted, useful)), unit: Self.unit)
  }

  /// `0..<size` in at most `pieces` ranges that begin at multiples of `unit`; the last takes
  /// what is left over.
  private static func cut(_ size: Int, into pieces: Int, unit: Int) -> [Range<Int>] {
    let units = size / unit
    let pieces = max(1, min(pieces, units))
    return (0..<pieces).map { i in
      let end = i == pieces - 1 ? size : units * (i + 1) / pieces * unit
      return (units * i / pieces * unit)..<end
    }
  }

  /// Whether this processor's kernel gives a product the same bytes when its rows are cut at
  /// multiples of `unit`: tried once, on a product with tiles of every kind.
  static let rowCutsKeepBytes: Bool = {
    let (m, n, k) = (5 * unit + 7, 139, 541)
    var random = RandomSource(seed: 1)
    let a = (0..<m * k).map { _ in Float(random.uniform()) - 0.5 }
    let b = (0..<k * n).map { _ in Float(random.uniform()) - 0.5 }
    func product(cuts: [Int]) -> [UInt32] {
      var c = [Float](repeating: 0, count: m * n)
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          c.withUnsafeMutableBufferPointer { c in
            guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
              return
            }
            for (start, end) in zip(cuts, cuts.dropFirst()) {
              MatrixProduct.serial(
                m: end - start, n: n, k: k, a + start * k, lda: k, b, .transposed, ldb: k,
                into: c + start * n, ldc: n)
            }
          }
        }
      }
      return c.map(\.bitPattern)
    }
    return product(cuts: [0, m]) == product(cuts: [0, unit, 3 * unit, m])
  }()
}
