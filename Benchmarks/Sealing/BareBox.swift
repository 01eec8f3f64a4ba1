import CSodium
import Glibc

/// libsodium's crypto_box as its manual has it, without anything of a tunnel.
struct BareBox {
  private let key: [UInt8]
  private let nonce = [UInt8](repeating: 7, count: 24)

  init() {
    precondition(sodium_init() >= 0)
    var secret = [UInt8](repeating: 0, count: 32)
    var peer = secret
    var shared = secret
    crypto_box_keypair(&peer, &secret)
    precondition(crypto_box_beforenm(&shared, peer, secret) == 0)
    key = shared
  }

  func time(length: Int) -> Time {
    let packet = [UInt8](repeating: 42, count: length)
    var sealed = [UInt8](repeating: 0, count: length + 16)
    var opened = packet
    var times = (seal: [Double](), open: [Double]())
    for _ in 0..<Time.batches(for: length) {
      times.seal.append(
        timed {
          for _ in 0..<Time.packetsInBatch {
            _ = crypto_box_easy_afternm(&sealed, packet, UInt64(length), nonce, key)
          }
        })
      times.open.append(
        timed {
          for _ in 0..<Time.packetsInBatch {
            _ = crypto_box_open_easy_afternm(&opened, sealed, UInt64(length + 16), nonce, key)
          }
        })
    }
    precondition(opened == packet)
    let count = Double(Time.packetsInBatch)
    return Time(seal: median(times.seal) / count, open: median(times.open) / count)
  }
}
