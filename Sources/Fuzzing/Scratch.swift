import ASTKit
import Foundation

/// A folder in memory for the files of one process; it goes with the object.
package final class Scratch {
  package let folder: String
  /// Whether the process works in an empty folder of it and can start no program; a script may
  /// then write there.
  package private(set) var isConfined = false

  /// - Throws: `BrokenPromise` when the folder cannot be made.
  package init() throws {
    let number = UInt32.random(in: 0...UInt32.max)
    folder = "\(Self.parent)/\(Self.prefix(getpid()))\(number)"
    guard mkdir(folder, 0o700) == 0 else {
      throw BrokenPromise("the folder '\(folder)' cannot be made")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private static var parent: String {
    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory()
  }

  private static func prefix(_ process: pid_t) -> String { "petl-fuzz-\(process)-" }

  /// Removes what a process left behind that could not do it itself.
  package static func remove(leftBy process: pid_t) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix(prefix(process)) {
      try? FileManager.default.removeItem(atPath: "\(parent)/\(name)")
    }
  }

  /// Makes this process harmless to the rest of the machine.
  /// - Throws: `BrokenPromise` when there is no folder to work in.
  package func confine() throws {
    let work = makeFolder("work")
    guard chdir(work) == 0 else { throw BrokenPromise("'\(work)' cannot be entered") }
    // gnuplot would also take a process for each figure.
    setenv("PATH", work, 1)
    setenv("HOME", work, 1)
    // Small inputs on several threads only wait for each other.
    Threads.count = 1
    isConfined = true
  }

  package func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Makes a folder in it; its path.
  package func makeFolder(_ name: String) -> String {
    try? FileManager.default.createDirectory(
      atPath: path(name), withIntermediateDirectories: true)
    return path(name)
  }

  /// Writes a file in place of an older one; its path. Called for every input, so without the
  /// care that a file worth keeping needs.
  /// - Throws: `BrokenPromise` when there is no room.
  @discardableResult
  package func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = path(name)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    guard descriptor >= 0,
      bytes.withUnsafeBytes({ Foundation.write(descriptor, $0.baseAddress, $0.count) })
        == bytes.count
    else { throw BrokenPromise("'\(path)' cannot be written: \(String(cString: strerror(errno)))") }
    return path
  }

  /// Writes a file and makes the folders it lies in.
  /// - Throws: `BrokenPromise` when there is no room.
  package func write(_ name: String, makingFolders bytes: [UInt8]) throws {
    _ = makeFolder(name.split(separator: "/").dropLast().joined(separator: "/"))
    try write(name, bytes)
  }

  /// Writes the files of an input to a folder that holds nothing else; the folder's path.
  /// - Throws: `BrokenPromise` when there is no room.
  package func write(_ input: FuzzInput, to name: String) throws -> String {
    let folder = makeFolder(name)
    for file in input.files { try write("\(name)/\(file.name)", file.bytes) }
    return folder
  }

  /// Takes away the files in a folder of it.
  package func empty(_ name: String) {
    for file in (try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? [] {
      unlink(path("\(name)/\(file)"))
    }
  }

  /// Reads a file back, such as one that petl wrote.
  package func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }
}
