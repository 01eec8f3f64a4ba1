import FuzzDriver
import Glibc

let cutter = CutterFuzz()
let joiner = JoinerFuzz()
let controlMessages = ControlMessageFuzz()

exit(
  runFuzzer([
    FuzzTarget("cutter") { cutter.run($0) },
    FuzzTarget("joiner") { joiner.run($0) },
    FuzzTarget("control-messages") { controlMessages.run($0) },
  ]))
