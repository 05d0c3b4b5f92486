import ASTKit

/// What people write who come from Python, Julia, MATLAB or C, and what it is called here.
///
/// A habit gets one line that shows the petl form; "syntax error" would teach nothing.
enum Habits {
  /// Operators of other languages, longest first.
  private static let signs: [(sign: String, hint: String)] = [
    ("!==", "write '!='"), ("===", "write '=='"),
    ("&&", "write 'and'"), ("||", "write 'or'"),
    ("//", "a comment starts with '#'; a whole quotient is floor(a / b)"),
    ("/*", "a comment starts with '#' and ends with the line"),
    ("<>", "write '!='"), ("~=", "write '!='"), ("->", "write func name(x) { return … }"),
    ("=>", "a record is [name: value], a func is func(x) { return … }"), (":=", "write '='"),
    ("++", "write 'x += 1'"), ("--", "write 'x -= 1'"),
    ("^", "a power is '**'"), ("&", "write 'and'"), ("|", "write 'or'"),
  ]

  /// The foreign operator at `offset` with its length in bytes, if there is one.
  static func sign(in bytes: [UInt8], at offset: Int) -> (text: String, length: Int)? {
    for (sign, hint) in signs where bytes[offset...].starts(with: sign.utf8) {
      let next = offset + sign.utf8.count
      // `a --1` and `x ++y` are odd but right: two signs, the second one unary.
      if sign == "++" || sign == "--" {
        let isAtEnd = next >= bytes.count || " \t\r\n;)}#".utf8.contains(bytes[next])
        if !isAtEnd { continue }
      }
      return (hint, sign.utf8.count)
    }
    if bytes[offset] == UInt8(ascii: "!"), bytes[offset...].dropFirst().first != UInt8(ascii: "=") {
      return ("write 'not'", 1)
    }
    if bytes[offset...].starts(with: "..".utf8), !bytes[offset...].starts(with: "...".utf8),
      !bytes[offset...].starts(with: "..<".utf8)
    {
      return ("a range is '0...11' (closed) or '0..<12' (half open)", 2)
    }
    return nil
  }

