// Runs every case of a folder of reference tensors through the engine.
import ASTKit
import Foundation
import Goldens

let arguments = CommandLine.arguments.dropFirst()
guard let path = arguments.first, !path.hasPrefix("-") else {
  FileHandle.standardError.write(Data("usage: CheckGoldens DIR [CASE...]\n".utf8))
  exit(2)
}
do {
  let folder = try GoldenFolder(path)
  let wanted = Set(arguments.dropFirst())
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
  exit(failed == 0 ? 0 : 1)
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}
