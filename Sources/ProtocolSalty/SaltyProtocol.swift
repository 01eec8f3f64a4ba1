/// salty: 20 bytes, perfect forward secrecy, no clock in the data.
///
///     data     = header(4) || tag(16) || ciphertext      top bit 0; DataHeader, SendingCipher, ReceivingCipher
///     control  = 0x80 || time(8) || tag(16) || ciphertext(121)      top bit 1; ControlMessage, Handshake
///
/// Control datagrams are sealed under the long-term keys and carry a time that only rises. They announce ephemeral
/// keys, under which the data is sealed. Such a key seals packets for five minutes and is forgotten after ten; where
/// nobody answers, no key lives longer than fifteen.
public import ProtocolKit
import Sodium
import TunnelCore

public enum SaltyProtocol {
  public static let description = ProtocolDescription(
    name: "salty", summary: "X25519, XSalsa20-Poly1305, a new key every 5 minutes", needsKeys: true,
    overhead: dataOverhead, answersUnasked: true, noncesFollowClock: true,
    claimedTime: { bytes in
      isControl(bytes) && bytes.byteCount > 9 ? Int64(bytes.bigEndian(at: 1, as: UInt64.self) >> 8) : nil
    },
    // After a restart the peer's data fail until it has heard of the new key.
    failureIsTelling: isControl
  ) { parameters throws(ProtocolError) in
    let handover = KeyHandover()
    return TunnelProtocol(
      sealer: SaltySealer(handover), opener: SaltyOpener(try parameters.agreement(), parameters, handover))
  }

  private static let isControl: ProtocolDescription.Look<Bool> = { bytes in
    bytes.byteCount > 0 && bytes.bigEndian(at: 0, as: UInt8.self) & 0x80 != 0
  }

  static let dataOverhead = DataHeader.byteCount + BoxStream.tagByteCount
}
