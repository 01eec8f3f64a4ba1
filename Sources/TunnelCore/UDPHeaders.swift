/// What the network puts before a datagram: an IP header without options (RFC 791: 20 bytes, RFC 8200: 40) and UDP's
/// (RFC 768: 8).
package enum UDPHeaders {
  /// Bytes on the way to `endpoint`; nil for a peer that is not known yet, whom IPv4 may well reach.
  package static func byteCount(towards endpoint: Endpoint?) -> Int { (endpoint?.isIPv6 == true ? 40 : 20) + 8 }
}
