import Glibc
import SystemPackage

/// Shell commands that the user hooks into the tunnel's life.
package enum Script {
  /// Runs `command` with /bin/sh in exactly the given environment ("NAME=value") and waits for it. Signals that this
  /// process blocks are not blocked there. Returns the exit status as a shell tells it: 128 + n after signal n.
  package static func run(_ command: String, environment: [String]) throws(SystemCallError) -> Int32 {
    let process = try named("posix_spawn /bin/sh") { () throws(Errno) in
      try spawn(["/bin/sh", "-c", command], environment)
    }
    var status: Int32 = 0
    _ = try named("waitpid") { () throws(Errno) in try retrying { unsafe waitpid(process, &status, 0) } }
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }

  private static func spawn(_ arguments: [String], _ environment: [String]) throws(Errno) -> pid_t {
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process: pid_t = 0
    let status = unsafe withCStrings(arguments) { argv in
      unsafe withCStrings(environment) { envp in
        unsafe posix_spawn(&process, "/bin/sh", nil, &attributes, argv, envp)
      }
    }
    if status != 0 { throw Errno(rawValue: status) }
    return process
  }

  /// Lends the strings as a null-terminated array of C strings.
  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let array = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { unsafe array[index] = strdup(string) }
    unsafe array[strings.count] = nil
    defer {
      for index in strings.indices { unsafe free(array[index]) }
      unsafe array.deallocate()
    }
    return unsafe body(array)
  }
}
