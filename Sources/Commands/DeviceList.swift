import Configuration
import LinuxSystem
import TunnelCore

/// `quicktun device list`: all tun and tap devices of this network namespace, a row each.
enum DeviceList {
  static func show() {
    let heads = ["NAME", "MODE", "OWNER", "GROUP", "HOLDER", "FLAGS", "CARRIER", "MTU"]
    let rows = InterfaceFacts.allTunAndTap().map { device in
      [
        device.name, device.mode?.rawValue ?? "?", device.ownerName ?? "-",
        device.group.map(Privileges.name(ofGroup:)) ?? "-",
        device.holder.map { "\($0.process) (\($0.program))" } ?? "-", flags(device),
        device.hasCarrier ? "yes" : "no", String(device.mtu),
      ].map { redacted($0) }  // anybody may name his device, and his program, as he likes
    }
    let widths = heads.indices.map { column in ([heads] + rows).map { $0[column].count }.max() ?? 0 }
    for row in [heads] + rows {
      let line = zip(row, widths).map { text, width in text + String(repeating: " ", count: width - text.count) }
      print(line.joined(separator: "  ").trimmedEnd)
    }
  }

  private static func flags(_ device: InterfaceFacts) -> String {
    let words = [
      device.isUp ? "up" : "down", device.isPersistent ? "persistent" : nil, device.isMultiQueue ? "multi-queue" : nil,
    ]
    return words.compactMap { $0 }.joined(separator: ",")
  }
}

extension String {
  fileprivate var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
