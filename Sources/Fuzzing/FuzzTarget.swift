/// What a reader is given: one file, the files of a folder, or a text.
package struct FuzzInput: Sendable {
  package var files: [(name: String, bytes: [UInt8])]

  package init(_ files: [(name: String, bytes: [UInt8])]) { self.files = files }
  package init(_ name: String, _ bytes: [UInt8]) { files = [(name, bytes)] }

  /// The only file's bytes as text, for the readers of text.
  package var text: String { String(decoding: files.first?.bytes ?? [], as: UTF8.self) }
}

/// One reader under attack. It makes its own valid files, changes them, and reads the result
/// as petl would.
package protocol FuzzTarget: AnyObject {
  /// What `--target` calls it.
  static var name: String { get }
  /// What is read, in a few words.
  static var summary: String { get }

  /// Makes the valid files.
  /// - Parameter scratch: a folder of its own for what must lie on disk.
  init(_ scratch: Scratch) throws

  /// How many valid inputs there are: input `number` below it is one of them, unchanged.
  var validCount: Int { get }

  /// The input of this number; what it holds depends on the arguments alone.
  func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput

  /// Reads an input and returns a digest of what was read: reading it again gives the same.
  /// - Throws: what the reader throws, or `BrokenPromise`.
  func read(_ input: FuzzInput) throws -> Int

  /// What must be true of the valid inputs beyond their being read.
  /// - Throws: `BrokenPromise`.
  func checkValid() throws
}

extension FuzzTarget {
  package func checkValid() throws {}
}

/// Something that a reader must keep to whatever its input is, and did not.
package struct BrokenPromise: Error {
  package var what: String
  package init(_ what: String) { self.what = what }
}
