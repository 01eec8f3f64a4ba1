import Glibc

/// libFuzzer as a library: its loop, with our main and a callback. Declared in FuzzerInterface.h.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ argumentCount: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Usage: fuzz TARGET [libFuzzer's arguments]; fuzz --list.
func runTarget() -> Int32 {
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
  return runFuzzer(&count, &arguments) { bytes, length in
    var input = FuzzInput(Array(UnsafeBufferPointer(start: bytes, count: length)))
    chosenTarget?(&input)
    return 0
  }
}

exit(runTarget())
