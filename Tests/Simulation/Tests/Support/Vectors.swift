import Foundation
import Sodium
import Testing

/// The golden data of this name, in Vectors or in Tests/ProtocolTests/Vectors, made with the original program and PyNaCl.
func vectors<File: Decodable>(_ name: String, as type: File.Type = File.self) throws -> File {
  let url = try #require(Bundle.module.url(forResource: name, withExtension: "json"))
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(File.self, from: Data(contentsOf: url))
}

/// Bytes that a vector file spells in hexadecimal.
struct Hex: Decodable, Hashable, CustomStringConvertible {
  let bytes: [UInt8]
  let description: String

  init(from decoder: any Decoder) throws {
    description = try decoder.singleValueContainer().decode(String.self)
    let digits = Array(description.utf8)
    bytes = try stride(from: 0, to: digits.count, by: 2).map {
      try #require(UInt8(String(decoding: digits[$0..<min($0 + 2, digits.count)], as: UTF8.self), radix: 16))
    }
  }

  var secretKey: SecretKey {
    get throws { try SecretKey(bytes: bytes.span.bytes) }
  }

  var publicKey: PublicKey { PublicKey(bytes.span.bytes) }
}
