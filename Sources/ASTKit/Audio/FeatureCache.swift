import Foundation

/// Log-mel spectrograms on disk, so that a second run starts at once.
///
/// Design
/// - One file a clip, under `$XDG_CACHE_HOME/petl/features` (`~/.cache/petl/features`), named
///   after the hash and length of the sound file's *contents* and the settings that shape a
///   spectrogram. A changed file or setting has another name, so nothing can be stale; a
///   renamed or copied file, or one used in two data sets, is not decoded again.
/// - Kept before padding and normalisation: other `frames`, `mean` or `std` cost nothing.
/// - Recordings may be private: folders and files are the user's alone.
/// - Written whole or not at all; several processes may write the same file, with
///   the same bytes. Not fsynced: after a power cut a torn file fails its checksum, is taken
///   for absent and written anew, and thousands of fsyncs would cost more than the decoding.
/// - A folder that cannot be written, or a full disk, means work without a cache.
/// - It only grows; the folder is safe to delete at any time.
///
/// File: `PETLFB02`, frames and bins (UInt32), seconds (Double), sampling rate (UInt32), channels
/// (UInt16), 1 for silence and 2 for clipping (UInt16), XXH64 of all the rest (UInt64), the values
/// (Float32); little-endian.
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
    if let base = environment["XDG_CACHE_HOME"], PathBytes.isAbsolute(base) {
      return FeatureCache(folder: base + "/petl/features")
    }
    guard let home = environment["HOME"], PathBytes.isAbsolute(home) else { return .none }
    return FeatureCache(folder: home + "/.cache/petl/features")
  }

  /// Where features go that memory has no room for.
  var spillFolder: String? { folder.map(PathBytes.parent) }

  /// Identifies one clip's spectrogram.
  struct Key: Hashable {
    let name: String

    /// Raised when the same settings begin to give other numbers.
    private static let pipeline = 3

    init(contents: [UInt8], settings: FeatureSettings) {
      self.init(FileDigest(contents), settings: settings)
    }

    init(_ file: FileDigest, settings: FeatureSettings) {
      let hash = String(file.hash, radix: 16)
      let size = String(file.size, radix: 16)
      let channel = settings.channel.map { "-c\($0)" } ?? ""
      name =
        "\(hash)-\(size)-\(settings.sampleRate)-\(settings.melBins)\(channel)-v\(Key.pipeline)"
    }
  }

  private static let magic = Array("PETLFB02".utf8)
  private static let headerLength = 40

  private func path(_ key: Key) -> String? {
    // Folders by the first two digits keep each of them small.
    folder.map { "\($0)/\(key.name.prefix(2))/\(key.name).logmel" }
  }

  /// Closes what older versions, or another program, left open to others.
  private func close(_ path: String) {
    let folders = sequence(first: PathBytes.parent(of: path), next: PathBytes.parent(of:)).prefix(2)
    for entry in [path] + folders { PrivateFolder.close(entry) }
    if let folder, PathBytes.lastComponent(of: PathBytes.parent(of: folder)) == "petl" {
      PrivateFolder.close(PathBytes.parent(of: folder))
    }
  }

  /// The spectrogram kept for `key`; `nil` if there is none or it is damaged.
  func read(_ key: Key, melBins: Int) -> LogMel? {
    guard let path = path(key) else { return nil }
    close(path)
    guard let bytes = try? FileBytes.read(path),
      bytes.count >= FeatureCache.headerLength, bytes.starts(with: FeatureCache.magic)
    else { return nil }
    return bytes.withUnsafeBytes { raw in
      func field<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
        T(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: type))
      }
      let frames = Int(field(8, as: UInt32.self))
      let payload = UnsafeRawBufferPointer(rebasing: raw[FeatureCache.headerLength...])
      guard Int(field(12, as: UInt32.self)) == melBins, payload.count == frames * melBins * 4,
        field(32, as: UInt64.self) == FeatureCache.checksum(header: raw[..<32], payload)
      else { return nil }
      let values = [Float](unsafeUninitializedCapacity: frames * melBins) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: payload)
        count = frames * melBins
      }
      return LogMel(
        values: values, frames: frames, seconds: Double(bitPattern: field(16, as: UInt64.self)),
        facts: facts(
          rate: field(24, as: UInt32.self), channels: field(28, as: UInt16.self),
          flags: field(30, as: UInt16.self)))
    }
  }

  private func facts(rate: UInt32, channels: UInt16, flags: UInt16) -> SoundFacts? {
    rate == 0
      ? nil
      : SoundFacts(
        sampleRate: Int(rate), channels: Int(channels), isSilent: flags & 1 != 0,
        isClipped: flags & 2 != 0)
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
    let facts = logMel.facts
    append(UInt32(clamping: facts?.sampleRate ?? 0))
    append(UInt16(clamping: facts?.channels ?? 0))
    append(UInt16((facts?.isSilent == true ? 1 : 0) | (facts?.isClipped == true ? 2 : 0)))
    logMel.values.withUnsafeBytes { payload in
      let sum = header.withUnsafeBytes { FeatureCache.checksum(header: $0[...], payload) }
      append(sum)
      PrivateFolder.make(PathBytes.parent(of: path))
      close(path)
      try? AtomicFile.write(path, mode: 0o600, isDurable: false) { sink in
        try sink.write(header)
        try sink.write(payload)
      }
    }
  }

  private static func checksum(
    header: Slice<UnsafeRawBufferPointer>, _ payload: UnsafeRawBufferPointer
  ) -> UInt64 {
    ContentHash.of(payload, seed: ContentHash.of(UnsafeRawBufferPointer(rebasing: header)))
  }
}
