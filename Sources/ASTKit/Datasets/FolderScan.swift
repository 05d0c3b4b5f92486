import Glibc

/// A walk through a folder, collecting sound files by their path below it, and what it had to
/// leave out.
struct FolderScan {
  private let extensions: Set<String>
  /// The level of folders that are classes; `nil` for those that hold the files.
  private let label: Int?
  private let interrupt: InterruptFlag?
  private(set) var found: [String] = []
  /// Files of all other endings.
  private(set) var others = 0
  /// What cannot be looked at.
  private(set) var unusable: [UnusableFile] = []
  /// Folders that would be classes and have no sound file.
  private(set) var silent: [String] = []
  private var left: [PassedOver.Reason: PassedOver] = [:]
  private var visited: Set<Identity> = []
  /// The folders the walk is in now, which a link may lead back to.
  private var open: Set<Identity> = []

  private struct Identity: Hashable {
    let device: UInt, inode: UInt

    init(_ status: stat) { (device, inode) = (UInt(status.st_dev), UInt(status.st_ino)) }
  }

  /// What one folder holds.
  private struct Tally {
    /// Sound files, those of folders below counted.
    var sounds = 0, soundsBelow = 0
    /// Files left out that may be sound.
    var lost = 0, lostBelow = 0
    /// Entries of any kind but hidden ones, and files.
    var entries = 0, filesBelow = 0
  }

  private struct Name {
    /// The name, with a sign in the place of what is not UTF-8.
    let text: String
    let isText: Bool
    let kind: UInt8
  }

  /// Why a folder cannot be listed.
  private struct Unreadable: Error {
    let reason: String

    init(code: Int32) { reason = FileBytes.systemReason(code) }
  }

  init(extensions: Set<String>, label: Int?, interrupt: InterruptFlag?) {
    self.extensions = extensions
    self.label = label
    self.interrupt = interrupt
  }

  /// Files left out, the most frequent reason first.
  var passedOver: [PassedOver] {
    left.values.sorted {
      $0.count != $1.count ? $0.count > $1.count : ExactName($0.example) < ExactName($1.example)
    }
  }

