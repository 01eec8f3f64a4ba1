package import TunnelCore

/// One UDP socket of this network namespace, as /proc/net/udp and /proc/net/udp6 show it to everybody
/// (net/ipv4/udp.c, udp4_format_sock(); net/ipv6/datagram.c, __ip6_dgram_sock_seq_show()).
package struct UDPSocketFacts: Sendable, Equatable {
  package var local: Endpoint
  /// Nil unless it is connected.
  package var remote: Endpoint?
  /// Who made it.
  package var user: UInt32
  /// What /proc/PID/fd/N of its process says: "socket:[inode]".
  package var inode: UInt64
  /// Datagrams that came and were not kept, since it was made: no room, or a bad checksum.
  package var drops: UInt64

  package init(local: Endpoint, remote: Endpoint? = nil, user: UInt32, inode: UInt64, drops: UInt64 = 0) {
    (self.local, self.remote, self.user, self.inode, self.drops) = (local, remote, user, inode, drops)
  }

  /// All of them; none where /proc is not mounted.
  package static func all() -> [UDPSocketFacts] {
    ["/proc/net/udp", "/proc/net/udp6"].flatMap { path in
      TextFile.read(path, limit: 1 << 22).map(parse) ?? []
    }
  }

  /// The lines of such a file but the first, which has the columns' names.
  package static func parse(_ text: String) -> [UDPSocketFacts] {
    text.split(separator: "\n").dropFirst().compactMap { UDPSocketFacts(line: $0) }
  }

  /// Columns: number, local, remote, state, queues, timer, retransmits, user, timeout, inode, references, pointer, drops.
  private init?(line: Substring) {
    let columns = line.split(separator: " ")
    guard columns.count >= 13, let local = Self.endpoint(columns[1]), let remote = Self.endpoint(columns[2]),
      let user = UInt32(columns[7]), let inode = UInt64(columns[9]), let drops = UInt64(columns[12])
    else { return nil }
    self.init(local: local, remote: remote.port == 0 ? nil : remote, user: user, inode: inode, drops: drops)
  }

  /// "0100007F:0BB6": the address as 32-bit words of this machine's byte order, the port as a number.
  private static func endpoint(_ text: Substring) -> Endpoint? {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
    var words: [UInt64] = []
    var rest = parts[0]
    while !rest.isEmpty {
      guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
      words.append(UInt64(UInt32(bigEndian: word)))
      rest = rest.dropFirst(8)
    }
    switch words.count {
    case 1: return Endpoint(ipv4: UInt32(words[0]), port: port)
    case 4: return Endpoint(ipv6High: words[0] << 32 | words[1], low: words[2] << 32 | words[3], port: port)
    default: return nil
    }
  }
}
