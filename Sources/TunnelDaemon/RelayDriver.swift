import LinuxSystem
import TunnelCore

/// Waits for a relay's device and transport through an event loop, and lets the two directions take turns. Nothing else
/// knows which of the loop's descriptors is which.
///
/// One thread: waking another for a lone packet costs more than sealing it.
final class RelayDriver {
  private let relay: Relay
  private let events: EventLoop
  private var device: EventLoop.Source?
  private var transport: EventLoop.Source?
  private var turns = TurnTaking()

  init(_ relay: Relay, on events: EventLoop) throws(SystemCallError) {
    self.relay = relay
    self.events = events
    if let descriptor = relay.link.device.descriptor {
      device = try events.add(descriptor) { [unowned self] _ in turns.outboundIsReady = true }
    }
    if let descriptor = relay.link.transport.descriptor {
      transport = try events.add(descriptor) { [unowned self] event in
        if event.isReadable { turns.inboundIsReady = true }
        if event.isWritable { turns.outboundIsReady = true }
      }
    }
  }

  deinit { for source in [device, transport].compactMap({ $0 }) { try? events.remove(source) } }

  /// Relays what the loop's last turn found ready. Throws when the device is gone.
  func takeTurns() throws {
    let wasBlocked = turns.isBlocked
    try turns.run(inbound: relay.relayInbound, outbound: relay.relayOutbound)
    if turns.isBlocked == wasBlocked { return }
    if let device { try events.change(device, turns.isBlocked ? [] : .readable) }
    if let transport { try events.change(transport, turns.isBlocked ? [.readable, .writable] : .readable) }
  }
}
