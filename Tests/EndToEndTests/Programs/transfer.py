"""Sends bytes over TCP, or numbered packets over UDP, and tells what arrived.

    transfer.py receive ADDRESS PORT              the SHA-256 of all bytes, and how many
    transfer.py send ADDRESS PORT BYTES           the same
    transfer.py count ADDRESS PORT NUMBER SECONDS lost, repeated and disordered packets of NUMBER
    transfer.py number ADDRESS PORT NUMBER RATE LENGTH [SEGMENTS]
                                                  NUMBER packets at RATE a second; SEGMENTS in one call (UDP_SEGMENT)
"""
import hashlib
import os
import random
import socket
import sys
import time

command, address, port, *rest = sys.argv[1:]
target = (address, int(port))
family = socket.AF_INET6 if ":" in address else socket.AF_INET


def receive():
    with socket.create_server(target, family=family) as door:
        print("ready", flush=True)
        caller, _ = door.accept()
        total, digest, buffer = 0, hashlib.sha256(), bytearray(1 << 20)
        while count := caller.recv_into(buffer):
            digest.update(memoryview(buffer)[:count])
            total += count
        caller.sendall(b"done")
    print(digest.hexdigest(), total)


def send():
    left, digest = int(rest[0]), hashlib.sha256()
    block = random.Random(left).randbytes(8 << 20)
    with socket.create_connection(target) as line:
        while left > 0:
            # Odd pieces, so that the segments are not all alike.
            piece = block[: min(left, random.randrange(1, len(block)))]
            line.sendall(piece)
            digest.update(piece)
            left -= len(piece)
        line.shutdown(socket.SHUT_WR)
        line.recv(4)
    print(digest.hexdigest(), int(rest[0]))


def count():
    number, patience = int(rest[0]), float(rest[1])
    with socket.socket(family, socket.SOCK_DGRAM) as door:
        door.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE: what is lost was not lost here
        door.bind(target)
        door.settimeout(patience)
        print("ready", flush=True)
        seen, repeated, disordered, last = bytearray(number), 0, 0, -1
        buffer = bytearray(1 << 16)
        try:
            while last != number - 1:
                door.recv_into(buffer)
                current = int.from_bytes(buffer[:8], "big")
                repeated += seen[current]
                seen[current] = 1
                disordered += current < last
                last = max(last, current)
        except TimeoutError:
            pass
    print(number - sum(seen), repeated, disordered)


def number():
    total, rate, length = int(rest[0]), float(rest[1]), int(rest[2])
    segments = int(rest[3]) if len(rest) > 3 else 1
    filling = os.urandom(length - 8)
    with socket.socket(family, socket.SOCK_DGRAM) as door:
        door.connect(target)
        if segments > 1:
            door.setsockopt(socket.IPPROTO_UDP, 103, length)  # UDP_SEGMENT
        start = time.monotonic()
        for first in range(0, total, segments):
            last = min(first + segments, total)
            while first > (time.monotonic() - start) * rate:
                pass
            door.send(b"".join(i.to_bytes(8, "big") + filling for i in range(first, last)))


{"receive": receive, "send": send, "count": count, "number": number}[command]()
