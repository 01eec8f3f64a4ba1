"""Sends what no well-behaved neighbour sends: super-packets that contradict themselves, through a packet socket that
takes a virtio header before each frame (packet(7), PACKET_VNET_HDR; CAP_NET_RAW is enough).

    neighbour.py INTERFACE frames|packets NUMBER

Each contradiction that has a name once, then NUMBER super-packets with a few bytes of header and virtio header changed
at random, the same ones each time. Prints how many the kernel took.
"""
import random
import socket
import struct
import sys

SOL_PACKET, PACKET_VNET_HDR = 263, 15  # linux/socket.h, linux/if_packet.h
NEEDS_CHECKSUM = 1
TCP4, TCP6, UDP = 1, 4, 5  # linux/virtio_net.h
interface, kind, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
link = 14 if kind == "frames" else 0


def virtio(kind_, header, size, start, offset):
    return bytearray(struct.pack("=BBHHHH", NEEDS_CHECKSUM, kind_, header, size, start, offset))


def ipv4(protocol, rest):
    words = [0x4500, 20 + rest, 7, 0, 64 << 8 | protocol, 0, 0x0A09, 3, 0x0A09, 2]
    total = sum(words)
    words[5] = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    return struct.pack(">10H", *words)


def ipv6(protocol, rest):
    network = bytes.fromhex("fd09" + "00" * 13)
    return struct.pack(">IHBB", 6 << 28, rest, protocol, 64) + network + b"\3" + network + b"\2"


def super_packet(version, tcp, length, size, tags=b""):
    """EtherType, virtio header and packet, and where in it the IP header starts."""
    transport = struct.pack(">HHIIBBHHH", 4000, 9, 1, 1, 0x50, 0x10, 512, 0, 0) if tcp else struct.pack(
        ">HHHH", 4000, 9, 8 + length, 0)
    rest = len(transport) + length
    header = ipv4(6 if tcp else 17, rest) if version == 4 else ipv6(6 if tcp else 17, rest)
    ethertype = 0x0800 if version == 4 else 0x86DD
    frame = b"\xff" * 6 + b"\x02\0\0\0\0\x03" + tags + struct.pack(">H", ethertype) if link else b""
    start = len(frame) + len(header)
    kind_ = (TCP4 if version == 4 else TCP6) if tcp else UDP
    meta = virtio(kind_, start + len(transport), size, start, 16 if tcp else 6)
    return ethertype, meta, bytearray(frame + header + transport + bytes(length)), len(frame)


def contradictions():
    for length, size in ((64, 1), (8, 4), (200, 100)):
        for tcp in (False, True):
            for first in (0x55, 0x65, 0x4F, 0x40, 0x44, 0x46, 0x05):  # another version, another header length
                ethertype, meta, packet, ip = super_packet(4, tcp, length, size)
                packet[ip] = first
                yield ethertype, meta, packet
            for first in (0x4F, 0x45, 0x4A, 0x50, 0):
                ethertype, meta, packet, ip = super_packet(6, tcp, length, size)
                packet[ip] = first
                yield ethertype, meta, packet
            for following in (0, 43, 44, 60, 6 if not tcp else 17):  # extension headers where there are none
                ethertype, meta, packet, ip = super_packet(6, tcp, length, size)
                packet[ip + 6] = following
                yield ethertype, meta, packet
        for words in (0, 4, 15):  # a TCP header that is none, or leaves no payload
            ethertype, meta, packet, ip = super_packet(4, True, length, size)
            packet[ip + 32] = words << 4
            yield ethertype, meta, packet
    for version in (4, 6):  # as much as fits, and more; segments of a byte
        yield super_packet(version, False, 65_400, 65_000)[:3]
        yield super_packet(version, True, 65_000, 1)[:3]
    if link:  # tags; more of them than anybody has
        yield super_packet(4, True, 200, 100, struct.pack(">HH", 0x8100, 5))[:3]
        yield super_packet(4, True, 200, 100, struct.pack(">HH", 0x8100, 5) * 60)[:3]


def disturbed(count):
    dice = random.Random(count)
    for _ in range(count):
        ethertype, meta, packet, ip = super_packet(
            dice.choice((4, 6)), dice.random() < 0.5, dice.choice((1, 99, 1500, 4000)), dice.choice((1, 100, 1400)))
        for _ in range(dice.randrange(1, 4)):
            where = dice.randrange(len(meta) + 60)
            if where < len(meta):
                meta[where] ^= 1 << dice.randrange(8)
            elif ip + where - len(meta) < len(packet):
                telling = (0, 4, 6, 17, 43, 60, 0x4F, 0x55, 0x60, 255, dice.randrange(256))
                packet[ip + where - len(meta)] = dice.choice(telling)
        yield ethertype, meta, packet


taken = 0
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as door:
    door.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    for source in (contradictions(), disturbed(number)):
        for ethertype, meta, packet in source:
            target = (interface, ethertype, 0, 0, b"\xff" * 6)
            try:
                door.sendto(meta + packet, target)
                taken += 1
            except OSError:
                pass  # not every kernel takes every one
print(taken)
