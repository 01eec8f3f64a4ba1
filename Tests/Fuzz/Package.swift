// swift-tools-version: 6.2
import PackageDescription

// The fuzz targets: one program, built by Tests/Fuzz/run, which adds -sanitize=fuzzer for every module. Without that
// flag it does not link.

let kit = Target.Dependency.product(name: "QuickTunKit", package: "quicktun")

let package = Package(
  name: "fuzz",
  // Named, because a local package is otherwise called after the directory that it happens to be cloned into.
  dependencies: [.package(name: "quicktun", path: "../..")],
  targets: [
    .executableTarget(
      name: "fuzz",
      dependencies: [
        kit, .product(name: "TunnelTesting", package: "quicktun"), .product(name: "Configuration", package: "quicktun"),
      ],
      swiftSettings: [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ])
  ]
)
