import Testing
import TunnelCore

@testable import Simulation

@Suite("The NAT")
struct AddressTranslatorTests {
  private let address: UInt32 = 0xcb00_7101
  private let inside = [Endpoint(ipv4: 0x0a00_0001, port: 2998), Endpoint(ipv4: 0x0a00_0003, port: 2998)]
  private let remote = [Endpoint(ipv4: 0xc000_0202, port: 2998), Endpoint(ipv4: 0xc000_0202, port: 2999)]

  @Test("each conversation has a port of its own, and keeps it")
  func bindings() {
    var translator = AddressTranslator(address: address)
    let ports = inside.flatMap { from in remote.map { translator.leaves(from: from, to: $0, at: 0) } }
    #expect(Set(ports).count == 4 && ports.allSatisfy { translator.owns($0) && $0.low == UInt64(address) })
    let again = inside.flatMap { from in remote.map { translator.leaves(from: from, to: $0, at: 1) } }
    #expect(again == ports)
    #expect(!translator.owns(inside[0]) && !translator.owns(remote[0]))
  }

  @Test("only who was called gets in, and to who called")
  func filter() {
    var translator = AddressTranslator(address: address)
    let outside = inside.map { translator.leaves(from: $0, to: remote[0], at: 0) }
    let entered = outside.map { translator.enters(to: $0, from: remote[0], at: 1) }
    #expect(entered == inside)
    #expect(translator.enters(to: outside[0], from: remote[1], at: 1) == nil)
    #expect(translator.enters(to: Endpoint(ipv4: address, port: 9), from: remote[0], at: 1) == nil)
  }

  @Test("a binding goes after a silence, which a packet either way ends; then there is another port")
  func expiry() {
    var translator = AddressTranslator(address: address)
    let outside = translator.leaves(from: inside[0], to: remote[0], at: 0)
    #expect(translator.enters(to: outside, from: remote[0], at: .seconds(120)) == inside[0])
    #expect(translator.leaves(from: inside[0], to: remote[0], at: .seconds(240)) == outside)
    #expect(translator.enters(to: outside, from: remote[0], at: .seconds(361)) == nil)
    let next = translator.leaves(from: inside[0], to: remote[0], at: .seconds(362))
    #expect(next != outside)
    translator.timeout = .seconds(2)
    #expect(translator.enters(to: next, from: remote[0], at: .seconds(365)) == nil)
  }

  @Test("switched off and on, it knows nobody")
  func forgets() {
    var translator = AddressTranslator(address: address)
    let outside = translator.leaves(from: inside[0], to: remote[0], at: 0)
    translator.forget()
    #expect(translator.enters(to: outside, from: remote[0], at: 1) == nil)
    #expect(translator.leaves(from: inside[0], to: remote[0], at: 1) != outside)
  }
}
