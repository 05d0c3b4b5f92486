extension Tape {
  /// Cuts a spectrogram into overlapping patches, one row each: the unfolding half of a
  /// convolution of the spectrogram with `patch × patch` kernels. `linear` with the kernels
  /// does the rest.
  ///
  /// - Parameters:
  ///   - spectrogram: `[batch, frames, mels]`; no gradient passes to it.
  ///   - patch: side of a patch, in mel bins and in frames.
  ///   - frequencyStride, timeStride: steps in mel bins and in frames.
  /// - Returns: `[batch, F·T, patch²]`, frequency-major (token `f·T + t`), each row mel-major
  ///   as the kernels are stored.
  /// - Throws: `EngineError.shape` when the spectrogram is smaller than a patch.
  public func unfoldPatches(
    _ spectrogram: Tensor, patch: Int, frequencyStride: Int, timeStride: Int
  ) throws -> Tensor {
    guard spectrogram.shape.count == 3, spectrogram.shape[1] >= patch,
      spectrogram.shape[2] >= patch
    else {
      throw EngineError.shape(
        operation: "patch embedding",
        expected: "[batch, at least \(patch) frames, at least \(patch) mel bins]",
        found: spectrogram.shape)
    }
    let (batch, frames, mels) = (
      spectrogram.shape[0], spectrogram.shape[1], spectrogram.shape[2]
    )
    let across = (mels - patch) / frequencyStride + 1, along = (frames - patch) / timeStride + 1
    let y = try Tensor(uninitialized: [batch, across * along, patch * patch])
    let (source, target) = (spectrogram.pointer, y.pointer)
    Threads.split(batch * across) { range in
      for index in range {
        let (item, f) = (index / across, index % across)
        for t in 0..<along {
          var out = target + (index * along + t) * patch * patch
          let corner = source + (item * frames + t * timeStride) * mels + f * frequencyStride
          for mel in 0..<patch {
            for frame in 0..<patch { out[frame] = corner[frame * mels + mel] }
            out += patch
          }
        }
      }
    }
    return y
  }
}
