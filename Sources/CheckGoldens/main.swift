// Runs cases of a folder of reference tensors through the engine.
import ASTKit
import Foundation
import Goldens

func complain(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

let arguments = CommandLine.arguments.dropFirst()
guard let path = arguments.first, !path.hasPrefix("-") else {
  complain("usage: CheckGoldens DIR [CASE...]")
  exit(2)
}
do {
  let folder = try GoldenFolder(path)
  let wanted = arguments.dropFirst()
  for name in wanted where !folder.cases.contains(where: { $0.name == name }) {
    let hint = NearestName.find(name, in: folder.cases.map(\.name)).map {
      "; did you mean '\($0)'?"
    }
    complain("error: '\(path)' has no case '\(name)'\(hint ?? "")")
    exit(2)
  }
  var (passed, failed, skipped) = (0, 0, 0)
  for golden in folder.cases where wanted.isEmpty || wanted.contains(golden.name) {
    switch folder.run(golden) {
    case .passed(let worst):
      passed += 1
      let deviations = worst.sorted { $0.key < $1.key }.map {
        "\($0.key) \(String(format: "%.1e", $0.value))"
      }
      print("pass  \(golden.name)  \(deviations.joined(separator: "  "))")
    case .failed(let reasons):
      failed += 1
      print("FAIL  \(golden.name)")
      for reason in reasons.prefix(8) { print("        \(reason)") }
      if reasons.count > 8 { print("        … \(reasons.count - 8) more") }
    case .skipped(let why):
      skipped += 1
      print("skip  \(golden.name)  \(why)")
    }
  }
  print("\(passed) passed, \(failed) failed, \(skipped) skipped")
  exit(failed == 0 && skipped == 0 && passed > 0 ? 0 : 1)
} catch {
  complain("error: \(error)")
  exit(1)
}
