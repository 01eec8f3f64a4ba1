import Foundation
import Sodium
import TunnelCore

/// The golden data in Tests/ProtocolTests/Vectors, made with the original program and PyNaCl.
func vectors<File: Decodable>(_ name: String, as type: File.Type = File.self) throws -> File {
  let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors"))
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(File.self, from: Data(contentsOf: url))
}

/// Bytes that a vector file spells in hexadecimal.
struct Hex: Decodable, Equatable {
  let bytes: [UInt8]

  init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    bytes = stride(from: 0, to: text.utf8.count, by: 2).compactMap {
      UInt8(text.dropFirst($0).prefix(2), radix: 16)
    }
    try #require(bytes.count * 2 == text.utf8.count)
  }

  var secretKey: SecretKey {
    get throws {
      let span = bytes.span
      return try unsafe SecretKey(bytes: span.bytes)
    }
  }

  var publicKey: PublicKey { unsafe PublicKey(bytes.span.bytes) }

  /// A number in 16 bytes, as a stamp is.
  var number: UInt128 { bytes.reduce(0) { $0 << 8 | UInt128($1) } }
}

import Testing
