import ASTKit

/// One command for each adaptation method of the engine, made from the method's own
/// declaration: the language adds nothing to it.
enum MethodConstructors {
  static let all: [Command] = PETLMethods.all.map { method in
    Command(
      method.kind, method.summary, example: method.example,
      described: method.settings.map { ArgumentDescription($0) }
    ) { _, arguments in
      .object(try MethodObject(method, arguments.values(of: method.settings)))
    }
  }
}