  /// - Throws: `DatasetError.missing`, `.notFolder` or `.unreadable` for the folder itself,
  ///   `EngineError.interrupted`.
  mutating func visitRoot(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let missing = errno == ENOENT || errno == ENOTDIR
      throw missing
        ? DatasetError.missing(path: path)
        : .unreadable(path: path, reason: FileBytes.systemReason(errno))
    }
    guard isFolder(status) else { throw DatasetError.notFolder(path: path) }
    _ = try visit(path, below: "", depth: 0, status)
  }

  private mutating func visit(
    _ path: String, below prefix: String, depth: Int, _ status: stat
  ) throws -> Tally {
    try interrupt?.check()
    let identity = Identity(status)
    var tally = Tally()
    guard visited.insert(identity).inserted else {
      // Back to a folder above: nothing is lost, all of it is read there.
      if open.contains(identity) { return Tally(entries: 1, filesBelow: 1) }
      leaveOut(.linkToFolderRead, Self.folder(prefix))
      tally.lost = 1
      close(tally, prefix, depth)
      return tally
    }
    open.insert(identity)
    defer { open.remove(identity) }
    let names: [Name]
    do throws(Unreadable) {
      names = try self.names(in: path)
    } catch {
      if depth == 0 { throw DatasetError.unreadable(path: path, reason: error.reason) }
      refuse(Self.folder(prefix), folder: true, error.reason, &tally)
      return tally
    }
    for name in names {
      try take(name, at: FolderScan.join(path, name.text), prefix, depth, &tally)
    }
    close(tally, prefix, depth)
    return tally
  }

  private mutating func take(
    _ name: Name, at path: String, _ prefix: String, _ depth: Int, _ tally: inout Tally
  ) throws {
    let below = prefix + name.text
    tally.entries += 1
    guard name.isText else {
      let isFolder = name.kind == UInt8(DT_DIR)
      if !isFolder, !isSound(name.text) { return passOver(below, &tally) }
      return refuse(
        below, folder: isFolder, "the name is not UTF-8 text; rename it (convmv does)", &tally)
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      let code = errno
      if isSound(name.text), code == ENOENT || code == ELOOP || name.kind == UInt8(DT_REG) {
        // What is wrong with it is told when it is read.
        return collect(below, &tally)
      }
      if code == ENOENT || code == ELOOP {
        leaveOut(.deadLink, below)
        tally.lost += 1
      } else if name.kind == UInt8(DT_REG) {
        passOver(below, &tally)
      } else {
        refuse(below, folder: name.kind == UInt8(DT_DIR), FileBytes.systemReason(code), &tally)
      }
      return
    }
    if isFolder(status) {
      let inner = try visit(path, below: below + "/", depth: depth + 1, status)
      tally.soundsBelow += inner.sounds + inner.soundsBelow
      tally.lostBelow += inner.lost + inner.lostBelow
      tally.filesBelow += inner.filesBelow
    } else if isSound(name.text) {
      collect(below, &tally)
    } else {
      passOver(below, &tally)
    }
  }

  private mutating func collect(_ name: String, _ tally: inout Tally) {
    found.append(name)
    tally.sounds += 1
    tally.filesBelow += 1
  }

  private mutating func passOver(_ name: String, _ tally: inout Tally) {
    others += 1
    tally.filesBelow += 1
    let ending = PathBytes.ending(of: name).lowercased()
    if PassedOver.companions.contains(ending) { return }
    leaveOut(.ending(ending), name)
    tally.lost += 1
  }

  private mutating func refuse(
    _ name: String, folder: Bool, _ reason: String, _ tally: inout Tally
  ) {
    let reason = folder ? "the folder cannot be read: \(reason)" : "cannot be read: \(reason)"
    unusable.append(UnusableFile(name: name, reason: reason))
    // Named already, so it is no class that is lost in silence.
    tally.sounds += 1
    tally.filesBelow += 1
  }

  private mutating func leaveOut(_ reason: PassedOver.Reason, _ example: String) {
    left[reason, default: PassedOver(reason: reason, count: 0, example: example)].count += 1
  }

  /// Remembers a folder that would be a class and gives no clip. Folders that hold only what
  /// goes with sound, such as pictures, are none.
  private mutating func close(_ tally: Tally, _ prefix: String, _ depth: Int) {
    guard depth > 0, label == nil || label == depth else { return }
    let (sounds, lost, isEmpty) =
      label == nil
      ? (tally.sounds, tally.lost, tally.entries == 0)
      : (tally.sounds + tally.soundsBelow, tally.lost + tally.lostBelow, tally.filesBelow == 0)
    if sounds == 0, lost > 0 || isEmpty { silent.append(Self.folder(prefix)) }
  }

  private func isSound(_ name: String) -> Bool {
    extensions.contains(PathBytes.ending(of: name).lowercased())
  }

  /// Sorted, so that of two links to one folder the same one is followed everywhere.
  private func names(in path: String) throws(Unreadable) -> [Name] {
    guard let folder = opendir(path) else { throw Unreadable(code: errno) }
    defer { closedir(folder) }
    var names: [Name] = []
    while true {
      errno = 0
      guard let entry = readdir(folder) else { break }
      let kind = entry.pointee.d_type
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) {
          Name(
            text: String(cString: $0), isText: String(validatingCString: $0) != nil, kind: kind)
        }
      }
      if !FolderScan.isHidden(name.text) { names.append(name) }
    }
    if errno != 0 { throw Unreadable(code: errno) }
    return names.sorted { ExactName($0.text) < ExactName($1.text) }
  }

  /// The folder that names with this prefix lie in.
  private static func folder(_ prefix: String) -> String {
    String(decoding: prefix.utf8.dropLast(), as: UTF8.self)
  }

  /// A point in front hides; archives made by macOS add a folder of what hides there.
  private static func isHidden(_ name: String) -> Bool {
    name.utf8.first == UInt8(ascii: ".") || name == "__MACOSX"
  }

  /// The path of what is called `name` in `folder`.
  static func join(_ folder: String, _ name: String) -> String {
    folder.utf8.last == UInt8(ascii: "/") ? folder + name : "\(folder)/\(name)"
  }

  private func isFolder(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }
}
