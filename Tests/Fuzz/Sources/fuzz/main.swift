import Glibc

/// What one run of libFuzzer feeds its inputs to. A broken promise traps; libFuzzer keeps the input.
typealias FuzzTarget = (inout FuzzInput) -> Void

/// All targets by name. Each has a directory of its name in Seeds, and may have one in Regressions.
let targets: [(name: String, run: FuzzTarget)] = [
  ("raw", { Conversation.run("raw", promises: [], &$0) }),
  ("nacl0", { Conversation.run("nacl0", promises: [.isAuthentic, .recoversFromClocks], &$0) }),
  ("nacltai", { Conversation.run("nacltai", promises: [.isAuthentic, .isDirected, .acceptsOnce], &$0) }),
  (
    "salty",
    {
      Conversation.run(
        "salty", promises: [.isAuthentic, .isDirected, .acceptsOnce, .deliversOnce, .recoversFromClocks], &$0)
    }
  ),
  ("salty-control", { SaltyImpostor.run(&$0) }),
]

/// libFuzzer as a library: its loop, with our main and a callback. Declared in FuzzerInterface.h.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ argumentCount: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Usage: fuzz TARGET [libFuzzer's arguments]; fuzz --list.
func fuzz() -> Int32 {
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
  unsafe chosenTarget = targets.first { $0.name == CommandLine.arguments[1] }?.run
  var count = CommandLine.argc - 1
  var arguments = unsafe CommandLine.unsafeArgv + 1
  return unsafe runFuzzer(&count, &arguments) { bytes, length in
    var input = FuzzInput(unsafe Array(UnsafeBufferPointer(start: bytes, count: length)))
    unsafe chosenTarget?(&input)
    return 0
  }
}

/// libFuzzer's callback carries no context.
nonisolated(unsafe) var chosenTarget: FuzzTarget?

exit(fuzz())
