import TestSupport
import Testing

@testable import ASTKit

/// What must hold after each step, and at the end.
extension AdaptationWalk {
  func check() throws {
    #expect(net.adaptation.violations() == [], "\(log)")
    let values = Self.values(net)
    for (key, value) in expected.present where values[key] != value {
      Issue.record("\(log): \(key) is not what it should be")
    }
    #expect(net.attachments.map(\.isEnabled) == expected.attached.map(\.isOn), "\(log)")
    let rebuilt = try expected.rebuilt(on: Self.blank(isSpeech: isSpeech))
    #expect(try logits(net) == logits(rebuilt), "\(log)")
  }

  /// Models that were kept and read again, in memory and as a file, and whether the last does
  /// the same from now on as the model does.
  func copies(_ folder: TemporaryFolder) throws -> [AudioClassifier] {
    let restored = try Self.blank(isSpeech: isSpeech)
    try restored.restore(net.adaptation.state)
    #expect(Everything(restored) == Everything(net), "\(log)")
    if expected.isTrainedByRules { return [restored] }
    try ModelFile.save(net, to: folder.file("net.safetensors"))
    return [restored, try ModelFile.load(folder.file("net.safetensors")).model]
  }

  /// Does some more to the model and its copies, which must go on as one.
  func goOn(with copies: [AudioClassifier], _ count: Int) throws {
    for copy in copies { #expect(try logits(copy) == logits(net), "\(log), copied") }
    for number in 0..<count {
      guard let one = net.attachments.isEmpty ? nil : random.below(net.attachments.count) else {
        break
      }
      let name = net.attachments[one].name, isOn = net.attachments[one].isEnabled
      let kind = number == count - 1 ? random.below(2) : 2
      log.append("then \(["detach", "merge", "switch"][kind]) \(name)")
      let results = try ([net] + copies).map { model -> [UInt32]? in
        do {
          switch kind {
          case 0: try model.detach(name)
          case 1:
            _ = try model.merge(name, probe: sets.input)
          default: try model.setEnabled(!isOn, name)
          }
        } catch is EngineError { return nil }
        return try logits(model)
      }
      for result in results.dropFirst() { #expect(result == results[0], "\(log)") }
    }
    if let restored = copies.first { #expect(Everything(restored) == Everything(net), "\(log)") }
  }

  func switchAllOff() throws {
    for one in expected.on {
      log.append("disable \(one.name)")
      try net.setEnabled(false, one.name)
      expected.switchOff(one.name)
    }
    try check()
    if expected.present == sets.values {
      #expect(try logits(net) == sets.logits, "\(log)")
      wasOriginal = true
    }
  }
}
