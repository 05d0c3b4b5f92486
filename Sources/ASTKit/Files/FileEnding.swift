/// What the ending of a file's name promises to those who read it.
enum FileEnding {
  private static let foreign = [".bin", ".pt", ".pth", ".ckpt", ".onnx", ".h5", ".json"]

  /// - Parameter written: what petl writes, in words.
  /// - Throws: `EngineError.refused` for the ending of a format that petl does not write.
  static func check(_ path: String, _ written: String) throws {
    if let ending = foreign.first(where: { PathBytes.hasEnding(path, $0) }) {
      throw EngineError.refused("petl writes \(written); '\(ending)' is read only")
    }
  }

  /// - Throws: `EngineError.refused` for the ending of another format.
  static func checkCheckpoint(_ path: String) throws {
    let written = "a run as NAME.checkpoint"
    try check(path, written)
    if isSafetensors(path) {
      throw EngineError.refused(
        "petl writes \(written); 'save net, \"\(path)\"' writes its model")
    }
  }

  static func isSafetensors(_ path: String) -> Bool {
    PathBytes.hasEnding(path, ".safetensors")
  }
}
