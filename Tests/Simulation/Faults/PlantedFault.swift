import Glibc

/// Whether what `Tests/Simulation/Faults/NAME.patch` breaks is to be broken: one of them at most in a process, that which
/// PLANTED_FAULT names. Only the tree that `Tests/Simulation/find-faults` makes has this file, in TunnelCore.
public func isPlanted(_ name: String) -> Bool { name == planted }

private let planted: String? = unsafe getenv("PLANTED_FAULT").map { unsafe String(cString: $0) }
