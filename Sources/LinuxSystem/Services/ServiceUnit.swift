import Glibc

/// The service of systemd that a process belongs to.
package struct ServiceUnit: Sendable, Equatable {
  /// "quicktun@qt0.service"
  package let name: String

  /// Nil for a process that is in none, or is gone.
  package init?(ofProcess process: Int32) {
    guard let groups = TextFile.read("/proc/\(process)/cgroup") else { return nil }
    self.init(controlGroups: groups)
  }

  /// From the lines of /proc/PID/cgroup (cgroups(7)): systemd gives each service a group of its name. Of a name with
  /// other characters than most have nothing is made, for it goes through a shell.
  package init?(controlGroups: String) {
    let names = controlGroups.split(separator: "\n").compactMap { $0.split(separator: "/").last }
    guard let name = names.first(where: { $0.hasSuffix(".service") }),
      name.utf8.allSatisfy({ byte in
        let character = Character(Unicode.Scalar(byte))
        return byte < 0x80 && (character.isLetter || character.isNumber || ":_.@-".contains(character))
      }), !name.hasPrefix("-")
    else { return nil }
    self.name = String(name)
  }

  /// What it told systemd of itself last (sd_notify(3), STATUS); nil where it told nothing, or nobody can be asked.
  package var statusText: String? {
    let command = "timeout 3 systemctl show --property=StatusText --value -- \(name) 2>/dev/null"
    guard let stream = unsafe popen(command, "r") else { return nil }
    defer { unsafe pclose(stream) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe fread(&bytes, 1, bytes.count, stream)
    let text = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").first.map(String.init)
    return text?.isEmpty == true ? nil : text
  }
}
