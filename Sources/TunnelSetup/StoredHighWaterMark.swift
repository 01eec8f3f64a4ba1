package import Configuration
import Diagnosis
import LinuxSystem
package import Logging
package import ProtocolKit
import Sodium
import Synchronization
import SystemPackage
package import TunnelCore

/// The high-water mark of one tunnel, in a file of the state directory that is named after the protocol and both public
/// keys: they are what the nonces must not repeat under, whatever the device is called.
package final class StoredHighWaterMark: HighWaterMark {
  private let file: NumberFile
  private let log: Logger
  private let hasFailed = Atomic(false)
  private let hasWritten = Atomic(false)

  /// What systemd.exec(5)'s StateDirectory= makes, and what is taken elsewhere if it is there.
  package static let directory = "/var/lib/quicktun"

  private init(_ file: NumberFile, _ log: Logger) {
    self.file = file
    self.log = log
  }

  /// Nil if the protocol has no use for one, or there is nowhere to keep it; where that matters it is said.
  /// `environment` has entries "NAME=value".
  package static func find(
    _ settings: TunnelSettings, _ description: ProtocolDescription, environment: [String], at now: Moment, _ log: Logger
  ) -> StoredHighWaterMark? {
    guard description.noncesFollowClock, let own = settings.privateKey?.publicKey, let peer = settings.peerKey else {
      return nil
    }
    let given = givenDirectory(environment)
    let directory = given ?? Self.directory
    let path = "\(directory)/\(description.name)-\(own.start)-\(peer.start)"
    do throws(SystemCallError) {
      return StoredHighWaterMark(try NumberFile(path: path), log)
    } catch {
      if error.errno == .wouldBlock {
        log.warning("\(ClockTrouble.sharedKeys(error))")
      } else if given != nil {
        log.warning("\(ClockTrouble.nowhereToRemember(description.name, error))")
      }
      if !now.isSet {
        log.warning("\(ClockTrouble.unset(description.name, directory: directory))")
      }
      return nil
    }
  }

  /// Where it is kept, if there is such a directory.
  package static func stateDirectory(_ environment: [String]) -> String { givenDirectory(environment) ?? directory }

  /// The first of $STATE_DIRECTORY's.
  private static func givenDirectory(_ environment: [String]) -> String? {
    environment.value(of: "STATE_DIRECTORY")?.split(separator: ":").first.map(String.init)
  }

  package var value: UInt64? {
    switch file.read() {
    case .nothing: return nil
    case .number(let number): return number
    case .somethingElse:
      log.warning("\(ClockTrouble.unreadable(file.path))")
      return nil
    }
  }

  /// The disk has the first one when this returns, for a machine may lose its power any time after its start. The later
  /// ones are ahead of what is used by more than the kernel takes to write them (vm.dirty_expire_centisecs: 30 s).
  package func raise(to value: UInt64) {
    do throws(SystemCallError) {
      try file.write(value, isDurable: !hasWritten.exchange(true, ordering: .relaxed))
    } catch {
      // Once: it is tried again and again.
      if hasFailed.exchange(true, ordering: .relaxed) { return }
      log.warning("\(ClockTrouble.cannotRemember(error))")
    }
  }
}

extension PublicKey {
  /// Enough of it to tell keys apart in a file's name.
  fileprivate var start: Substring { description.prefix(12) }
}
