import BuiltinProtocols
import ProtocolSequence
import Commands

// quicktun with one protocol more.
QuickTunProgram.run(protocols: builtinProtocols + [SequenceProtocol.description])
