import Configuration
import Glibc
import LinuxSystem
import ProtocolKit
import Sodium
import SystemPackage
import TunnelDaemon

/// `quicktun keypair`, also `keypair`: the key pair generator, with the options and the output of the original's.
enum KeypairCommand {
  private enum Form: String { case human, space, bin }

  /// What ends it, in the original's words.
  private struct Refusal: Error { let text: String }

  static func run(_ invocation: Invocation, _ protocols: [ProtocolDescription]) -> Int32 {
    do throws(Refusal) {
      return try run(invocation)
    } catch {
      StandardError.write(error.text)
      return 255
    }
  }

  private static func run(_ invocation: Invocation) throws(Refusal) -> Int32 {
    var secret: SecretKey?
    var form = Form.human
    var rest = invocation.arguments[...]
    while let argument = rest.popFirst() {
      switch argument.revealed {
      case "-i":
        guard let digits = rest.popFirst() else { throw Refusal(text: "Missing argument for -i") }
        invocation.wipeArguments([rest.startIndex - 1])
        secret = try key(digits)
      case "-f":
        secret = try keyFromStandardInput()
      case "-o":
        guard let name = rest.popFirst() else { throw Refusal(text: "Missing argument for -o") }
        guard let known = name.revealed.flatMap(Form.init(rawValue:)) else {
          throw Refusal(text: "Invalid argument specified for -o: human, space or bin is accepted")
        }
        form = known
      case "-v", "--version":
        print(Version.text)
        return 0
      case "-h", "--help":
        print(help)
        return 0
      default:
        throw Refusal(text: "Unexpected command line argument; see quicktun keypair -h")
      }
    }
    do throws(Errno) {
      try show(secret ?? SecretKey(), form)
    } catch {
      throw Refusal(text: "standard output: \(error)")  // nobody has this pair
    }
    return 0
  }

  static let options = [
    CommandOption("-i", takes: "HEX", summary: "The pair of this secret key (64 hexadecimal digits)."),
    CommandOption("-f", summary: "The pair of the secret key on standard input (32 bytes)."),
    CommandOption(
      "-o", takes: "human|space|bin", summary: "Output: human (two lines), space (one line), bin (64 bytes)."),
    .help, .version,
  ]

  private static let help = """
    usage: quicktun keypair [-i HEX | -f] [-o human|space|bin]

    Makes a key pair. Keep the SECRET line; give the PUBLIC line to the peer.

    \(CommandOption.list(options))
    """

  /// The key that the first 64 digits spell; what follows is not looked at, as in the original.
  private static func key(_ digits: GivenText) throws(Refusal) -> SecretKey {
    StandardError.write(
      "warning: -i: everybody on this host could see the secret key in the list of processes\n  Use -f.")
    let count = 2 * SecretKey.byteCount
    do throws(KeyError) {
      return try digits.prefix(count).withBytes { (bytes) throws(KeyError) in try SecretKey(hex: bytes) }
    } catch {
      throw Refusal(text: "Invalid secret key argument: 64 hexadecimal digits are accepted")
    }
  }

  private static func keyFromStandardInput() throws(Refusal) -> SecretKey {
    let memory = GuardedMemory(count: SecretKey.byteCount)
    do {
      let input = try OpenedFile.standardInput()
      let count = try memory.withMutableBytes { try input.read(into: &$0) }
      guard count == memory.count else {
        throw Refusal(text: "Error or end of file on STDIN: 32 bytes are needed, \(count) came")
      }
      return try memory.withBytes { try SecretKey(bytes: $0) }
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(text: "Error or end of file on STDIN: \(error)")
    }
  }

  private static func show(_ secret: SecretKey, _ form: Form) throws(Errno) {
    let publicKey = secret.publicKey
    switch form {
    case .human:
      try StandardOutput.write("SECRET: ")
      try write(secret.hexDigits())
      try StandardOutput.write("\nPUBLIC: \(publicKey)\n")
    case .space:
      try write(secret.hexDigits())
      try StandardOutput.write(" \(publicKey)\n")
    case .bin:
      try secret.withBytes { (bytes) throws(Errno) in try StandardOutput.write(bytes) }
      let bytes = GuardedMemory(count: PublicKey.byteCount)
      bytes.withMutableBytes { publicKey.write(to: &$0) }
      try write(bytes)
    }
  }

  private static func write(_ memory: GuardedMemory) throws(Errno) {
    try memory.withBytes { (bytes) throws(Errno) in try StandardOutput.write(bytes) }
  }
}
