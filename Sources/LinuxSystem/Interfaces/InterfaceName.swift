/// The name of a network interface in the 16 bytes that ioctl takes.
struct InterfaceName {
  private var bytes = InlineArray<16, CChar>(repeating: 0)

  init(_ name: String) {
    for (index, byte) in name.utf8.prefix(15).enumerated() { bytes[index] = CChar(bitPattern: byte) }
  }

  var text: String {
    String(decoding: (0..<16).map { UInt8(bitPattern: bytes[$0]) }.prefix { $0 != 0 }, as: UTF8.self)
  }

  mutating func withPointer<Result>(_ body: (UnsafeMutablePointer<CChar>) -> Result) -> Result {
    var span = bytes.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("16 bytes have an address") }
      return unsafe body(start)
    }
  }
}
