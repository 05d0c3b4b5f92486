import ASTKit
import TestSupport
import Testing

/// Any methods together: right gradients, and files that bring them back to the bit.
struct CombinationTests {
  static let combinations: [RandomCombination] = (0..<100).compactMap {
    try? RandomCombination($0)
  }

  @Test("gradients agree, files round trip", arguments: combinations)
  func combination(_ c: RandomCombination) throws {
    let net = try c.model()
    let input = TinyModel.input()
    let problems = try GradientCheck(
      net: net, input: input, family: Self.family
    ).mismatches()
    #expect(problems == [])

    let off = c.disabled.map { net.attachments[$0].name }
    if let off { try net.setEnabled(false, off) }
    let folder = try TemporaryFolder()
    let logits = try net.logits(input)
    try AdapterFile.save(net, to: folder.file("set.safetensors"))
    try ModelFile.save(net, to: folder.file("whole.safetensors"))

    let fresh = try TinyModel.classifier()
    #expect(try AdapterFile.load(folder.file("set.safetensors"), into: fresh) == [])
    let (whole, notices) = try ModelFile.load(folder.file("whole.safetensors"))
    #expect(notices == [])
    for loaded in [fresh, whole] {
      #expect(try loaded.logits(input).map(\.bitPattern) == logits.map(\.bitPattern))
      #expect(loaded.allValues == net.allValues)
      #expect(loaded.attachments.map(\.name) == net.attachments.map(\.name))
      #expect(loaded.attachments.map(\.isEnabled) == net.attachments.map(\.isEnabled))
      #expect(loaded.trainableParameters.map(\.name) == net.trainableParameters.map(\.name))
    }
    if let off {
      for model in [net, fresh, whole] { try model.setEnabled(true, off) }
      let again = try net.logits(input)
      #expect(try fresh.logits(input) == again)
      #expect(try whole.logits(input) == again)
    }
    // Without them, all three are the model they began as.
    for model in [net, fresh, whole] {
      for name in model.attachments.map(\.name) { try model.detach(name) }
      #expect(try model.logits(input) == TinyModel.classifier().logits(input))
    }
  }

  @Test("the draw tries much, and some of it is refused") func draw() {
    let all = Self.combinations
    #expect(all.count == 100)
    #expect(all.filter { $0.steps.count > 1 }.count > 50)
    #expect(Set(all.flatMap { $0.steps.map(\.kind) }) == Set(PETLMethods.all.map { $0.kind }))
    let refused = all.flatMap(\.refused)
    #expect(refused.count > 20, "of what was drawn, \(refused.count) were refused")
    #expect(all.contains { $0.disabled != nil })
  }

  private static func family(_ name: String) -> String {
    let marks = ["lora", "adapter_module", "moa_", "router", "prompt", "_tokens", "layernorm"]
    return marks.first(where: name.contains) ?? "rest"
  }
}
