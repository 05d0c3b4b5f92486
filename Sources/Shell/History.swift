import ASTKit
import Glibc

/// The entries typed in this and earlier sessions, in a file that several sessions share.
///
/// The file is plain text, oldest first: an entry starts at the beginning of a line, and
/// each further line of the same entry starts with a tab.
final class History {
  /// Entries kept; older ones go when the file is read.
  static let capacity = 10_000
  /// Bytes of the file read at most; a file that grew beyond has lost its head.
  static let mostBytes = 8 << 20
  /// Bytes an entry may have; a pasted data file is not worth keeping.
  static let longestEntry = 1 << 16

  private(set) var entries: [String] = []
  /// Why the file cannot be used, told once; entries then live only in memory.
  private(set) var failure: String?
  private let path: String?

  init(path: String?) {
    self.path = path
    guard let path else { return }
    do {
      try load(path)
    } catch {
      failure = error.message
    }
  }

  /// Keeps `entry` and appends it to the file at once. Returns whether it was worth keeping:
  /// not blank, not started with a space, not the same as the last one.
  @discardableResult
  func add(_ entry: String) -> Bool {
    let trimmed = Self.trimmingEnd(entry)
    guard let first = trimmed.first, !first.isWhitespace, trimmed != entries.last,
      trimmed.utf8.count <= Self.longestEntry
    else { return false }
    entries.append(trimmed)
    if let path, failure == nil {
      do {
        try append(Self.encode(trimmed), to: path)
      } catch {
        failure = error.message
      }
    }
    return true
  }

  /// The text of the file for one entry.
  static func encode(_ entry: String) -> String {
    lines(entry).joined(separator: "\n\t") + "\n"
  }

  /// The entries of a file's text.
  static func decode(_ text: String) -> [String] {
    var entries: [String] = []
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if line.first == "\t", let last = entries.popLast() {
        entries.append(last + "\n" + line.dropFirst())
      } else if !line.isEmpty {
        entries.append(String(line))
      }
    }
    return entries
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  private static func trimmingEnd(_ text: String) -> String {
    guard let end = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(text[...end])
  }
}

/// Why the history file cannot be used.
enum HistoryError: Error {
  case system(verb: String, path: String, code: Int32)
  /// A device or a pipe, which keeps nothing.
  case notRegular(path: String)

  var message: String {
    switch self {
    case .notRegular(let path):
      "cannot use the history file '\(path)': it is a device or pipe, expected a file"
    case .system(let verb, let path, let code):
      "cannot \(verb) the history file '\(path)': \(String(cString: strerror(code)))"
    }
  }
}

// MARK: - The file

extension History {
  private func load(_ path: String) throws(HistoryError) {
    // Opening a pipe must not wait for somebody to write to it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    if descriptor < 0 {
      if errno == ENOENT { return }
      throw .system(verb: "read", path: path, code: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system(verb: "read", path: path, code: errno)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .system(verb: "read", path: path, code: EISDIR)
    default: throw .notRegular(path: path)
    }
    // Shared with every other session; none may replace the file while it is read.
    flock(descriptor, LOCK_EX)
    guard fstat(descriptor, &status) == 0 else {
      throw .system(verb: "read", path: path, code: errno)
    }
    // What was typed is nobody else's business, whoever made the file.
    if status.st_mode & 0o077 != 0 { fchmod(descriptor, 0o600) }
    let size = Int(status.st_size)
    let start = max(0, size - Self.mostBytes)
    var text = String(decoding: try read(descriptor, path, from: start), as: UTF8.self)
    if start > 0, let firstEnd = text.firstIndex(of: "\n") {
      text = String(text[text.index(after: firstEnd)...])
    }
    let all = Self.decode(text)
    entries = Array(all.suffix(Self.capacity))
    // Rewritten only when well over, so that not every start writes a file.
    if start > 0 || all.count > Self.capacity + Self.capacity / 10 { replace(path) }
  }

  private func read(
    _ descriptor: Int32, _ path: String, from start: Int
  ) throws(HistoryError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < Self.mostBytes {
      let count = pread(descriptor, &chunk, chunk.count, off_t(start + bytes.count))
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(verb: "read", path: path, code: errno)
      }
      bytes.append(contentsOf: chunk[..<count])
    }
    return bytes
  }

  /// Puts the entries of memory in place of the file. Called with the file locked; a failure
  /// leaves the longer file, which is no loss.
  private func replace(_ path: String) {
    try? AtomicFile.write(path, text: entries.map(Self.encode).joined())
  }

  private func append(_ text: String, to path: String) throws(HistoryError) {
    let descriptor = try openForAppending(path)
    defer { close(descriptor) }
    var bytes = Array(text.utf8)
    // A session that died while writing must not glue its last entry to ours.
    var last: UInt8 = 0
    let end = lseek(descriptor, 0, SEEK_END)
    if end > 0, pread(descriptor, &last, 1, end - 1) == 1, last != UInt8(ascii: "\n") {
      bytes.insert(UInt8(ascii: "\n"), at: 0)
    }
    if let code = Descriptor.write(bytes, to: descriptor) {
      throw .system(verb: "write", path: path, code: code)
    }
  }

  /// The file, locked, and still the one that `path` names.
  private func openForAppending(_ path: String) throws(HistoryError) -> Int32 {
    PrivateFolder.make(PathBytes.parent(of: path))
    for _ in 0..<10 {
      let descriptor = open(
        path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o600)
      if descriptor < 0 { throw .system(verb: "write", path: path, code: errno) }
      var opened = stat()
      if fstat(descriptor, &opened) == 0, opened.st_mode & S_IFMT != S_IFREG {
        close(descriptor)
        throw .notRegular(path: path)
      }
      flock(descriptor, LOCK_EX)
      // Another session may have shortened the history between `open` and `flock`.
      var named = stat()
      if fstat(descriptor, &opened) == 0, stat(path, &named) == 0,
        opened.st_ino == named.st_ino, opened.st_dev == named.st_dev
      {
        return descriptor
      }
      close(descriptor)
    }
    throw .system(verb: "write", path: path, code: EBUSY)
  }
}
