import Foundation

/// Processors in this process's affinity mask, as `nproc` counts them.
func processorCount() -> Int { ProcessInfo.processInfo.activeProcessorCount }
