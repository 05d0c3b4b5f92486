/// Prompt-tuning (Jia et al., arXiv 2203.12119): trainable tokens in place of the
/// distillation token, and with `deep` fresh ones before every later layer.
public struct PromptTuning: PETLMethod {
  public static let kind = "prompt"
  public static let summary = "Trainable tokens before the patches, shallow or deep (2203.12119)."
  public static let example = #"attach net, prompt(tokens: 25, deep: true, output: "ALL")"#
  public static let defaults = PromptTuning()
  public static let declarations = [
    SettingOf<PromptTuning>("tokens", "prompt tokens", \.tokens, bounds: .between(1...4096)),
    SettingOf("deep", "fresh prompts before every layer, not only the first", \.deep),
    .dropout(\.dropout),
    SettingOf(
      "output", "tokens whose mean the head sees; default: the model's pooling", \.output,
      allowed: Pooling.settingWords.filter { $0 != Pooling.clsAndDistillation.rawValue }),
  ]

  /// Prompt tokens.
  public var tokens: Int
  /// Whether every layer gets fresh prompts, not only the first.
  public var deep: Bool
  /// Probability of dropping an element in training.
  public var dropout: Double
  /// Tokens whose mean the head sees; `nil`: the model's pooling.
  public var output: Pooling?

  /// - Parameters: as the settings.
  public init(
    tokens: Int = 25, deep: Bool = false, dropout: Double = 0, output: Pooling? = nil
  ) {
    (self.tokens, self.deep, self.dropout, self.output) = (tokens, deep, dropout, output)
  }

  public func build(_ builder: AttachmentBuilder) throws {
    guard type(of: builder.backbone.configuration).takesPrompts else {
      throw EngineError.refused(
        "prompts take the place of AST's distillation token, and this backbone has none")
    }
    guard !builder.layersWereChosen else {
      throw EngineError.refused("'prompt' takes no layers; 'deep' puts prompts before all of them")
    }
    let (count, hidden) = (tokens, builder.hidden)
    let initial = Self.initialization(hidden: hidden)
    let dropout = Float(dropout)
    let shallow = try builder.parameter("prompt_embeddings", [1, count, hidden], initial)
    // First they take the distillation token's place, in later layers that of the prompts before.
    builder.hang(
      PromptTokens(shallow, replacing: 1..<2, dropout: dropout), on: .tokens(beforeLayer: 0))
    let later = builder.backbone.layerCount - 1
    if deep, later > 0 {
      let embeddings = try builder.parameter(
        "deep_prompt_embeddings", [later, count, hidden], initial)
      for item in 0..<later {
        builder.hang(
          PromptTokens(embeddings, item: item, replacing: 1..<(1 + count), dropout: dropout),
          on: .tokens(beforeLayer: item + 1))
      }
    }
    builder.pooling = output
    builder.trainFinalNorm()
  }

  /// Xavier uniform over a patch of three channels, as the method's paper and the published
  /// code have it: ±√(6 / (3 · 16² + hidden)).
  static func initialization(hidden: Int) -> Initialization {
    .xavierUniform(fanIn: 3 * 16 * 16, fanOut: hidden)
  }
}
