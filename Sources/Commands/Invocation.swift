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
  private let table: SettingsTable

  /// Copies what the kernel handed over, and wipes secrets there, since /proc/PID/cmdline and environ show them for as
  /// long as the process lives: of the arguments what could be a key, behind whatever option.
  static func take(_ table: SettingsTable) -> Invocation {
    var words: [GivenText] = []
    ProcessMemory.forEachArgument { index, bytes in
      words.append(GivenText(GuardedMemory(copying: bytes.bytes)))
      if index > 0 { for range in PossibleKey.ranges(in: bytes.bytes) { bytes.wipe(range) } }
    }
    let programName = words.first?.revealed?.split(separator: "/").last.map(String.init) ?? ""
    var invocation = Invocation(programName: programName, table)
    invocation.arguments = Array(words.dropFirst())
    invocation.positions = Array(words.indices.dropFirst())
    ProcessMemory.forEachEnvironmentEntry { bytes in
      let entry = GivenText(GuardedMemory(copying: bytes.bytes))
      invocation.environment.append(entry)
      if let secret = entry.secretRange(table) { bytes.wipe(secret) }
    }
    return invocation
  }

  private init(programName: String, _ table: SettingsTable) {
    self.programName = programName
    self.table = table
  }

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

  /// What scripts may inherit: the environment without any secret. No entry spells `secret`, whatever its name.
  func environmentForScripts(without secret: SecretKey?) -> [String] {
    environment.filter { entry in
      entry.secretRange(table) == nil && !(secret.map { entry.withBytes($0.isSpelled(in:)) } ?? false)
    }.compactMap(\.revealed)
  }
}

extension GivenText {
  /// Where the value of an environment entry stands, if it is or could be a secret: of a secret setting, of a name that
  /// resembles one, or what could be a key and stands under another of our names. PUBLIC_KEY is no secret.
  fileprivate func secretRange(_ table: SettingsTable) -> Range<Int>? {
    guard let equals = firstIndex(of: 0x3d), let full = upTo(equals).revealed else { return nil }
    let value = equals + 1..<count
    let name = full.hasPrefix("IF_QT_") ? String(full.dropFirst(6)) : full
    let meant = table.named(name) ?? table.near(name).flatMap(table.named)
    if let meant, meant.isSecret { return value }
    let isOurs = name != full || table.named(name) != nil
    guard isOurs, name != "PUBLIC_KEY", from(value.lowerBound).withBytes(PossibleKey.isIn) else { return nil }
    return value
  }
}

extension MutableRawSpan {
  @_lifetime(self: copy self)
  fileprivate mutating func wipe(_ range: Range<Int>) {
    for offset in range { storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
  }
}
