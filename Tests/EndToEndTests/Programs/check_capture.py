"""Reads a capture of what a tunnel wrote to a device, and checks every packet as an old machine would.

    check_capture.py FILE    -> "packets N tcp N udp N largest N" on success

IPv4 and IPv6 with TCP and UDP, raw or in Ethernet frames: lengths, header and transport checksums; for each TCP flow that
sequence numbers go on where they left off and, in IPv4, that identifications count up."""
import struct
import sys


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def complain(number, text):
    sys.exit(f"packet {number}: {text}")


data = open(sys.argv[1], "rb").read()
order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
link = struct.unpack(order + "I", data[20:24])[0]
position, number = 24, 0
counts = {"packets": 0, "tcp": 0, "udp": 0, "largest": 0}
flows = {}
while position < len(data):
    captured, length = struct.unpack(order + "II", data[position + 8 : position + 16])
    packet = data[position + 16 : position + 16 + captured]
    position += 16 + captured
    number += 1
    if captured != length:
        complain(number, "cut by the capture")
    if link == 1:
        if packet[12:14] not in (b"\x08\x00", b"\x86\xdd"):
            continue
        packet = packet[14:]
    counts["packets"] += 1
    counts["largest"] = max(counts["largest"], len(packet))
    identification = None
    if packet[0] >> 4 == 4:
        header = (packet[0] & 15) * 4
        total, identification, fragment = struct.unpack(">HHH", packet[2:8])
        if link == 1:
            packet = packet[:total]
        if total != len(packet):
            complain(number, f"IPv4 length {total}, of {len(packet)}")
        if checksum(packet[:header]) != 0xFFFF:
            complain(number, "IPv4 header checksum")
        if fragment & 0x3FFF:
            continue
        protocol, addresses = packet[9], packet[12:20]
    else:
        header = 40
        total = struct.unpack(">H", packet[4:6])[0]
        if link == 1:
            packet = packet[: 40 + total]
        if 40 + total != len(packet):
            complain(number, f"IPv6 payload length {total}, of {len(packet)}")
        protocol, addresses = packet[6], packet[8:40]
    if protocol not in (6, 17):
        continue
    segment = packet[header:]
    pseudo = addresses + struct.pack(">II", len(segment), protocol)
    if protocol == 17 and segment[6:8] == b"\0\0":
        complain(number, "UDP without a checksum")
    if checksum(pseudo + segment) != 0xFFFF:
        complain(number, f"transport checksum, protocol {protocol}, {len(segment)} bytes")
    counts["tcp" if protocol == 6 else "udp"] += 1
    if protocol == 17:
        if struct.unpack(">H", segment[4:6])[0] != len(segment):
            complain(number, "UDP length")
        continue
    sequence = struct.unpack(">I", segment[4:8])[0]
    flags = segment[13]
    payload = len(segment) - (segment[12] >> 4) * 4 + (flags & 1) + (flags >> 1 & 1)
    key = (addresses, segment[:4])
    if key in flows:
        expected, previous = flows[key]
        ahead = (sequence - expected + (1 << 31)) % (1 << 32) - (1 << 31)
        if ahead > 0:
            complain(number, f"a gap of {ahead} bytes in the sequence")
        if identification is not None and identification != (previous + 1) % 65536:
            complain(number, f"IPv4 identification {identification} after {previous}")
        flows[key] = ((sequence + payload) % (1 << 32) if ahead + payload > 0 else expected, identification)
    else:
        flows[key] = ((sequence + payload) % (1 << 32), identification)
print(*(f"{name} {count}" for name, count in counts.items()))
