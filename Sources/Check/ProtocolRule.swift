import Configuration
package import ProtocolKit

extension CheckRules {
  /// What a protocol itself minds. Keys that are missing or weak are told of by those that read them.
  package static func refusal(of wire: ProtocolDescription, _ parameters: ProtocolParameters) -> [Finding] {
    do throws(ProtocolError) {
      _ = try wire.make(parameters)
      return []
    } catch {
      guard case .refused = error else { return [] }
      return [Finding("configuration", .problem, Complaint(error, of: wire.name))]
    }
  }
}
