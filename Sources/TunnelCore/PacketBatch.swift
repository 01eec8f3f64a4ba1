/// Packets (or datagrams) on their way through a lane, in one piece of memory that is allocated once.
///
/// A slot is a range of that memory: a packet with free room in front of it and behind it, so that a protocol can put
/// header and tag there and seal the packet where it lies. Slots keep their order. Nothing here allocates after `init`.
///
/// The life of a slot: the end that read it appends it as `.pending` (or as `.dropped`, if it is no packet at all); the
/// protocol turns what is pending into `.passed`, `.consumed`, `.unproven` or `.dropped`; the other end writes those
/// that passed.
@safe
public struct PacketBatch: ~Copyable {
  /// What has become of a slot.
  public enum State: Sendable, Equatable {
    /// Not looked at yet.
    case pending
    /// Sealed or opened: on to the other end.
    case passed
    /// Authentic, but nothing for the other end: a control datagram.
    case consumed
    /// The same, but nothing in it shows that it was not recorded before this process began: it may have been used, and
    /// says nothing of where the peer is now.
    case unproven
    case dropped(DropReason)
  }

  private struct Slot {
    var start: Int
    var length: Int
    var state: State
    var endpoint: Endpoint
  }

  /// The most bytes that a packet or a datagram can have: IP's 16-bit length, rounded up.
  public static let largestPacket = 65_536

  private let memory: UnsafeMutableRawBufferPointer
  private let slots: UnsafeMutableBufferPointer<Slot>
  /// The first byte that belongs to no slot.
  private var used = 0
  /// How many slots there are now.
  public private(set) var count = 0
  /// Bytes kept free in front of every packet.
  public let headroom: Int
  /// Bytes kept free behind every packet.
  public let tailroom: Int

