import Foundation

/// A program that was started, with what it says going to files. Foundation's Process is not used because it loses sight
/// of some children and waits for them for ever.
final class Child {
  let identifier: pid_t
  private var status: Int32?

  /// Starts a program from PATH with no signal blocked or ignored. `environment`
  /// replaces the whole environment if it is given.
  init(
    _ words: [String], environment: [String: String]? = nil, input: String = "/dev/null", output: String = "/dev/null",
    errors: String? = nil
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_APPEND, 0)
    if let errors { posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_APPEND, 0) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Threads of libdispatch block every signal, and a child would inherit that; and whoever runs the tests in the
    // background, or under nohup, ignores some.
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let variables = environment ?? ProcessInfo.processInfo.environment
    let argv = CStrings(["/usr/bin/env"] + words)
    let envp = CStrings(variables.map { "\($0.key)=\($0.value)" })
    var identifier: pid_t = 0
    let error = posix_spawn(&identifier, "/usr/bin/env", &actions, &attributes, argv.pointers, envp.pointers)
    if error != 0 { throw POSIXError(.init(rawValue: error) ?? .EIO) }
    self.identifier = identifier
  }

  var isRunning: Bool {
    poll(WNOHANG)
    return status == nil
  }

  func send(_ signal: Int32) { if isRunning { kill(identifier, signal) } }

  /// Waits for the end. Returns the exit status as a shell tells it: 128 + n after signal n.
  @discardableResult
  func wait() -> Int32 {
    poll(0)
    let status = status ?? 0
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  }

  private func poll(_ options: Int32) {
    var found: Int32 = 0
    while status == nil {
      let result = waitpid(identifier, &found, options)
      if result == identifier { status = found }
      if result == 0 || (result < 0 && errno != EINTR) { break }
    }
  }

  deinit {
    if isRunning {
      kill(identifier, SIGKILL)
      wait()
    }
  }
}

/// A null-terminated array of C strings.
private final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    pointers = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
    pointers[count] = nil
  }

  deinit {
    for index in 0..<count { free(pointers[index]) }
    pointers.deallocate()
  }
}
