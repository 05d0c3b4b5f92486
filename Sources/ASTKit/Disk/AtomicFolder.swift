import Glibc

/// Writes several files of a folder as one: at every moment a reader, a crash or a power cut
/// sees all of the older ones or all of the new ones, and everything else in the folder stays.
///
/// The files are written in full first. A folder like the old one is then made beside it, with
/// the new files and hard links to all else, and takes its name in one step (`renameat2`).
///
/// Where that cannot be (another file system's ways, a folder that some process works in, a
/// mount point, a parent that may not be written, more than 10,000 entries), the files are
/// renamed into the folder one after the other, which leaves a mixture if the power goes just
/// then; what they hold has to tell (`SaveMark`).
public enum AtomicFolder {
  /// A file of the folder.
  public struct File {
    /// Its name, without slashes.
    let name: String
    /// What it will hold.
    let body: ((FileSink) throws -> Void)?

    /// A file that holds what `body` sends to the sink.
    public init(_ name: String, _ body: @escaping (FileSink) throws -> Void) {
      self.name = name
      self.body = body
    }

    /// A file that is not in the folder afterwards.
    public static func absent(_ name: String) -> File { File(absent: name) }

    private init(absent name: String) {
      self.name = name
      body = nil
    }
  }

  /// Writes the files; a folder that is not there is made, with those it lies in.
  ///
  /// A symbolic link to the folder stays one. In the folder a link of a file's name is replaced
  /// by the file; what it led to stays as it is. Rights are kept as `AtomicFile` keeps them.
  /// - Throws: `FileError` with the path and the system's reason, `FileError.protected` for a
  ///   folder or file that is not to be written, or whatever a `body` throws; then all is as it
  ///   was before.
  public static func write(_ path: String, _ files: [File]) throws {
    _ = AtomicFile.ignoreFileSizeSignal
    if let folder = try Disk.realPath(path) { return try replace(folder, files, as: path) }
    if try !create(path, files), let folder = try Disk.realPath(path) {
      // Somebody else made it meanwhile.
      try replace(folder, files, as: path)
    }
  }

  // MARK: - A new folder

  /// - Returns: whether the name was free.
  private static func create(_ path: String, _ files: [File]) throws -> Bool {
    let (parent, name) = (PathBytes.parent(of: path), PathBytes.lastComponent(of: path))
    let target = "\(parent)/\(name)"
    let made = try makeFolders(parent, as: path)
    do {
      Leftovers.remove(in: parent)
      let save = try FolderSave(files, to: path, in: parent, old: nil)
      defer { save.discard() }
      guard
        let hidden = HiddenFolder(
          in: parent, beside: nil, kind: save.kind(target), mode: 0o777)
      else { throw FileError.lastFailure(path) }
      defer { hidden.remove() }
      try save.place(in: hidden.path, isNew: true)
      fsync(hidden.descriptor)
      if Disk.renameNew(hidden.path, target) != 0 {
        if errno == EEXIST { return false }
        // Without the call, an empty folder may be replaced, which loses nothing.
        guard errno == EINVAL || errno == ENOSYS, Disk.rename(hidden.path, target) == 0 else {
          throw FileError.lastFailure(path)
        }
      }
    } catch {
      for folder in made.reversed() { _ = Disk.remove(folder, isFolder: true) }
      throw error
    }
    for folder in [parent] + made.map(PathBytes.parent(of:)) { AtomicFile.syncFolder(folder) }
    return true
  }

  /// Makes a folder and those it lies in.
  /// - Returns: those that were not there, the outermost first.
  private static func makeFolders(_ path: String, as shown: String) throws(FileError) -> [String] {
    if let status = Disk.status(path) {
      guard status.isFolder else { throw .notAFolder(path: path) }
      return []
    }
    var made = try makeFolders(PathBytes.parent(of: path), as: shown)
    if Disk.makeFolder(path, mode: 0o777) == 0 {
      made.append(path)
    } else if errno != EEXIST {
      let error = FileError.lastFailure(shown)
      for folder in made.reversed() { _ = Disk.remove(folder, isFolder: true) }
      throw error
    }
    return made
  }

  // MARK: - A folder that is there

  private static func replace(_ folder: String, _ files: [File], as path: String) throws {
    let lock = try FolderLock(folder, as: path)
    defer { withExtendedLifetime(lock) {} }
    let (descriptor, status) = (lock.descriptor, lock.status)
    try FileAttributes.checkWritable(folder, status, as: path)
    let save = try FolderSave(files, to: path, in: folder, old: descriptor)
    defer { save.discard() }

    let parent = PathBytes.parent(of: folder)
    let kind = save.kind(folder)
    Leftovers.remove(in: folder)
    Leftovers.remove(in: parent) { left, status, note in
      HiddenFolder.isUnfinished(status, note)
        || HiddenFolder.isOf(kind: kind, note)
          && FolderMirror.bring(from: left, to: descriptor, except: save.names)
    }
    guard lock.isHeld, FolderUse.isFree(folder),
      let hidden = HiddenFolder(in: parent, beside: status, kind: kind, mode: 0o700)
    else { return try save.placeSingly(in: folder) }

    var isNeeded = false
    defer { if !isNeeded { hidden.remove() } }
    guard
      FolderMirror.link(
        from: descriptor, to: hidden.descriptor, except: save.names.union(save.ownNames)),
      FileAttributes.copy(status, at: folder, open: descriptor, to: hidden.descriptor)
    else { return try save.placeSingly(in: folder) }
    try save.place(in: hidden.path, isNew: true)
    fsync(hidden.descriptor)
    guard Disk.exchange(hidden.path, folder) == 0 else {
      return try save.placeSingly(in: folder)
    }
    AtomicFile.syncFolder(parent)
    isNeeded = !FolderMirror.bring(
      from: descriptor, to: hidden.descriptor, except: save.names.union(save.ownNames))
  }
}
