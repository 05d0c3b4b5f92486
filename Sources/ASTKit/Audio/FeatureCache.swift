import Foundation
import Glibc
import Synchronization

/// Log-mel spectrograms on disk, so that a second run starts at once.
///
/// Design
/// - One file a clip, under `$XDG_CACHE_HOME/petl/features` (`~/.cache/petl/features`), named
///   after the hash and length of the sound file's *contents* and the settings that shape a
///   spectrogram. A changed file or setting has another name, so nothing can be stale; a
///   renamed or copied file, or one used in two data sets, is not decoded again.
/// - Kept before padding and normalisation: other `frames`, `mean` or `std` cost nothing.
/// - Written to a temporary name and renamed; several processes may write the same file, with
///   the same bytes. Not fsynced: after a power cut a torn file fails its checksum, is taken
///   for absent and written anew, and thousands of fsyncs would cost more than the decoding.
/// - A folder that cannot be written, or a full disk, means work without a cache.
/// - It only grows; the folder is safe to delete at any time.
///
/// File: `PETLFB01`, frames and bins (UInt32), seconds (Double), XXH64 of all the rest
/// (UInt64), the values (Float32); little-endian.
public struct FeatureCache: Sendable {
  /// Where the files are; `nil` works without a cache.
  public let folder: String?

  /// A cache in this folder, which need not exist yet.
  public init(folder: String?) { self.folder = folder }

  /// No cache: everything is computed each time.
  public static let none = FeatureCache(folder: nil)

  /// The user's cache, as the XDG variables say.
  public static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> FeatureCache {
    // The XDG specification wants relative paths ignored.
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") {
      return FeatureCache(folder: base + "/petl/features")
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return .none }
    return FeatureCache(folder: home + "/.cache/petl/features")
  }

  /// Identifies one clip's spectrogram.
  struct Key: Hashable {
    let name: String

    /// Raised when the same settings begin to give other numbers.
    private static let pipeline = 2

    init(contents: [UInt8], settings: FeatureSettings) {
      let hash = String(ContentHash.of(contents), radix: 16)
      let size = String(contents.count, radix: 16)
      name = "\(hash)-\(size)-\(settings.sampleRate)-\(settings.melBins)-v\(Key.pipeline)"
    }
  }

  private static let magic = Array("PETLFB01".utf8)
  private static let headerLength = 32
  private static let writes = Atomic<Int>(0)
  /// Past a file size limit the write shall fail, not the process.
  private static let ignoreFileSizeSignal: Void = { _ = signal(SIGXFSZ, SIG_IGN) }()

  private func path(_ key: Key) -> String? {
    // Folders by the first two digits keep each of them small.
    folder.map { "\($0)/\(key.name.prefix(2))/\(key.name).logmel" }
  }

  /// The spectrogram kept for `key`; `nil` if there is none or it is damaged.
  func read(_ key: Key, melBins: Int) -> LogMel? {
    guard let path = path(key), let bytes = try? FileBytes.read(path),
      bytes.count >= FeatureCache.headerLength, bytes.starts(with: FeatureCache.magic)
    else { return nil }
    return bytes.withUnsafeBytes { raw in
      func field<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
        T(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: type))
      }
      let frames = Int(field(8, as: UInt32.self))
      let payload = UnsafeRawBufferPointer(rebasing: raw[FeatureCache.headerLength...])
      guard Int(field(12, as: UInt32.self)) == melBins, payload.count == frames * melBins * 4,
        field(24, as: UInt64.self) == FeatureCache.checksum(header: raw[..<24], payload)
      else { return nil }
      let values = [Float](unsafeUninitializedCapacity: frames * melBins) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: payload)
        count = frames * melBins
      }
      return LogMel(
        values: values, frames: frames, seconds: Double(bitPattern: field(16, as: UInt64.self)))
    }
  }

  /// Keeps a spectrogram; does nothing if the disk does not let it.
  func write(_ logMel: LogMel, for key: Key, melBins: Int) {
    guard let path = path(key) else { return }
    var header = FeatureCache.magic
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { header.append(contentsOf: $0) }
    }
    append(UInt32(logMel.frames))
    append(UInt32(melBins))
    append(logMel.seconds.bitPattern)
    logMel.values.withUnsafeBytes { payload in
      let sum = header.withUnsafeBytes { FeatureCache.checksum(header: $0[...], payload) }
      append(sum)
      FeatureCache.replace(path, with: header, payload)
    }
  }

  private static func checksum(
    header: Slice<UnsafeRawBufferPointer>, _ payload: UnsafeRawBufferPointer
  ) -> UInt64 {
    ContentHash.of(payload, seed: ContentHash.of(UnsafeRawBufferPointer(rebasing: header)))
  }

  private static func replace(
    _ path: String, with header: [UInt8], _ payload: UnsafeRawBufferPointer
  ) {
    ignoreFileSizeSignal
    let number = writes.wrappingAdd(1, ordering: .relaxed).newValue
    let temporary = "\(path).\(getpid())-\(number).tmp"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    var descriptor = open(temporary, flags, 0o644)
    if descriptor < 0, errno == ENOENT {
      let parent = path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)
      try? FileManager.default.createDirectory(
        atPath: String(parent), withIntermediateDirectories: true)
      descriptor = open(temporary, flags, 0o644)
    }
    guard descriptor >= 0 else { return }
    let written =
      header.withUnsafeBytes { put($0, descriptor) } && put(payload, descriptor)
    let closed = close(descriptor) == 0
    if !written || !closed || rename(temporary, path) != 0 { unlink(temporary) }
  }

  private static func put(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) -> Bool {
    var at = 0
    while at < bytes.count, let base = bytes.baseAddress {
      let done = Glibc.write(descriptor, base + at, bytes.count - at)
      if done < 0, errno == EINTR { continue }
      if done <= 0 { return false }
      at += done
    }
    return true
  }
}
