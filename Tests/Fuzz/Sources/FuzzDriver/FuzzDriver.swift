import Glibc

/// libFuzzer as a library: its loop, with our main and a callback. Declared in FuzzerInterface.h.
@_silgen_name("LLVMFuzzerRunDriver")
private func runLibFuzzer(
  _ argumentCount: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// What libFuzzer feeds its inputs to: each has a directory in Seeds, and may have one in Regressions. A broken promise
/// traps; libFuzzer keeps the input.
public struct FuzzTarget {
  let name: String
  let run: (UnsafeRawBufferPointer) -> Void

  public init(_ name: String, _ run: @escaping (UnsafeRawBufferPointer) -> Void) {
    self.name = name
    self.run = run
  }
}

/// libFuzzer's callback carries no context.
nonisolated(unsafe) private var chosenTarget: ((UnsafeRawBufferPointer) -> Void)?

/// Usage: PROGRAM TARGET [libFuzzer's arguments]; PROGRAM --list.
public func runFuzzer(_ targets: [FuzzTarget]) -> Int32 {
  if CommandLine.arguments.dropFirst().first == "--list" {
    for target in targets { print(target.name) }
    return 0
  }
  guard CommandLine.arguments.count > 1, targets.contains(where: { $0.name == CommandLine.arguments[1] }) else {
    print("Usage: fuzz TARGET [ARGUMENT...], TARGET being one of \(targets.map(\.name).joined(separator: ", "))")
    return 2
  }
  // libFuzzer starts itself again for some of its modes, so the target's name has to stay in argv: it takes
  // argv[1] for the name of a corpus directory unless it is gone, hence the copy without it.
  chosenTarget = targets.first { $0.name == CommandLine.arguments[1] }?.run
  var count = CommandLine.argc - 1
  var arguments = CommandLine.unsafeArgv + 1
  return runLibFuzzer(&count, &arguments) { bytes, length in
    chosenTarget?(UnsafeRawBufferPointer(start: bytes, count: length))
    return 0
  }
}

/// A promise that must hold whatever the input.
@inline(__always)
public func check(_ promise: Bool, _ text: @autoclosure () -> String) {
  if !promise { fatalError("broken promise: \(text())") }
}
