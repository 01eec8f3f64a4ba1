// swift-tools-version: 6.2
import PackageDescription

// The settings that quicktun itself is built with. None is needed to write a protocol.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let kit = Target.Dependency.product(name: "QuickTunKit", package: "quicktun")
let testing = Target.Dependency.product(name: "TunnelTesting", package: "quicktun")

let package = Package(
  name: "protocol-plugin",
  products: [.executable(name: "quicktun-plus", targets: ["quicktun-plus"])],
  // Named, because a local package is otherwise called after the directory that it happens to be cloned into.
  dependencies: [.package(name: "quicktun", path: "../..")],
  targets: [
    .target(name: "ProtocolSequence", dependencies: [kit], swiftSettings: strict),
    .executableTarget(name: "quicktun-plus", dependencies: ["ProtocolSequence", kit], swiftSettings: strict),
    .testTarget(
      name: "ProtocolSequenceTests", dependencies: ["ProtocolSequence", "quicktun-plus", kit, testing],
      swiftSettings: strict),
  ]
)
