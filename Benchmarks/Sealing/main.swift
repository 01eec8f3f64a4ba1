import BuiltinProtocols
import Foundation
import ProtocolKit
import Sodium
import TunnelCore

// seal-benchmark [--bare BYTES]: nanoseconds to seal and to open a packet, for each protocol and packet size, beside
// libsodium's crypto_box alone. With --bare only crypto_box's CPU seconds for a GB of packets of that length.

let lengths = [64, 256, 576, 1440, 8000]
let words = CommandLine.arguments

if let index = words.firstIndex(of: "--bare"), let length = words.dropFirst(index + 1).first.flatMap(Int.init) {
  let time = BareBox().time(length: length)
  print(String(format: "%.2f", (time.seal + time.open) / Double(length)))
} else {
  print("| protocol | bytes | seal, ns | open, ns | beside crypto_box |")
  print("| --- | ---: | ---: | ---: | ---: |")
  for length in lengths {
    let bare = BareBox().time(length: length)
    row("crypto_box", length, bare, bare)
    for description in builtinProtocols {
      row(description.name, length, try ProtocolPair(description).time(length: length), bare)
    }
  }
}

func row(_ name: String, _ length: Int, _ time: Time, _ bare: Time) {
  let ratio = (time.seal + time.open) / (bare.seal + bare.open)
  print(String(format: "| %@ | %d | %.0f | %.0f | %.2f× |", name, length, time.seal, time.open, ratio))
}
