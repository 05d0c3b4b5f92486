internal import CSndfile
import Synchronization
import Glibc

/// Asks libsndfile for the header of a file without reading the rest.
enum SndfileHeader {
  /// Looks at the header of a large file, which may claim more than is read of any into memory;
  /// several of them, one on each core, would exhaust it before their decoders could tell.
  /// - Throws: `AudioError.tooLong`.
  static func checkLength(_ file: OpenFile) throws(AudioError) {
    // Of the others libsndfile knows no more than an estimate, or prints what is wrong.
    switch SoundFormat(SoundBytes(SoundBytes(file).prefix(64).contents)) {
    case .chunks, .flac, .plain: break
    default: return
    }
    var info = SF_INFO()
    nonisolated(unsafe) let opened = SndfileDecoder.opening.withLock { _ in
      nonisolated(unsafe) let sound = sf_open_fd(
        file.descriptor, Int32(SFM_READ), &info, Int32(SF_FALSE))
      return sound
    }
    guard let sound = opened else {
      return
    }
    sf_close(sound)
    let channels = max(1, Int(info.channels))
    if info.frames != .max, Int(info.frames) > AudioFile.mostSamples / channels {
      throw .tooLong(path: file.path, samples: AudioFile.mostSamples)
    }
  }
}
