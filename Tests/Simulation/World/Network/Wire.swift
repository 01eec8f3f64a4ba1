import TunnelCore

/// Everything that was ever sent, as somebody hears it who sits before the hosts' routers and forgets nothing.
struct Wire {
  struct Datagram {
    var bytes: [UInt8]
    var from: Endpoint
    var to: Endpoint
    var time: Time
    /// Which of the world's sides has sealed it.
    var side: Int
    /// What it says in clear of when it was sealed: nacltai's stamp, salty's control time. Zero for data of salty.
    var number: UInt128
  }

  private(set) var datagrams: [Datagram] = []
  /// By side, in order.
  private(set) var ofSide: [[Int]]
  private var byDigest: [UInt64: Int] = [:]

  init(sides: Int) { ofSide = Array(repeating: [], count: sides) }

  mutating func hear(_ datagram: Datagram) {
    datagrams.append(datagram)
    ofSide[datagram.side].append(datagrams.count - 1)
    byDigest[digest(datagram.bytes)] = datagrams.count - 1
  }

  /// Which of them has just these bytes; nil if none does: then nobody who may has sealed it.
  func find(_ bytes: [UInt8]) -> Int? { byDigest[digest(bytes)] }
}

/// 64 bits of which no two texts of one world have the same.
func digest(_ bytes: [UInt8]) -> UInt64 {
  bytes.withUnsafeBytes { digest($0) }
}

func digest(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var value = mixed(UInt64(bytes.count))
  var index = 0
  while index + 8 <= bytes.count {
    value = mixed(value ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    index += 8
  }
  while index < bytes.count {
    value = mixed(value ^ UInt64(bytes[index]))
    index += 1
  }
  return value
}
