// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "petl",
  products: [
    .executable(name: "petl", targets: ["Shell"]),
    .library(name: "ASTKit", targets: ["ASTKit"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // C libraries of the system; `scripts/setup` installs them.
    .systemLibrary(name: "CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"])]),
    .systemLibrary(
      name: "CSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
    .systemLibrary(name: "CSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"])]),
    .systemLibrary(
      name: "CReadline", providers: [.apt(["libreadline-dev"])]),

    // Our own C and C++: loops that must reach the CPU's vector units, and gnuplot-iostream.
    .target(name: "CKernels", cSettings: [.define("_GNU_SOURCE")]),
    // A signal handler, which may do next to nothing that Swift does.
    .target(name: "CMapping", cSettings: [.define("_GNU_SOURCE")]),
    .target(
      name: "CGnuplot",
      linkerSettings: [
        .linkedLibrary("boost_iostreams"), .linkedLibrary("boost_system"),
        .linkedLibrary("boost_filesystem"), .linkedLibrary("util"),
      ]),

    // Shell -> Lang -> ASTKit: each layer knows only what is below it.
    .target(
      name: "ASTKit",
      dependencies: [
        "CKernels", "CMapping", "CFFTW", "CSndfile", "CSoxr",
      ]),
    .target(name: "Lang", dependencies: ["ASTKit", "CGnuplot"]),
    .executableTarget(
      name: "Shell",
      dependencies: [
        "Lang", "ASTKit", "CReadline",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(name: "Goldens", dependencies: ["ASTKit"]),
    .executableTarget(name: "CheckGoldens", dependencies: ["Goldens"]),
    .executableTarget(name: "Bench", dependencies: ["ASTKit"]),

    .target(name: "TestSupport", dependencies: ["ASTKit"], path: "Tests/TestSupport"),
    .testTarget(name: "ASTKitTests", dependencies: ["ASTKit", "Goldens", "TestSupport"]),
    .testTarget(
      name: "LangTests", dependencies: ["Lang", "ASTKit", "TestSupport"], exclude: ["Scripts"]),
    .testTarget(name: "ShellTests", dependencies: ["Shell", "Lang", "ASTKit", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)

for target in package.targets where target.type != .system {
  var settings = target.swiftSettings ?? []
  settings.append(.enableUpcomingFeature("ExistentialAny"))
  settings.append(.enableUpcomingFeature("MemberImportVisibility"))
  target.swiftSettings = settings
}
