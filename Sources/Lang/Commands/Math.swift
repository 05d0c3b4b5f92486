import Glibc

/// Arithmetic on numbers and lists.
enum MathCommands {
  static let all: [Command] = statistics + functions + [round, length, range]

  private static let values = Argument<[Value]>(
    "values", "numbers, or one list of them", variadic: true)

  private static let statistics: [Command] = [
    Command("sum", "Adds up numbers.", example: "sum [1, 2, 3]", values) { _, values in
      .number(try numbers(values).reduce(0, +))
    },
    Command("mean", "The mean of numbers.", example: "mean [1, 2, 3]", values) { _, values in
      .number(try Statistics.mean(numbers(values)))
    },
    Command(
      "median", "The middle one of numbers, or the mean of the two in the middle.",
      example: "median [1, 2, 9]", values
    ) {
      _, values in .number(try Statistics.median(numbers(values)))
    },
    Command(
      "std", "The standard deviation of a sample, n - 1 below the line.", example: "std [1, 2, 3]",
      values
    ) {
      _, values in .number(try Statistics.variance(numbers(values)).squareRoot())
    },
    Command("min", "The smallest of numbers.", example: "min 3, 1, 2", values) { _, values in
      try Statistics.least(List(numbers(values).map(Value.number)), by: <)
    },
    Command("max", "The largest of numbers.", example: "max 3, 1, 2", values) { _, values in
      try Statistics.least(List(numbers(values).map(Value.number)), by: >)
    },
  ]

  private static let functions: [Command] = [
    function("abs", "The number without its sign.", "abs(-3)") { Swift.abs($0) },
    function("sqrt", "The square root.", "sqrt(9)") { $0.squareRoot() },
    function("exp", "The power of Euler's number.", "exp(1)") { Glibc.exp($0) },
    function("log", "The natural logarithm.", "log(10)") { Glibc.log($0) },
    function("log10", "The logarithm to the base 10.", "log10(100)") { Glibc.log10($0) },
    function("sin", "The sine of an angle in radians.", "sin(pi / 2)") { Glibc.sin($0) },
    function("cos", "The cosine of an angle in radians.", "cos(0)") { Glibc.cos($0) },
    function("tan", "The tangent of an angle in radians.", "tan(0)") { Glibc.tan($0) },
    function("floor", "The whole number below.", "floor(1.7)") { $0.rounded(.down) },
    function("ceil", "The whole number above.", "ceil(1.2)") { $0.rounded(.up) },
  ]

  private static let round = Command(
    "round", "Rounds to whole numbers, or to digits after the point.", example: "round(1.234, 2)",
    Argument<Value>("x", "a number or a list of numbers"),
    Argument<Int>("digits", "digits after the point", default: 0, bounds: .between(-300...300))
  ) { _, x, digits in
    let scale = pow(10, Double(digits))
    return try apply(x, "round") { number in
      let scaled = number * scale
      // Beyond 2^53 there is nothing after the point left to round.
      guard scaled.isFinite, Swift.abs(scaled) < 9e15 else { return number }
      return scaled.rounded(.toNearestOrAwayFromZero) / scale
    }
  }

  private static let length = Command(
    "length", "How many values a list, text, record or range holds.", example: "length [1, 2]",
    Argument<Value>("x", "the list, text, record or range")
  ) { session, x in
    if let count = try Members.value(of: x, "count", in: session) { return count }
    throw CommandError("\(x.typeDescription) has no length", argument: "x")
  }

  private static let range = Command(
    "range", "Numbers in equal steps, the last one included if a step meets it.",
    example: "range 0, 1, 0.25",
    Argument<Double>("from", "the first number"), Argument<Double>("to", "the last number"),
    Argument<Double>("step", "the distance between two numbers", default: 1)
  ) { _, from, to, step in
    guard step != 0, step.isFinite, from.isFinite, to.isFinite else {
      throw CommandError("'step' must be a number other than 0", argument: "step")
    }
    // A little more than the quotient, so that 0, 1, 0.1 reaches 1.
    let count = ((to - from) / step + 1e-9).rounded(.down) + 1
    guard count <= Double(Limits.listCount) else {
      throw CommandError("a list of \(count.shortText) numbers is too long", argument: "step")
    }
    return .numbers((0..<Swift.max(0, Int(count))).map { from + Double($0) * step })
  }

  private static func function(
    _ name: String, _ summary: String, _ example: String,
    _ compute: @escaping @Sendable (Double) -> Double
  ) -> Command {
    Command(
      name, summary, example: example, Argument<Value>("x", "a number or a list of numbers")
    ) { _, x in try apply(x, name, compute) }
  }

  /// A number's image, or a list of images.
  private static func apply(
    _ value: Value, _ name: String, _ compute: (Double) -> Double
  ) throws -> Value {
    if case .number(let number) = value { return .number(compute(number)) }
    guard let list = try List.convert(value) else {
      throw CommandError(
        "'x' of '\(name)' must be a number or a list of numbers, found \(value.found)",
        argument: "x")
    }
    return .numbers(try Statistics.numbers(list).map(compute))
  }

  /// The numbers of a call: those given one by one, or those of its only list.
  private static func numbers(_ values: [Value]) throws -> [Double] {
    do {
      if values.count == 1, let list = try List.convert(values[0]) {
        return try Statistics.numbers(list)
      }
      return try Statistics.numbers(List(values))
    } catch let error as CommandError {
      throw CommandError(error.message, argument: "values", hint: error.hint)
    }
  }
}
