import ASTKit
import TestSupport
import Testing

/// Every method at every position it allows computes with the right gradients.
struct EveryPositionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var kind: String
    var settings: [String: SettingValue] = [:]
    var position: Position?
    /// Whether the model's function is the same before anything is trained; see fidelity.md.
    var startsUnchanged = false

    var testDescription: String {
      let given = settings.sorted { $0.key < $1.key }.map { "\($0): \($1)" }
      return "\(kind)(\(given.joined(separator: ", ")))" + (position.map { " at \($0)" } ?? "")
    }
  }

  static let places: [Position] = [[.mhsa], [.ffn], [.mhsa, .ffn]].flatMap { subLayers in
    Placement.allCases.map { Position(subLayers, $0) }
  }

  static let adapters: [Case] = ["bottleneck", "conformer", "convpass"].flatMap { kind in
    places.flatMap { place in
      [false, true].flatMap { residual -> [Case] in
        if residual, place.placement == .parallelAfter { return [] }
        // The residual is added outside the module, whichever form that has.
        return (residual ? [false] : [false, true]).map { published in
          var settings: [String: SettingValue] = [
            "rate": .number(4), "residual": .flag(residual), "published": .flag(published),
          ]
          if kind == "conformer" { settings["kernel"] = .number(published ? 5 : 4) }
          let keepsSubLayer =
            place.placement == .sequentialAfter
            ? residual : place.placement != .sequentialBefore && !residual
          return Case(
            kind: kind, settings: settings, position: place,
            startsUnchanged: keepsSubLayer && !published)
        }
      }
    }
  }

  static let mixtures: [Case] = ["densemoa", "softmoa"].flatMap { kind in
    places.flatMap { place in
      [false, true].map { published in
        var settings: [String: SettingValue] = [
          "adapters": .number(2), "rate": .number(4), "kernel": .number(3),
          "published": .flag(published),
          "experts": .text(["bottleneck", "convpass", "conformer"][place.subLayers.count]),
        ]
        if kind == "softmoa" {
          settings["slots"] = .number(2)
          settings["normalise"] = .flag(place.subLayers == [.mhsa])
        }
        let isParallel = [.parallelBefore, .parallelAfter].contains(place.placement)
        return Case(
          kind: kind, settings: settings, position: place,
          startsUnchanged: isParallel && !published)
      }
    }
  }

  static let hydras: [Case] = ["bottleneck", "convpass", "conformer"].flatMap { block in
    places.filter { $0.placement == .parallelBefore }.flatMap { place in
      [false, true].map { published in
        Case(
          kind: "hydra",
          settings: [
            "block": .text(block), "rate": .number(4), "kernel": .number(3),
            "published": .flag(published),
          ], position: place, startsUnchanged: !published)
      }
    }
  }

  static let others: [Case] =
    [
      Case(kind: "linear", startsUnchanged: true),
      Case(kind: "linear", settings: ["backbone_lr": .number(1e-3)], startsUnchanged: true),
      Case(kind: "full", startsUnchanged: true),
      Case(kind: "bitfit", startsUnchanged: true),
      Case(kind: "bitfit", settings: ["patch": .flag(true)], startsUnchanged: true),
      Case(kind: "prefix", settings: ["tokens": .number(4)]),
      Case(
        kind: "lora", settings: ["rate": .number(4), "on": .texts(["o"])],
        startsUnchanged: true),
    ]
    + [["q"], ["k"], ["v"], ["q", "k", "v", "o"]].flatMap { on in
      [false, true].map { published in
        Case(
          kind: "lora",
          settings: [
            "rank": .number(2), "alpha": .number(2), "on": .texts(on),
            "published": .flag(published),
          ],
          startsUnchanged: !published)
      }
    }
    + [false, true].map { published in
      Case(
        kind: "lora",
        settings: [
          "rank": .number(2), "on": .texts(["q", "k"]), "shared": .flag(true),
          "published": .flag(published),
        ], startsUnchanged: !published)
    }
    + ["ALL", "CLS", "PROMPTS", "SPEECH", "PROMPTS+SPEECH"].flatMap { output in
      [false, true].map { deep in
        Case(
          kind: "prompt",
          settings: [
            "tokens": .number(3), "deep": .flag(deep), "output": .text(output),
            "dropout": .number(deep ? 0.2 : 0),
          ])
      }
    }

  static let cases = adapters + mixtures + hydras + others

  @Test("gradients agree with central differences", arguments: cases)
  func gradients(_ c: Case) throws {
    let net = try TinyModel.classifier()
    let input = TinyModel.input()
    let before = try net.logits(input)
    let attachment = try net.attach(c.kind, c.settings, at: c.position)
    let start = try net.logits(input)
    #expect(start.count == before.count && start.allSatisfy(\.isFinite))
    if c.startsUnchanged { #expect(start == before, "it should start as the model was") }

    TinyModel.scatter(attachment.parameters, seed: 4, by: 0.6)
    let moved = try net.logits(input)
    if !attachment.parameters.isEmpty { #expect(moved != before, "it should do something") }
    // What it shares with the model is the same for all: once is enough where it has its own.
    let own = Set((attachment.parameters + attachment.unfrozen.prefix(2)).map(\.name))
    let problems = try GradientCheck(
      net: net, input: input,
      family: { attachment.parameters.isEmpty || own.contains($0) ? $0 : nil }
    ).mismatches()
    #expect(problems == [])
  }

  /// The convolutions' biases count in use, though batch norm hides them in training.
  @Test(arguments: ["conformer", "convpass"]) func gradientsInInference(_ kind: String) throws {
    let net = try TinyModel.classifier()
    let attachment = try net.attach(kind, ["rate": .number(4)])
    TinyModel.scatter(attachment.parameters, seed: 4, by: 0.6)
    let problems = try GradientCheck(
      net: net, input: TinyModel.input(), mode: .inference
    ).mismatches()
    #expect(problems == [])
  }

  @Test("what allows positions is tried at all of them") func coverage() throws {
    let kinds = Set(Self.cases.map(\.kind))
    #expect(kinds == Set(PETLMethods.all.map { $0.kind }))
    for method in PETLMethods.all where method.defaultPosition != nil {
      let allowed = Self.places.filter { place in
        (try? TinyModel.classifier().attach(method.kind, ["rate": .number(4)], at: place)) != nil
      }
      let tried = Set(Self.cases.filter { $0.kind == method.kind }.compactMap(\.position))
      #expect(tried == Set(allowed), "\(method.kind)")
    }
  }

  @Test("the check sees a gradient that is wrong or missing", arguments: [0, 0.8, -1])
  func checkFails(_ factor: Double) throws {
    let net = try TinyModel.classifier()
    let attachment = try net.attach("conformer", ["rate": .number(4), "kernel": .number(3)])
    TinyModel.scatter(attachment.parameters, seed: 4, by: 0.6)
    // Weights only: batch norm takes away most or all of what the biases before it do.
    for parameter in attachment.parameters where parameter.name.hasSuffix(".weight") {
      let check = GradientCheck(
        net: net, input: TinyModel.input(), family: { $0 == parameter.name ? $0 : nil },
        tamper: { $0 == parameter.name ? factor : 1 })
      #expect(try check.mismatches() != [], "\(parameter.name) scaled by \(factor)")
    }
  }
}
