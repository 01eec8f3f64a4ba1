import BuiltinProtocols
import TunnelDaemon

TunnelProgram.run(protocols: builtinProtocols)
