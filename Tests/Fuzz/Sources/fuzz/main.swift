import FuzzDriver
import Glibc

exit(
  runFuzzer(
    targets.map { target in
      FuzzTarget(target.name) { bytes in
        var input = FuzzInput(Array(bytes))
        target.run(&input)
      }
    }))