  /// Room for `slotCapacity` packets and `byteCapacity` bytes of packets, headroom and tailroom, whichever is used up
  /// first.
  public init(byteCapacity: Int, slotCapacity: Int, headroom: Int = 64, tailroom: Int = 0) {
    unsafe memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCapacity, alignment: 64)
    unsafe slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: slotCapacity)
    self.headroom = headroom
    self.tailroom = tailroom
  }

  /// Room for all that one read can bring.
  public init(for burst: Burst, headroom: Int = 64, tailroom: Int = 0) {
    self.init(
      byteCapacity: burst.buffers * (headroom + Self.largestPacket + tailroom), slotCapacity: burst.packets,
      headroom: headroom, tailroom: tailroom)
  }

  deinit {
    unsafe memory.deallocate()
    unsafe slots.deallocate()
  }

  public var slotCapacity: Int { unsafe slots.count }
  public var byteCapacity: Int { unsafe memory.count }
  public var isEmpty: Bool { count == 0 }

  // MARK: For protocols

  public func state(of index: Int) -> State { self[slot: index].state }
  public func isPending(_ index: Int) -> Bool { self[slot: index].state == .pending }
  public func length(of index: Int) -> Int { self[slot: index].length }
  /// Where the datagram came from, or goes to.
  public func endpoint(of index: Int) -> Endpoint { self[slot: index].endpoint }

  public mutating func pass(_ index: Int) { self[slot: index].state = .passed }
  /// Opened, but overtaken by others. It may have been held back, or recorded before a restart: where it came from says
  /// nothing of where the peer is now.
  public mutating func passOvertaken(_ index: Int) {
    pass(index)
    setEndpoint(of: index, .unspecified)
  }
  public mutating func consume(_ index: Int) { self[slot: index].state = .consumed }
  public mutating func consumeUnproven(_ index: Int) { self[slot: index].state = .unproven }
  public mutating func drop(_ index: Int, _ reason: DropReason) { self[slot: index].state = .dropped(reason) }

  /// The bytes of a slot, with `room` bytes of its headroom in front of them and `tail` bytes of its tailroom behind.
  public subscript(index: Int, room room: Int = 0, tail tail: Int = 0) -> MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      let slot = self[slot: index]
      precondition(room <= headroom && room <= slot.start)
      precondition(tail >= 0 && tail <= tailroom && slot.start + slot.length + tail <= byteCapacity)
      let bytes = unsafe UnsafeMutableRawBufferPointer(
        rebasing: memory[slot.start - room..<slot.start + slot.length + tail])
      let span = unsafe MutableRawSpan(_unsafeBytes: bytes)
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }

  /// The bytes of a slot, to look at, with `room` bytes of its headroom in front of them.
  @_lifetime(borrow self)
  public func bytes(of index: Int, room: Int = 0) -> RawSpan {
    let slot = self[slot: index]
    precondition(room <= headroom && room <= slot.start)
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: memory[slot.start - room..<slot.start + slot.length])
    let span = unsafe RawSpan(_unsafeBytes: bytes)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// A copy of a slot's bytes. Not for the steady state.
  public func copy(of index: Int) -> [UInt8] {
    let span = bytes(of: index)
    return unsafe span.withUnsafeBytes { unsafe Array($0) }
  }

  /// A big-endian number in a slot.
  public func bigEndian<Number: FixedWidthInteger & BitwiseCopyable>(
    in index: Int, at offset: Int, as type: Number.Type
  ) -> Number {
    bytes(of: index).bigEndian(at: offset, as: type)
  }

  /// Makes the slot begin `byteCount` bytes earlier: a header was put before the packet.
  public mutating func extendFront(of index: Int, by byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= self[slot: index].start)
    self[slot: index].start -= byteCount
    self[slot: index].length += byteCount
  }

  /// Makes the slot begin `byteCount` bytes later: a header was taken off.
  public mutating func trimFront(of index: Int, by byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= self[slot: index].length)
    self[slot: index].start += byteCount
    self[slot: index].length -= byteCount
  }

  /// Makes the slot end `byteCount` bytes later: a tag was put behind the packet.
  public mutating func extendBack(of index: Int, by byteCount: Int) {
    let end = self[slot: index].start + self[slot: index].length
    precondition(byteCount >= 0 && byteCount <= tailroom && end + byteCount <= byteCapacity)
    self[slot: index].length += byteCount
  }

  /// Makes the slot end `byteCount` bytes earlier: a tag was taken off.
  public mutating func trimBack(of index: Int, by byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= self[slot: index].length)
    self[slot: index].length -= byteCount
  }

  /// Appends a datagram of the protocol's own, already `.passed`, whose `length` bytes `fill` writes.
  /// False if the batch is full.
  @discardableResult
  public mutating func append(
    length: Int, to endpoint: Endpoint, fill: (inout MutableRawSpan) -> Void
  ) -> Bool {
    guard let start = roomForNext(length) else { return false }
    append(at: start, length: length, endpoint: endpoint)
    pass(count - 1)
    var span = self[count - 1]
    fill(&span)
    return true
  }

  // MARK: For the ends and the lanes

  public mutating func setEndpoint(of index: Int, _ endpoint: Endpoint) { self[slot: index].endpoint = endpoint }

  /// Forgets every slot. The memory stays.
  public mutating func removeAll() {
    count = 0
    used = 0
  }

  /// Where the next packet's first byte may stand if it has up to `length` bytes; nil if the batch is full.
  public func roomForNext(_ length: Int) -> Int? {
    let start = used + headroom
    guard unsafe count < slots.count, unsafe start + length + tailroom <= memory.count else { return nil }
    return start
  }

  /// Adds a pending slot for bytes that an end has put at `start`, at or after the place that `roomForNext` named.
  public mutating func append(at start: Int, length: Int, endpoint: Endpoint = .unspecified) {
    unsafe precondition(count < slots.count && length >= 0 && start >= 0 && start + length <= memory.count)
    unsafe slots.baseAddress?.advanced(by: count).initialize(
      to: Slot(start: start, length: length, state: .pending, endpoint: endpoint))
    count += 1
    used = max(used, start + length + tailroom)
  }

  /// Adds a pending slot with a copy of `bytes`. False if the batch is full.
  @discardableResult
  public mutating func appendCopy(of bytes: RawSpan, from endpoint: Endpoint = .unspecified) -> Bool {
    guard let start = roomForNext(bytes.byteCount) else { return false }
    append(at: start, length: bytes.byteCount, endpoint: endpoint)
    let target = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + bytes.byteCount])
    unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
    return true
  }

  /// Adds a copy of a datagram that passed, for another place. Nothing if the batch is full.
  mutating func appendCopy(ofPassed index: Int, to endpoint: Endpoint) {
    let (from, length) = (start(of: index), length(of: index))
    guard append(length: length, to: endpoint, fill: { _ in }) else { return }
    unsafe pointer(at: start(of: count - 1)).copyMemory(from: pointer(at: from), byteCount: length)
  }

  /// Adds an empty slot for what an end took in and cannot hand on, so that it is counted. Nothing if the batch is full.
  public mutating func appendDropped(_ reason: DropReason) {
    guard let start = roomForNext(0) else { return }
    append(at: start, length: 0)
    drop(count - 1, reason)
  }

  /// The address of a byte, for system calls. Valid as long as the batch is.
  @unsafe
  public func pointer(at offset: Int) -> UnsafeMutableRawPointer {
    unsafe precondition(offset >= 0 && offset <= memory.count)
    guard let base = unsafe memory.baseAddress else { preconditionFailure("a batch without memory") }
    return unsafe base + offset
  }

  /// Where a slot's bytes begin, for `pointer(at:)`.
  public func start(of index: Int) -> Int { self[slot: index].start }

  private subscript(slot index: Int) -> Slot {
    @inline(__always) get {
      precondition(index >= 0 && index < count)
      return unsafe slots[index]
    }
    @inline(__always) nonmutating _modify {
      precondition(index >= 0 && index < count)
      yield &(unsafe slots[index])
    }
  }
}
