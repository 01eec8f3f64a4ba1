// swift-tools-version: 6.2
import PackageDescription

// The fuzz targets, built by Tests/Fuzz/run, which adds -sanitize=fuzzer and -enable-testing for every module. Without
// those flags they neither link nor compile.

let kit = Target.Dependency.product(name: "QuickTunKit", package: "quicktun")
let parts = Target.Dependency.product(name: "FuzzedParts", package: "quicktun")
let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "fuzz",
  // Named, because a local package is otherwise called after the directory that it happens to be cloned into.
  dependencies: [.package(name: "quicktun", path: "../..")],
  targets: [
    .target(name: "FuzzDriver", swiftSettings: settings),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "FuzzDriver", kit, .product(name: "TunnelTesting", package: "quicktun"),
        .product(name: "Configuration", package: "quicktun"), .product(name: "Diagnosis", package: "quicktun"),
      ],
      swiftSettings: settings),
    // A program of its own: libFuzzer looks through the counters of all modules after each input, and these are few.
    .executableTarget(name: "fuzz-decoders", dependencies: ["FuzzDriver", parts], swiftSettings: settings),
  ]
)
