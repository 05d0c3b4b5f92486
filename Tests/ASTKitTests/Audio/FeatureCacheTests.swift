import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// The cache gives back exactly what was kept, and nothing that is damaged, changed or made
/// with other settings.
struct FeatureCacheTests {
  let folder: TemporaryFolder
  let cache: FeatureCache
  let settings = FeatureSettings(frames: 20)
  let logMel = LogMel(values: (0..<256).map { Float($0) }, frames: 2, seconds: 0.5)

  init() throws {
    folder = try TemporaryFolder()
    cache = FeatureCache(folder: folder.file("cache"))
  }

  var files: [String] {
    (FileManager.default.enumerator(atPath: folder.file("cache"))?.allObjects ?? [])
      .compactMap { $0 as? String }.filter { $0.contains(".logmel") }
      .map { folder.file("cache/" + $0) }
  }

  func key(_ text: String = "sound") -> FeatureCache.Key {
    FeatureCache.Key(contents: Array(text.utf8), settings: settings)
  }

  @Test func keepsToTheBit() {
    #expect(cache.read(key(), melBins: 128) == nil)
    cache.write(logMel, for: key(), melBins: 128)
    #expect(cache.read(key(), melBins: 128) == logMel)
    #expect(cache.read(key("other"), melBins: 128) == nil)
    #expect(files.count == 1)
  }

  /// Every single byte counts: one flipped anywhere, and the entry is taken for absent.
  @Test func damageIsNoticedAndRepaired() throws {
    cache.write(logMel, for: key(), melBins: 128)
    let url = URL(fileURLWithPath: try #require(files.first))
    let whole = try Data(contentsOf: url)
    for position in [0, 8, 13, 17, 25, 29, 31, 33, 40, 700, whole.count - 1] {
      var damaged = whole
      damaged[position] ^= 1
      try damaged.write(to: url)
      #expect(cache.read(key(), melBins: 128) == nil, "byte \(position)")
    }
    for length in [0, 39, 40, whole.count - 4] {
      try whole.prefix(length).write(to: url)
      #expect(cache.read(key(), melBins: 128) == nil, "\(length) bytes")
    }
    cache.write(logMel, for: key(), melBins: 128)
    #expect(cache.read(key(), melBins: 128) == logMel)
    #expect(files.count == 1)
  }

  @Test func onlyWhatShapesASpectrogramIsInTheKey() {
    func name(_ settings: FeatureSettings) -> String {
      FeatureCache.Key(contents: [1, 2], settings: settings).name
    }
    let base = name(FeatureSettings())
    #expect(name(FeatureSettings(frames: 5, mean: 0, std: 1)) == base)
    #expect(name(FeatureSettings(melBins: 64)) != base)
    #expect(name(FeatureSettings(sampleRate: 8000)) != base)
  }

  /// A second pass over a file comes from the cache; a changed file does not.
  @Test func changedContentIsComputedAnew() throws {
    let extractor = try FeatureExtractor(settings, cache: cache)
    let path = try folder.write("a.wav", Sounds.wav(Sounds.tone(440, samples: 800)))
    let first = try extractor.logMel(path: path)
    // What the cache holds is what is returned: proven with a file of other numbers.
    let marked = LogMel(values: first.values.map { $0 + 1 }, frames: 3, seconds: 9)
    let key = FeatureCache.Key(contents: try FileBytes.read(path), settings: settings)
    cache.write(marked, for: key, melBins: 128)
    #expect(try extractor.logMel(path: path) == marked)

    try folder.write("a.wav", Sounds.wav(Sounds.tone(880, samples: 800)))
    let changed = try extractor.logMel(path: path)
    #expect(changed.seconds == 0.05)
    #expect(changed.values != first.values)
  }

  @Test func unwritableFolderIsNoHindrance() throws {
    let file = try folder.write("file", [1])
    let blocked = FeatureCache(folder: file + "/cache")
    blocked.write(logMel, for: key(), melBins: 128)
    #expect(blocked.read(key(), melBins: 128) == nil)
    let path = try folder.write("a.wav", Sounds.wav(Sounds.tone(440, samples: 800)))
    #expect(try FeatureExtractor(settings, cache: blocked).logMel(path: path).frames == 3)
  }

  /// Recordings may be private, and so are their spectrograms.
  @Test func nobodyElseMayLook() throws {
    let cache = FeatureCache(folder: folder.file("base/petl/features"))
    func modes() throws -> [Int] {
      try FileManager.default.subpathsOfDirectory(atPath: folder.file("base")).sorted().map {
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("base/\($0)"))
        return try #require(attributes[.posixPermissions] as? Int)
      }
    }
    cache.write(logMel, for: key(), melBins: 128)
    #expect(try modes() == [0o700, 0o700, 0o700, 0o600])
    // As older versions left them.
    for entry in try FileManager.default.subpathsOfDirectory(atPath: folder.file("base")) {
      chmod(folder.file("base/\(entry)"), entry.hasSuffix(".logmel") ? 0o644 : 0o755)
    }
    #expect(cache.read(key(), melBins: 128) == logMel)
    #expect(try modes() == [0o700, 0o700, 0o700, 0o600])
  }

  @Test func followsTheXDGVariables() {
    func folder(_ environment: [String: String]) -> String? {
      FeatureCache.standard(environment: environment).folder
    }
    #expect(folder(["XDG_CACHE_HOME": "/x", "HOME": "/h"]) == "/x/petl/features")
    #expect(folder(["XDG_CACHE_HOME": "x", "HOME": "/h"]) == "/h/.cache/petl/features")
    #expect(folder(["HOME": "/h"]) == "/h/.cache/petl/features")
    #expect(folder([:]) == nil)
    #expect(folder(["XDG_CACHE_HOME": "/\u{301}x", "HOME": "/h"]) == "/\u{301}x/petl/features")
  }
}
