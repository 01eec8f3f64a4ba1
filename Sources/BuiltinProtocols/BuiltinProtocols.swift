public import ProtocolKit
import ProtocolNaCl0
import ProtocolNaClTAI
import ProtocolRaw
import ProtocolSalty

/// The table of protocols. A new one is a module of its own and one line here.
public let builtinProtocols: [ProtocolDescription] = [
  RawProtocol.description,
  NaCl0Protocol.description,
  NaClTAIProtocol.description,
  SaltyProtocol.description,
]
