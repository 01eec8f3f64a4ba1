"""A service manager's end of sd_notify(3): writes each datagram as one line, its lines parted by |.

manager.py ADDRESS      a path, or @ and an abstract name
"""

import socket
import sys

address = sys.argv[1]
hearing = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
hearing.bind("\0" + address[1:] if address.startswith("@") else address)
print("hears")
while True:
    print(hearing.recv(4096).decode().replace("\n", "|") + "|")
