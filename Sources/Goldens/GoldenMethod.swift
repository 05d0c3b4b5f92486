import ASTKit
import Foundation

/// How the manifest's words for a method become attachments.
struct GoldenMethod {
  struct Step {
    var kind: String
    var settings: [String: SettingValue]
    var position: Position?
    var layers: [Int]?
  }

  var steps: [Step] = []
  var pooling = Pooling.all

  /// - Throws: `GoldenError.unsupported` for a method that is not known.
  init(_ golden: GoldenCase, layerCount: Int, isSpeech: Bool) throws {
    let output = golden.text("final_output") ?? "ALL"
    // The published wav2vec 2.0 code always takes the mean over the frames.
    pooling = output == "CLS" && !isSpeech ? .cls : .all
    let method = golden.method.replacingOccurrences(of: "wav2vec2 ", with: "")
    switch method {
    case "linear": steps = [Step(kind: "linear", settings: [:])]
    case "full-FT":
      let last = golden.lastLayers
      steps = [
        Step(
          kind: "full", settings: [:],
          layers: last.map { Array(max(0, layerCount - $0)..<layerCount) })
      ]
    case "BitFit": steps = [Step(kind: "bitfit", settings: [:])]
    case "LoRA", "LoRA ablation": steps = [GoldenMethod.lora(golden)]
    case "prefix-tuning":
      steps = [
        Step(kind: "prefix", settings: ["tokens": .number(golden.number("num_tokens") ?? 0)])
      ]
    case "prompt-tuning": steps = [GoldenMethod.prompt(golden, output: output)]
    case "adapter": steps = [try GoldenMethod.adapter(golden, isSpeech: isSpeech)]
    case "adapter ablation": steps = [try GoldenMethod.ablation(golden)]
    case "adapter+prompt":
      steps = [try GoldenMethod.adapter(golden, isSpeech: isSpeech)]
      steps.append(GoldenMethod.prompt(golden, output: output))
    case "LoRA+adapter":
      steps = [GoldenMethod.lora(golden)]
      steps.append(try GoldenMethod.adapter(golden, isSpeech: isSpeech))
    case "LoRA+adapter+prompt":
      steps = [GoldenMethod.lora(golden)]
      steps.append(try GoldenMethod.adapter(golden, isSpeech: isSpeech))
      steps.append(GoldenMethod.prompt(golden, output: output))
    case "Dense-MoA", "Soft-MoA": steps = [GoldenMethod.mixture(golden)]
    case _ where method.hasPrefix("adapter hydra"): steps = [GoldenMethod.hydra(golden)]
    default: throw GoldenError.unsupported("method '\(golden.method)'")
    }
  }

  private static func lora(_ golden: GoldenCase) -> Step {
    let configured = golden.text("lora_config")?.split(separator: ",").map {
      SettingsText.projection(String($0))
    }
    let isShared = golden.text("lora")?.contains("shared") ?? false
    return Step(
      kind: "lora",
      settings: [
        "rate": .number(golden.number("rank") ?? 0),
        "alpha": .number(golden.number("alpha") ?? 0),
        "on": .texts(configured ?? (isShared ? ["q", "k"] : ["q", "v"])),
        "shared": .flag(isShared), "published": .flag(true),
      ])
  }

  private static func prompt(_ golden: GoldenCase, output: String) -> Step {
    Step(
      kind: "prompt",
      settings: [
        "tokens": .number(golden.number("num_tokens") ?? 0), "deep": .flag(golden.flag("deep")),
        "output": .text(output),
      ])
  }

  private static func isPublished(_ golden: GoldenCase) -> Bool {
    !(golden.text("variant")?.hasPrefix("paper") ?? false)
  }

  private static func block(
    _ golden: GoldenCase, _ kind: String, isPublished: Bool
  ) throws -> Step {
    var settings: [String: SettingValue] = [
      "rate": .number(golden.number("reduction_rate") ?? 0), "published": .flag(isPublished),
    ]
    switch kind {
    case "bottleneck": break
    case "conformer":
      settings["kernel"] = .number(golden.number("kernel_size") ?? 31)
      if golden.text("variant")?.contains("LayerNorm is applied") == true {
        settings["norm"] = .flag(true)
      }
    case "convpass": settings["dropout"] = .number(golden.number("convpass_dropout") ?? 0)
    default: throw GoldenError.unsupported("adapter block '\(kind)'")
    }
    return Step(kind: kind, settings: settings)
  }

