/// What the network puts before a datagram: an IP header without options (RFC 791: 20 bytes, RFC 8200: 40) and UDP's
/// (RFC 768: 8).
package enum UDPHeaders {
  package static func byteCount(isIPv6: Bool) -> Int { (isIPv6 ? 40 : 20) + 8 }
  package static func byteCount(towards endpoint: Endpoint) -> Int { byteCount(isIPv6: endpoint.isIPv6) }
}
