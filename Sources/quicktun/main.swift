import BuiltinProtocols
import Commands

QuickTunProgram.run(protocols: builtinProtocols)