  private static func adapter(_ golden: GoldenCase, isSpeech: Bool) throws -> Step {
    var step = try block(
      golden, golden.text("adapter_block") ?? "", isPublished: isPublished(golden))
    let subLayers: [SubLayer] =
      golden.text("adapter_type") == "Houlsby" ? [.mhsa, .ffn] : [.ffn]
    let isParallel = golden.text("seq_or_par") == "parallel"
    step.position = Position(subLayers, isParallel ? .parallelBefore : .sequentialAfter)
    // In the published wav2vec 2.0 code a residual has no effect on a parallel adapter.
    let residual = golden.flag("apply_residual") && !(isSpeech && isParallel)
    step.settings["residual"] = .flag(residual)
    if isSpeech { step.settings["norms"] = .flag(golden.flag("finetune_LN")) }
    return step
  }

  private static func ablation(_ golden: GoldenCase) throws -> Step {
    var step = try block(
      golden, golden.text("adapter_block") ?? "", isPublished: isPublished(golden))
    let place = "\(golden.text("seq_or_par") ?? "").\(golden.text("before_after") ?? "")"
    guard let placement = Placement(rawValue: place) else {
      throw GoldenError.unsupported("placement '\(place)'")
    }
    step.position = Position([golden.text("location") == "MHSA" ? .mhsa : .ffn], placement)
    // The ablation always adds the sub-layer's output to a sequential adapter's.
    step.settings["residual"] = .flag(placement == .sequentialAfter)
    return step
  }

  private static func mixture(_ golden: GoldenCase) -> Step {
    let isSoft = golden.method == "Soft-MoA"
    var settings: [String: SettingValue] = [
      "adapters": .number(golden.number("num_adapters") ?? 1),
      "experts": .text(golden.text("adapter_module") ?? "bottleneck"),
      "rate": .number(golden.number("reduction_rate") ?? 0),
      "dropout": .number(golden.number("convpass_dropout") ?? 0),
      "published": .flag(isPublished(golden)),
    ]
    if isSoft {
      settings["slots"] = .number(golden.number("num_slots") ?? 1)
      settings["normalise"] = .flag(golden.flag("normalize"))
    }
    return Step(
      kind: isSoft ? "softmoa" : "densemoa", settings: settings,
      position: Position(golden.subLayers, .parallelBefore))
  }

  private static func hydra(_ golden: GoldenCase) -> Step {
    Step(
      kind: "hydra",
      settings: [
        "block": .text(golden.text("adapter_block") ?? "bottleneck"),
        "rate": .number(golden.number("reduction_rate") ?? 0),
        "dropout": .number(golden.number("convpass_dropout") ?? 0), "published": .flag(true),
      ], position: Position(golden.subLayers, .parallelBefore))
  }
}

enum SettingsText {
  /// `Wq` and its like as the language's `q`.
  static func projection(_ text: String) -> String {
    String(text.trimmingCharacters(in: .whitespaces).dropFirst()).lowercased()
  }
}

extension GoldenCase {
  /// Where a mixture or a hydra sits.
  var subLayers: [SubLayer] {
    if text("adapter_type") == "Houlsby" { return [.mhsa, .ffn] }
    return text("location") == "MHSA" ? [.mhsa] : [.ffn]
  }

  /// `N` of "only the last N layers trainable".
  var lastLayers: Int? {
    NumbersInText.integer(after: "last ", in: text("note") ?? "")
      ?? NumbersInText.integer(after: "last", in: name)
  }

  /// The engine's name for an upstream parameter: without the wrapper's `model.`, and with
  /// the sub-layer spelled out where upstream has only one.
  func engineName(_ upstream: String) -> String {
    var name = upstream.hasPrefix("model.") ? String(upstream.dropFirst(6)) : upstream
    let place = subLayers.first ?? .ffn
    if method.hasSuffix("ablation") {
      name = name.replacingOccurrences(
        of: ".adapter_module.", with: ".adapter_module_\(place == .mhsa ? "MHSA" : "FFN").")
      for letter in ["Q", "K", "V", "O"] {
        for part in ["lora_down_", "lora_up_"] {
          name = name.replacingOccurrences(
            of: "\(part)\(letter).", with: "\(part)\(letter.lowercased()).")
        }
      }
    }
    if method == "Dense-MoA" || method == "Soft-MoA" {
      name = name.replacingOccurrences(of: ".router.", with: ".router_\(place.rawValue).")
      if !name.contains(".moa_") {
        name = name.replacingOccurrences(of: ".moa.moa.", with: ".moa_\(place.rawValue).moa.")
        name = name.replacingOccurrences(of: ".moa.slot", with: ".moa_\(place.rawValue).slot")
        name = name.replacingOccurrences(of: ".moa.scale", with: ".moa_\(place.rawValue).scale")
      }
    }
    return name
  }
}
