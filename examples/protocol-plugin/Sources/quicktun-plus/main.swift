import BuiltinProtocols
import ProtocolSequence
import TunnelDaemon

// quicktun with one protocol more.
TunnelProgram.run(protocols: builtinProtocols + [SequenceProtocol.description])
