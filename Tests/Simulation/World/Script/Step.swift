/// One thing that happens to a world. In a script each is a line: its description.
enum Step: Equatable, Sendable {
  // Applications.
  /// A packet every so many milliseconds; 0 for none.
  case traffic(Way, every: Int)

  // The network.
  case lose(Way, percent: Int)
  case duplicate(Way, percent: Int)
  case damage(Way, percent: Int)
  case delay(Way, milliseconds: Int, jitter: Int)
  case cut(Way)
  case heal(Way)
  case narrow(Way, mtu: Int, isTold: Bool)
  case drop(Way, Conditions.Kind?)
  case forgetBindings
  case bindings(expireAfter: Int)
  /// The host has another address; or its first one again.
  case move(HostName)
  case moveBack(HostName)

  // Hosts.
  case restart(HostName, down: Int, FileFate)
  case reboot(HostName, down: Int, startsOver: Bool, FileFate)
  case setClock(HostName, by: Int)
  case sleep(HostName, seconds: Int)
  case backUp(HostName)

  // The attacker.
  /// `count` datagrams that were sent this way, from `position` of all so far (in thousandths) on.
  case replay(Way, position: Int, count: Int, Replay)
  case forge(Way, count: Int, Forgery)

  enum FileFate: String, Sendable { case kept, lost, restored }

  enum Replay: String, Sendable {
    /// From where and to where they went.
    case again
    /// From a place of the attacker's.
    case elsewhere
    /// To where they came from, as if from where they went.
    case back
    /// To the other tunnel's port of the same host, from where they came; or as if from its peer.
    case across, disguised
    /// Damaged: a bit flipped, the end cut off, something added.
    case flipped, shortened, lengthened
  }

  enum Forgery: String, Sendable { case noise, control, data }
}

/// From one side of a tunnel to the other.
struct Way: Hashable, Sendable {
  var from: HostName
  var to: HostName
}

/// a calls b. If there is a second tunnel it leads from c to the same host b.
enum HostName: String, CaseIterable, Sendable { case a, b, c }
