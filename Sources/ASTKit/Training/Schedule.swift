import Foundation

/// How the learning rate changes over a run, as a factor of its peak.
public enum Schedule: String, CaseIterable, Sendable, Codable, SettingChoice {
  /// Half a cosine from 1 to 0 over all steps (PyTorch's `CosineAnnealingLR` per step).
  case cosine
  /// A straight line from 1 to 0.
  case linear
  /// Always 1.
  case constant

  /// The factor for the update after `step` updates of `total`, rising first over `warmup`
  /// updates.
  public func factor(step: Int, total: Int, warmup: Int = 0) -> Double {
    if step < warmup { return Double(step + 1) / Double(warmup) }
    let progress = Double(step - warmup) / Double(max(1, total - warmup))
    switch self {
    case .cosine: return (1 + cos(.pi * min(1, progress))) / 2
    case .linear: return max(0, 1 - progress)
    case .constant: return 1
    }
  }
}