  /// Whether a scalar outside ASCII may be part of a name.
  static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isXIDContinue && scalar.value >= 0x80 && scalar.value != 0x00B7
      && !scalar.isHidden
  }

  /// What to say about a character that starts no word.
  static func character(_ scalar: Unicode.Scalar) -> (message: String, hint: String?) {
    let code = "U+" + hexadecimal(scalar.value)
    switch scalar.value {
    case 0x201C, 0x201D, 0x201E, 0x201F, 0xAB, 0xBB, 0x2018, 0x2019, 0x201A, 0x60, 0xB4:
      return ("\(scalar) (\(code)) is not a quotation mark here", "strings stand in \"…\" or '…'")
    case 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000:
      let name = scalar.value == 0xA0 ? "a no-break space" : "an unusual space"
      return ("here stands \(name) (\(code))", "replace it by an ordinary space")
    case 0..<0x20, 0x7F..<0xA0: return ("here stands a control character (\(code))", "delete it")
    case _ where scalar.isHidden:
      let name = scalar.value == 0xFEFF ? "a byte-order mark" : "an invisible character"
      return ("here stands \(name) (\(code))", "delete it and type the line again")
    case 0x2010...0x2015, 0x2212: return ("\(scalar) (\(code)) is not a minus", "write '-'")
    case 0xD7, 0x22C5, 0xB7: return ("\(scalar) (\(code)) is not an operator", "write '*'")
    case 0xF7: return ("\(scalar) (\(code)) is not an operator", "write '/'")
    case 0x2264: return ("\(scalar) (\(code)) is not an operator", "write '<='")
    case 0x2265: return ("\(scalar) (\(code)) is not an operator", "write '>='")
    case 0x2260: return ("\(scalar) (\(code)) is not an operator", "write '!='")
    case 0x2026: return ("\(scalar) (\(code)) is not an operator", "a range is '0...11'")
    case 0x2208: return ("\(scalar) (\(code)) is not an operator", "write 'in'")
    case 0x40: return ("'@' has no meaning here", nil)
    case 0x24: return ("'$' has no meaning here", "a variable is its bare name")
    case 0x5C: return ("'\\' has no meaning here", "a line goes on inside ( ), [ ] or after ','")
    case 0xFFFD: return ("this byte is not UTF-8 text", "save the file as UTF-8")
    default: return ("'\(scalar)' (\(code)) has no meaning here", nil)
    }
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// Constants of other languages.
  static let constants: [String: String] = [
    "True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "None": "nil",
    "null": "nil", "NULL": "nil", "NaN": "nan", "Inf": "inf",
  ]

  /// Words that open a statement elsewhere, with the petl form.
  static let statements: [String: String] = [
    "import": "nothing needs importing; another script runs with: run \"other.petl\"",
    "from": "nothing needs importing; another script runs with: run \"other.petl\"",
    "using": "nothing needs importing; another script runs with: run \"other.petl\"",
    "include": "another script runs with: run \"other.petl\"",
    "def": "write func name(x, y: 1) { … }", "function": "write func name(x, y: 1) { … }",
    "fn": "write func name(x, y: 1) { … }", "fun": "write func name(x, y: 1) { … }",
    "elif": "write '} else if … {'", "elseif": "write '} else if … {'",
    "let": "write name = value", "var": "write name = value", "const": "write name = value",
    "local": "write name = value", "global": "a func sees globals, and returns what it makes",
    "end": "a block ends with '}'", "endif": "a block ends with '}'",
    "switch": "write if … { } else if … { }", "match": "write if … { } else if … { }",
    "do": "a block stands in { }", "unless": "write if not …", "begin": "a block stands in { }",
    "class": "there are no classes; a record is [name: value]",
    "struct": "a record is [name: value]", "except": "write 'catch e {'",
    "throw": "a script cannot raise errors of its own", "lambda": "write func(x) { return … }",
    "del": "there is no need to delete a variable", "pass": "an empty block is { }",
    "assert": "write if not … { print … }",
  ]

  /// Words that go on a statement or a value elsewhere, with the petl form.
  static let continuations: [String: String] = [
    "if": "a choice is condition ? a : b", "elif": "write '} else if … {'",
    "elseif": "write '} else if … {'", "is": "write x == nil", "as": "write name = value",
    "then": "a block stands in { }",
  ]

  /// Functions of other languages, with the petl form.
  static let functions: [String: String] = [
    "raise": "a script cannot raise errors of its own",
    "error": "a script cannot raise errors of its own",
    "nothing": "write nil", "undefined": "write nil", "Nothing": "write nil",
    "len": "write x.count", "size": "write x.count", "numel": "write x.count",
    "str": "write \"\\(x)\"", "string": "write \"\\(x)\"", "repr": "write \"\\(x)\"",
    "int": "write floor(x) or round(x)", "float": "write x.number for a text x",
    "println": "write print x", "printf": "write print \"… \\(x)\"", "echo": "write print x",
    "disp": "write print x", "puts": "write print x", "display": "write print x",
    "clear": "start petl anew, or assign nil",
    "sorted": "write x.sorted()", "sort": "write x.sorted()", "reversed": "write x.reversed",
    "enumerate": "write for i in 0..<x.count { … }", "zip": "write for i in 0..<x.count { … }",
    "map": "write x.map(f)", "filter": "write x.filter(f)", "push!": "write x += [y]",
    "append": "write x += [y]", "linspace": "write (0..<n).map(f)", "type": "write x.type",
    "typeof": "write x.type", "who": "write vars", "whos": "write vars", "dir": "write vars",
    "ls": "write vars", "doc": "write help name", "man": "write help name",
    "source": "write run \"other.petl\"", "load_model": "write model \"file\"",
    "log2": "write log(x) / log(2)", "pow": "write x ** y", "avg": "write mean x",
    "average": "write mean x", "open": "write run \"file.petl\", or name a file in a command",
  ]

  /// Methods of other languages' lists, texts and tables.
  static let methods: [String: String] = [
    "append": "write x += [y]", "push": "write x += [y]", "add": "write x += [y]",
    "extend": "write x += y", "insert": "write x[0..<i] + [y] + x[i..<x.count]",
    "pop": "write x = x[0..<x.count - 1]", "remove": "write x = x.filter(f)",
    "len": "write x.count", "length": "write x.count", "size": "write x.count",
    "sort": "write x.sorted()", "reverse": "write x.reversed",
    "items": "write for key in x { x[key] }",
    "get": "write x[key]", "format": "write \"… \\(x)\"", "join": "write list.joined(\", \")",
    "toString": "write \"\\(x)\"", "strip": "write x.trimmed", "trim": "write x.trimmed",
    "startswith": "write x.hasPrefix(y)", "endswith": "write x.hasSuffix(y)",
    "startsWith": "write x.hasPrefix(y)", "endsWith": "write x.hasSuffix(y)",
    "uppercase": "write x.upper", "lowercase": "write x.lower", "index": "write x.index(y)",
    "find": "write x.contains(y)", "forEach": "write for item in x { … }",
    "reduce": "write a for loop", "average": "write x.mean", "toFixed": "write round(x, 2)",
  ]
}
