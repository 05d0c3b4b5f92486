import ASTKit
import Testing

@testable import Lang

/// Every declaration is itself sound: what help, completion and errors are made from.
@Suite struct CommandDeclarationTests {
  static let names = Commands.all.map(\.name)

  static func command(_ name: String) throws -> Command { try #require(Commands.named(name)) }

  @Test func namesAreUnique() {
    #expect(Set(Self.names).count == Self.names.count)
    let constants = Constants.all.map(\.name)
    #expect(Set(constants).count == constants.count)
    #expect(Set(Self.names).isDisjoint(with: constants))
    for name in Self.names + constants { #expect(Keyword(rawValue: name) == nil) }
  }

  @Test(arguments: names) func exampleParsesAndIsACall(_ name: String) throws {
    let command = try Self.command(name)
    let program = try Parser.parse(Source(name: name, text: command.example))
    #expect(!program.statements.isEmpty)
    #expect(command.example.contains(name))
    let errors = Resolver.check(program).filter { $0.message.contains("argument") }
    #expect(errors.isEmpty, "\(errors.map(\.message))")
  }

  @Test(arguments: names) func summaryIsOneSentence(_ name: String) throws {
    let command = try Self.command(name)
    #expect(command.summary.hasSuffix("."))
    #expect(command.summary.first?.isUppercase == true)
    #expect(!command.summary.contains("\n"))
  }

  @Test(arguments: names) func argumentsAreSound(_ name: String) throws {
    let arguments = try Self.command(name).arguments
    #expect(Set(arguments.map(\.name)).count == arguments.count)
    var sawOptional = false
    for argument in arguments {
      #expect(argument.name.isPlainName)
      #expect(!argument.summary.isEmpty && !argument.summary.hasSuffix("."))
      if argument.isRequired && !argument.isNamedOnly {
        #expect(!sawOptional, "'\(argument.name)' is required after an optional one")
      }
      if !argument.isRequired && !argument.isNamedOnly { sawOptional = true }
      guard let text = argument.defaultText, let value = ParameterText.literal(text) else {
        continue
      }
      #expect(throws: Never.self, "the default of '\(argument.name)' is refused") {
        _ = try ArgumentCheck(argument).checked(value)
      }
    }
  }

  @Test func methodsAreSound() throws {
    for members in [ListMembers.all, TextMembers.all, RecordMembers.all, QuantityMembers.all] {
      let names = members.map(\.command.name)
      #expect(Set(names).count == names.count)
      for member in members {
        let errors = transcript(member.command.example).errors
        #expect(errors.isEmpty, "\(member.command.example): \(errors)")
      }
    }
  }

  // MARK: - What a declaration checks

  private static let probe = Command(
    "probe", "Probes.", example: "probe 1",
    Argument<Int>("count", "a count", bounds: .atLeast(1)),
    Argument<Double>("hop", "a time", default: 10, unit: .milliseconds, bounds: .above(0)),
    Argument<[String]>("on", "some letters", default: ["q"], allowed: ["q", "k", "v"]),
    Argument<[Int]?>("layers", "some layers", bounds: .between(0...11)),
    Argument<Bool>("deep", "a flag", default: false, named: true)
  ) { _, count, hop, on, layers, deep in
    .string("\(count) \(hop) \(on) \(layers.map { "\($0)" } ?? "-") \(deep)")
  }

  private func run(_ call: CallArguments) throws -> String {
    let session = Session(output: TextSink(), isInteractive: false)
    return try Self.probe.body(session, try Self.probe.bind(call)).text()
  }

  private func call(_ positional: [Value], _ named: [(String, Value)] = []) -> CallArguments {
    var call = CallArguments(positional)
    call.named = named.map { ($0, CallArguments.Passed(value: $1)) }
    return call
  }

  @Test func defaultsAndConversions() throws {
    #expect(try run(call([3])) == "3 10.0 [\"q\"] - false")
    #expect(
      try run(call([3], [("hop", .quantity(Quantity(0.5, .seconds))), ("deep", true)]))
        == "3 500.0 [\"q\"] - true")
    #expect(
      try run(call([3], [("layers", .range(NumberRange(0...2)))]))
        == "3 10.0 [\"q\"] [0, 1, 2] false")
    #expect(try run(call([3], [("on", "v"), ("layers", .nil)])) == "3 10.0 [\"v\"] - false")
  }

  @Test(arguments: [
    ([Value.number(0)], "count", "at least 1, found 0"),
    ([Value.number(1.5)], "count", "must be a whole number, found 1.5"),
    ([Value.string("x")], "count", "must be a whole number, found the text \"x\""),
    ([], "count", "needs 'count', a whole number"),
    ([1, .quantity(Quantity(3, .hertz))], "hop", "it is a time in ms, found a frequency, 3Hz"),
    ([1, 0], "hop", "above 0 ms, found 0"),
    ([1, 1, .strings(["q", "w"])], "on", "\"w\" is none of"),
    ([1, 1, "q", .range(NumberRange(0...99))], "layers", "between 0 and 11, found 0...99"),
    ([1, 1, "q", .nil, true], "probe", "takes at most 4 values without a name"),
  ])
  func mistakes(_ values: [Value], _ argument: String, _ message: String) {
    do {
      _ = try run(call(values))
      Issue.record("accepted")
    } catch let error as ArgumentFailure {
      #expect(error.message.contains(message), "\(error.message)")
      #expect(error.message.contains(argument), "\(error.message)")
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func variadicArgumentsTakeTheRest() throws {
    let command = Command(
      "draw", "Draws.", example: "draw 1",
      Argument<[Value]>("curves", "curves", variadic: true), Argument<String?>("title", "a title")
    ) { _, curves, title in .string("\(curves.count) \(title ?? "-")") }
    #expect(command.arguments[1].isNamedOnly)
    let session = Session(output: TextSink(), isInteractive: false)
    let text = try command.body(
      session, try command.bind(call([1, .numbers([2, 3]), "x"], [("title", "t")]))
    ).text()
    #expect(text == "3 t")
  }

  @Test func describedArgumentsAreCheckedAlike() throws {
    let command = Command(
      "lora2", "Makes.", example: "lora2 rate: 8",
      described: [
        ArgumentDescription(
          name: "rate", summary: "a rate", typeDescription: "a number", bounds: .atLeast(1),
          isNamedOnly: true)
      ]
    ) { _, arguments in .number(try arguments.value("rate") ?? 96) }
    let session = Session(output: TextSink(), isInteractive: false)
    #expect(try command.body(session, try command.bind(call([]))).text() == "96")
    #expect(throws: ArgumentFailure.self) {
      _ = try command.body(session, try command.bind(call([], [("rate", 0)])))
    }
  }
}
