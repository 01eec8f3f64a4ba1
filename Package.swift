// swift-tools-version: 6.2
import PackageDescription

let common: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  // Spans that borrow from a packet batch name what they borrow from.
  .enableExperimentalFeature("Lifetimes"),
]
let strict = common + [.strictMemorySafety()]

let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// A module of the tunnel. It names only modules that stand above it in this file.
func module(_ name: String, _ dependencies: Target.Dependency...) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
  _ name: String, _ dependencies: Target.Dependency..., resources: [Resource] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: common)
}

let package = Package(
  name: "quicktun",
  products: [
    .executable(name: "quicktun", targets: ["quicktun"]),
    // Makes the manual pages and the shells' completions from the tables of settings, protocols and subcommands.
    .executable(name: "reference", targets: ["reference"]),
    // What a protocol of somebody else's is written against: see examples/protocol-plugin.
    .library(name: "QuickTunKit", targets: ["TunnelCore", "ProtocolKit", "Sodium", "Commands", "BuiltinProtocols"]),
    // The memory ends and the clock turned by hand, for tests of such a protocol.
    .library(name: "TunnelTesting", targets: ["TunnelTesting"]),
    // For Tests/Fuzz.
    .library(name: "Configuration", targets: ["Configuration"]),
    .library(name: "Diagnosis", targets: ["Diagnosis", "Check"]),
    .library(name: "FuzzedParts", targets: ["Offload", "TunnelCore", "CLinux"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // What Swift cannot say.
    .target(name: "CLinux"),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),

    // The floor: packets and the seams, libsodium, the kernel.
    module("TunnelCore"),
    module("Sodium", "CSodium"),
    module("LinuxSystem", "CLinux", "TunnelCore", system),

    // Wire formats.
    module("ProtocolKit", "TunnelCore", "Sodium"),
    module("ProtocolRaw", "ProtocolKit", "TunnelCore"),
    module("ProtocolNaCl0", "ProtocolKit", "TunnelCore", "Sodium"),
    module("ProtocolNaClTAI", "ProtocolKit", "TunnelCore", "Sodium"),
    module("ProtocolSalty", "ProtocolKit", "TunnelCore", "Sodium"),
    module("BuiltinProtocols", "ProtocolKit", "ProtocolRaw", "ProtocolNaCl0", "ProtocolNaClTAI", "ProtocolSalty"),

    // Devices and transports.
    module("Offload", "TunnelCore"),
    module("TunDevice", "Offload", "TunnelCore", "LinuxSystem", system),
    module("Transports", "TunnelCore", "LinuxSystem", system),

    // Settings, and the program.
    module("Configuration", "ProtocolKit", "Sodium", "TunnelCore"),
    module(
      "Diagnosis", "Configuration", "ProtocolKit", "Sodium", "TunnelCore", "LinuxSystem", system),
    // What a tunnel is made of, from its settings: for whoever runs one, and for whoever only looks.
    module(
      "TunnelSetup", "TunnelCore", "ProtocolKit", "Sodium", "LinuxSystem", "TunDevice", "Transports", "Configuration",
      "Diagnosis", logging, system),
    module(
      "TunnelDaemon", "TunnelSetup", "TunnelCore", "ProtocolKit", "Sodium", "LinuxSystem", "Configuration",
      "Diagnosis", logging, system),
    module(
      "Check", "TunnelSetup", "TunnelCore", "ProtocolKit", "Sodium", "LinuxSystem", "Configuration", "Diagnosis",
      logging, system),
    module(
      "Commands", "TunnelDaemon", "Check", "Diagnosis", "ProtocolKit", "Configuration", "Sodium", "LinuxSystem",
      "TunnelCore", logging, system),
    .executableTarget(name: "quicktun", dependencies: ["Commands", "BuiltinProtocols"], swiftSettings: strict),

    .executableTarget(
      name: "reference", dependencies: ["Commands", "Configuration", "ProtocolKit", "BuiltinProtocols"],
      path: "Sources/Reference", exclude: ["Pages"], swiftSettings: strict),

    // Fakes.
    module("TunnelTesting", "TunnelCore"),
    // Network namespaces with daemons in them, for the end-to-end tests and the benchmarks.
    .target(name: "TunnelLab", path: "Tests/Lab", exclude: ["Programs"], swiftSettings: common),

    // See Tests/Simulation/README.md.
    .target(name: "CSodiumRecorder", path: "Tests/Simulation/Recorder"),
    .target(
      name: "Simulation",
      dependencies: [
        "BuiltinProtocols", "CMalloc", "CSodium", "CSodiumRecorder", "ProtocolKit", "Sodium", "TunnelCore",
      ],
      path: "Tests/Simulation/World", swiftSettings: common),
    .executableTarget(
      name: "simulate", dependencies: ["Simulation"], path: "Tests/Simulation/Simulate", swiftSettings: common),
    .testTarget(
      name: "SimulationTests", dependencies: ["Simulation", "CSodiumRecorder", "ProtocolKit", "Sodium", "TunnelCore"],
      path: "Tests/Simulation/Tests",
      resources: [
        .copy("Vectors/salty_probe.json"), .copy("Vectors/salty_more.json"),
        .copy("../../ProtocolTests/Vectors/salty.json"),
        .copy("../../ProtocolTests/Vectors/nacltai.json"), .copy("../../ProtocolTests/Vectors/nacltai_replay.json"),
      ],
      swiftSettings: common),

    // See Benchmarks/run, Benchmarks/seal and Benchmarks/memory.
    .executableTarget(
      name: "tunnel-benchmark", dependencies: ["TunnelLab"], path: "Benchmarks/Tunnel", swiftSettings: common),
    .executableTarget(
      name: "seal-benchmark", dependencies: ["BuiltinProtocols", "ProtocolKit", "Sodium", "CSodium", "TunnelCore"],
      path: "Benchmarks/Sealing", swiftSettings: common),
    .systemLibrary(name: "CMalloc", path: "Benchmarks/CMalloc"),
    .executableTarget(
      name: "memory-benchmark", dependencies: ["BuiltinProtocols", "CMalloc", "ProtocolKit", "Sodium", "TunnelCore"],
      path: "Benchmarks/Memory", swiftSettings: common),

    tests("TunnelCoreTests", "TunnelCore", "TunnelTesting"),
    tests("LinuxSystemTests", "LinuxSystem", "TunnelTesting"),
    tests("TransportsTests", "Transports", "LinuxSystem", "TunnelCore", system),
    tests(
      "TunnelDaemonTests", "TunnelDaemon", "Diagnosis", "Configuration", "TunnelCore", "TunnelTesting", "ProtocolKit",
      "BuiltinProtocols", "Sodium", logging, system),
    tests("OffloadTests", "Offload", "TunnelCore"),
    tests("SodiumTests", "Sodium", "CSodium"),
    tests(
      "ProtocolTests", "TunnelCore", "TunnelTesting", "ProtocolKit", "BuiltinProtocols", "Sodium", "CMalloc",
      "ProtocolNaClTAI", "ProtocolSalty", resources: [.copy("Vectors")]),
    tests("ConfigurationTests", "Configuration", "ProtocolKit", "BuiltinProtocols", "Sodium", "TunnelCore"),
    tests(
      "DiagnosisTests", "Diagnosis", "Configuration", "LinuxSystem", "ProtocolKit", "BuiltinProtocols", "Sodium",
      "TunnelCore", "TunnelTesting", system),
    tests(
      "CheckTests", "Check", "Diagnosis", "Configuration", "LinuxSystem", "ProtocolKit", "BuiltinProtocols", "Sodium",
      "TunnelCore"),
    tests("EndToEndTests", "TunnelLab", resources: [.copy("Vectors")], exclude: ["Programs"]),
  ]
)
