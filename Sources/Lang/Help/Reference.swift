import ASTKit

/// The reference page of the language, in Markdown: every command from its declaration, the
/// methods of values, the grammar.
public enum Reference {
  /// The whole page; ends with a newline.
  public static var markdown: String {
    var text = "# Reference of petl\n\nMade by `petl reference` from the declarations of the "
    text += "commands; do not edit.\n\n## Commands\n"
    for command in Commands.all { text += section(command) }
    text += "\n## Values\n\n| name | what it is |\n|---|---|\n"
    for constant in Constants.all {
      text += "| `\(constant.name)` | \(escape(constant.summary)) |\n"
    }
    text += "\n## Members of values\n"
    for (title, members) in [
      ("Lists, ranges and curves", ListMembers.all), ("Texts", TextMembers.all),
      ("Records", RecordMembers.all), ("Quantities", QuantityMembers.all),
    ] {
      text += "\n### \(title)\n\n| member | what it gives | example |\n|---|---|---|\n"
      for member in members {
        let command = member.command
        let usage = member.isProperty ? command.name : command.methodUsage
        text +=
          "| `.\(escape(usage))` | \(escape(command.summary)) | `\(escape(command.example))` |\n"
      }
    }
    return text + "\n## Units\n\n"
      + Unit.all.map { "`\($0.name)`" }.joined(separator: ", ")
      + "\n\n## Grammar\n\n```ebnf\n" + grammar + "```\n"
  }

  private static func section(_ command: Command) -> String {
    var text = "\n### \(command.name)\n\n\(command.summary)\n\n```petl\n\(command.example)\n```\n"
    guard !command.arguments.isEmpty else { return text }
    text += "\n| argument | takes | default | what it is |\n|---|---|---|---|\n"
    for argument in command.arguments {
      var takes = argument.typeDescription
      if let unit = argument.unit { takes += " in \(unit.name)" }
      if let bounds = argument.bounds { takes += ", \(bounds.text)" }
      if !argument.allowed.isEmpty {
        takes = argument.allowed.map { "`\($0)`" }.joined(separator: ", ")
      }
      let name =
        argument.isVariadic
        ? "`\(argument.name)…`"
        : argument.isNamedOnly ? "`\(argument.name):`" : "`\(argument.name)`"
      let value =
        argument.defaultText.map { "`\($0)`" } ?? (argument.isRequired ? "required" : "")
      text += "| \(name) | \(escape(takes)) | \(escape(value)) | \(escape(argument.summary)) |\n"
    }
    return text
  }

  private static func escape(_ text: String) -> String {
    text.map { $0 == "|" ? "\\|" : String($0) }.joined()
  }

  /// The grammar in EBNF; white space and comments may stand between any two words.
  static let grammar = #"""
    program      = { statement | cell | separator } ;
    separator    = newline | ";" ;
    cell         = ( "#%%" | "# %%" ) { any character of the line } ;

    statement    = assignment | bare call | expression | conditional | loop | while
                 | function | attempt | parameter | timed | help
                 | "return" [ expression ] | "break" | "continue" ;
    assignment   = target ( "=" | "+=" | "-=" | "*=" | "/=" | "%=" ) ( bare call | expression ) ;
    target       = ( name | call ) { "." name | "[" expression "]" } ;
    bare call    = name blank [ name blank ] argument { "," argument } ;
    conditional  = "if" expression block { "else" "if" expression block } [ "else" block ] ;
    loop         = "for" name "in" expression block ;
    while        = "while" expression block ;
    function     = "func" name parameters block ;
    parameters   = "(" [ name [ ":" expression ] { "," name [ ":" expression ] } ] ")" ;
    attempt      = "try" block "catch" [ name ] block ;
    parameter    = "param" name "=" expression [ "," string ] ;
    timed        = "time" blank statement ;
    help         = ( "?" | "??" ) { any character of the line } ;
    block        = "{" { statement | separator } "}" ;

    expression   = alternative [ "?" expression ":" expression ] ;
    alternative  = conjunction { "or" conjunction } ;
    conjunction  = negation { "and" negation } ;
    negation     = "not" negation | comparison ;
    comparison   = span [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not" "in" ) span ] ;
    span         = sum [ ( "..." | "..<" ) sum ] ;
    sum          = product { ( "+" | "-" ) product } ;
    product      = signed { ( "*" | "/" | "%" ) signed } ;
    signed       = ( "-" | "+" | "not" ) signed | power ;
    power        = postfix [ "**" signed ] ;
    postfix      = primary { "." name | "[" expression "]" | "(" [ arguments ] ")" } ;
    arguments    = argument { "," argument } [ "," ] ;
    argument     = [ name ":" ] expression ;
    primary      = number | quantity | string | name | "true" | "false" | "nil"
                 | "(" expression ")" | list | record | "func" parameters block ;
    list         = "[" [ expression { "," expression } [ "," ] ] "]" ;
    record       = "[" ":" "]" | "[" entry { "," entry } [ "," ] "]" ;
    entry        = ( name | string ) ":" expression ;

    number       = digits [ "." digits ] [ ( "e" | "E" ) [ "+" | "-" ] digits ] ;
    quantity     = number unit ;
    digits       = digit { digit | "_" digit } ;
    name         = ( letter | "_" ) { letter | digit | "_" } ;
    string       = '"' { character | escape | "\(" expression ")" } '"'
                 | "'" { character } "'" ;
    escape       = "\n" | "\t" | "\r" | "\0" | "\\" | "\"" | "\'" | "\u{" hexadecimal "}" ;

    """#
}
