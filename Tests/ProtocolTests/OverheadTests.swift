import BuiltinProtocols
import ProtocolKit
import Sodium
import Testing
import TunnelCore

@Suite("How much longer packets get")
struct OverheadTests {
  @Test("the table, from which MTU=auto is reckoned, says what the sealer says", arguments: builtinProtocols)
  func table(description: ProtocolDescription) throws {
    let wireFormat = try description.make(parameters(SecretKey(), SecretKey().publicKey))
    #expect(wireFormat.sealer.overhead == description.overhead, "\(description.name)")
  }
}
