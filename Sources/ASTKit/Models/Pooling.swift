/// What the head looks at: how the hidden states of all tokens become one vector.
public enum Pooling: String, CaseIterable, Sendable, SettingChoice {
  /// The mean of all tokens; the published code's default.
  case all = "ALL"
  /// The class token.
  case cls = "CLS"
  /// The mean of the prompt tokens.
  case prompts = "PROMPTS"
  /// The mean of the tokens after the prompts.
  case speech = "SPEECH"
  /// The mean of all tokens but the class token.
  case promptsAndSpeech = "PROMPTS+SPEECH"
  /// The mean of the class and the distillation token, as transformers'
  /// `ASTForAudioClassification` and the original AST.
  case clsAndDistillation = "CLS+DIST"

  /// The tokens averaged, of `tokens` in all of which `prompts` are prompts.
  func range(tokens: Int, prompts: Int) -> Range<Int> {
    switch self {
    case .all: 0..<tokens
    case .cls: 0..<1
    case .prompts: 1..<(1 + prompts)
    case .speech: (1 + prompts)..<tokens
    case .promptsAndSpeech: 1..<tokens
    case .clsAndDistillation: 0..<2
    }
  }

  /// Whether it needs prompt tokens to make sense.
  var needsPrompts: Bool { self == .prompts || self == .speech || self == .promptsAndSpeech }
}
