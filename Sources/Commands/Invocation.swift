import Configuration
import Glibc
import LinuxSystem
import Sodium

/// How the program was called: name, arguments and environment, in guarded memory since any of them may be a secret.
struct Invocation {
  /// The last component of the name it was called by.
  let programName: String
  /// Without the program's name.
  private(set) var arguments: [GivenText] = []
  /// "NAME=value".
  private(set) var environment: [GivenText] = []
  /// Where each of `arguments` stands in the process's own list.
  private var positions: [Int] = []

  /// Copies what the kernel handed over, and wipes secrets from the environment there: /proc/PID/environ shows it for
  /// as long as the process lives.
  static func take() -> Invocation {
    var words: [GivenText] = []
    ProcessMemory.forEachArgument { _, bytes in words.append(GivenText(GuardedMemory(copying: bytes.bytes))) }
    var invocation = Invocation(programName: words.first?.revealed?.split(separator: "/").last.map(String.init) ?? "")
    invocation.arguments = Array(words.dropFirst())
    invocation.positions = Array(words.indices.dropFirst())
    ProcessMemory.forEachEnvironmentEntry { bytes in
      let entry = GivenText(GuardedMemory(copying: bytes.bytes))
      invocation.environment.append(entry)
      if let secret = entry.secretRange { bytes.wipe(secret) }
    }
    return invocation
  }

  private init(programName: String) { self.programName = programName }

  /// Takes the subcommand's name off.
  mutating func dropSubcommand() {
    arguments.removeFirst()
    positions.removeFirst()
  }

  /// Takes an option off that has no value. False if it is not there.
  mutating func takeFlag(_ name: String) -> Bool {
    guard let index = arguments.firstIndex(where: { $0.revealed == name }) else { return false }
    arguments.remove(at: index)
    positions.remove(at: index)
    return true
  }

  /// Wipes arguments that hold a secret from the list of processes.
  func wipeArguments(_ indices: [Int]) {
    let secret = indices.map { positions[$0] }
    ProcessMemory.forEachArgument { index, bytes in
      if secret.contains(index) { bytes.wipe(0..<bytes.byteCount) }
    }
  }

  /// What scripts may inherit: the environment without any secret.
  var environmentForScripts: [String] {
    environment.filter { $0.secretRange == nil }.compactMap(\.revealed)
  }
}

extension GivenText {
  /// Where the value of an environment entry stands, if it belongs to a secret setting.
  fileprivate var secretRange: Range<Int>? {
    guard let equals = firstIndex(of: 0x3d), let name = upTo(equals).revealed else { return nil }
    let isSecret = Setting.all.contains { $0.isSecret && ($0.name == name || "IF_QT_\($0.name)" == name) }
    return isSecret ? equals + 1..<count : nil
  }
}

extension MutableRawSpan {
  @_lifetime(self: copy self)
  fileprivate mutating func wipe(_ range: Range<Int>) {
    for offset in range { storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
  }
}
