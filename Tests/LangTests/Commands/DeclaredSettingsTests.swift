import ASTKit
import Testing

@testable import Lang

/// The settings that the engine declares are the arguments of the commands: nothing of them is
/// said a second time.
@Suite("Declared settings are arguments")
struct DeclaredSettingsTests {
  struct Declared: Sendable, CustomTestStringConvertible {
    let command: String
    let setting: Setting
    /// Refuses a value in Swift.
    let make: @Sendable ([String: SettingValue]) throws -> Void
    var testDescription: String { "\(command) \(setting.name)" }
  }

  private static func all<T: Configurable>(_ command: String, _ type: T.Type) -> [Declared] {
    type.settings.map { setting in
      Declared(command: command, setting: setting) { _ = try T($0) }
    }
  }

  static let methods: [Declared] = PETLMethods.all.flatMap { all($0.kind, $0) }
  static let others: [Declared] =
    all("dataset", FeatureSettings.self) + all("trainer", TrainingSettings.self)
    + all("specaugment", SpecAugment.self)

  @Test(arguments: methods + others) func argument(_ declared: Declared) throws {
    let setting = declared.setting
    let command = try #require(Commands.named(declared.command))
    let argument = try #require(command.arguments.first { $0.name == setting.name })
    #expect(argument.bounds == setting.bounds && argument.allowed == setting.allowed)
    #expect(argument.unit?.name == setting.unit?.rawValue && !argument.isRequired)
    #expect(argument.summary.hasPrefix(setting.summary))
    if argument.summary == setting.summary {
      let value = setting.defaultValue
      #expect(argument.defaultText == (value == .none ? nil : value.asValue.inline()))
    } else {
      #expect(argument.summary.contains("; default: ") && argument.defaultText == nil)
    }
  }

  @Test(arguments: methods + others) func refusal(_ declared: Declared) throws {
    let setting = declared.setting
    let command = try #require(Commands.named(declared.command))
    let argument = try #require(command.arguments.first { $0.name == setting.name })
    var wrong: [(Value, SettingValue)] = []
    if let bounds = setting.bounds {
      wrong += [-1.5e9, -1, 0, 1, 1e9, 1e300].filter { !bounds.contains($0) }
        .map { (.number($0), .number($0)) }
      #expect(!wrong.isEmpty)
    }
    if setting.kind == .choice { wrong.append((.string("x"), .text("x"))) }
    if setting.kind == .choices { wrong.append((.strings(["x"]), .texts(["x"]))) }
    for (value, settingValue) in wrong {
      let said = try #require(throws: EngineError.self) {
        try ArgumentCheck(argument).checked(value)
      }
      let meant = try #require(throws: EngineError.self) {
        try declared.make([setting.name: settingValue])
      }
      #expect(said == meant && said.argumentName == setting.name)
    }
  }

  @Test(
    "the settings of every source and backbone have an argument", arguments: ["dataset", "model"])
  func unions(_ name: String) throws {
    let arguments = try #require(Commands.named(name)).arguments
    let kinds = (name == "model" ? SettingUnion.backbones : .sources).kinds
    for (kind, settings) in kinds {
      for setting in settings {
        let argument = try #require(arguments.first { $0.name == setting.name })
        #expect(argument.summary.contains(setting.summary))
        // Where those that have it do not agree, the chosen one's declaration checks.
        let holders = kinds.flatMap(\.settings).filter { $0.name == setting.name }
        if holders.allSatisfy({ $0.bounds == setting.bounds }) {
          #expect(argument.bounds == setting.bounds)
        }
        // Help says whose it is, unless all have it.
        let isCommon = kinds.allSatisfy { $0.settings.contains { $0.name == setting.name } }
        #expect(isCommon || argument.summary.contains(kind))
      }
    }
    #expect(Set(arguments.map(\.name)).count == arguments.count)
  }

  @Test("a size is refused by the same words, made by name or in Swift")
  func sizes() throws {
    for setting in ASTConfiguration.settings {
      let wrong = [setting.name: SettingValue.number(1e6)]
      let meant = try #require(throws: EngineError.self) {
        try ASTConfiguration().choosing(wrong)
      }
      let command = try #require(Commands.named("model"))
      let argument = try #require(command.arguments.first { $0.name == setting.name })
      #expect(throws: meant) { try ArgumentCheck(argument).checked(.number(1e6)) }
    }
  }

  @Test("a method of Swift and one of the language are the same")
  func method() throws {
    let session = Session(output: TextSink(), isInteractive: false)
    guard
      case .succeeded = session.run(
        Source(name: "t", text: "c = conformer(rate: 96, kernel: 31)\nd = conformer()")),
      case .object(let object)? = session.variable("c"),
      let method = (object as? MethodObject)?.method as? ConformerAdapter,
      case .object(let other)? = session.variable("d")
    else {
      Issue.record("no method")
      return
    }
    #expect(method.values == ConformerAdapter(rate: 96, kernel: 31).values)
    #expect((other as? MethodObject)?.method.values == ConformerAdapter().values)
  }
}
