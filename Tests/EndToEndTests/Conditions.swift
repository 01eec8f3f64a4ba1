import Foundation
import Testing
import TunnelLab

/// For tests of how the program was linked.
let needsShippedProgram = ConditionTrait.enabled(
  if: ProcessInfo.processInfo.environment["QUICKTUN_PROGRAM"] != nil,
  "SKIPPED: this is not the program as build-release makes it; Tests/run does it")

/// For suites that make network namespaces.
let needsRoot = ConditionTrait.enabled(
  if: getuid() == 0, "SKIPPED: network namespaces and devices need root; Tests/run becomes root by itself")
