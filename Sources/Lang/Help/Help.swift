/// Help texts, all made from the declarations of the commands.
public enum Help {
  static func text(about text: String, in session: Session) throws -> String {
    Commands.all.map { "\($0.name)  \($0.summary)\n" }.joined()
  }
  static func search(_ text: String) -> String { "" }
}
