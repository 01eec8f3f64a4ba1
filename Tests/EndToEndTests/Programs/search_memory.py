"""Looks for a secret in the memory of a process: search_memory.py PID HEX

Reads what a core dump would hold, that is every readable mapping without MADV_DONTDUMP ("dd" in smaps), and ends
with 1 if the key's bytes or its hexadecimal digits are in one."""
import re
import sys

process, digits = sys.argv[1:]
wanted = [bytes.fromhex(digits), digits.lower().encode(), digits.upper().encode()]
found = []
mappings, where = {}, None
for line in open(f"/proc/{process}/smaps"):
    head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)", line)
    if head:
        where = (int(head[1], 16), int(head[2], 16))
        mappings[where] = [head[3], head[4], False]
    elif line.startswith("VmFlags:"):
        mappings[where][2] = "dd" in line.split()
read = 0
with open(f"/proc/{process}/mem", "rb", 0) as memory:
    for (start, end), (rights, name, is_left_out) in mappings.items():
        if "r" not in rights or is_left_out or name in ("[vvar]", "[vsyscall]"):
            continue
        memory.seek(start)
        try:
            data = memory.read(end - start)
        except OSError:
            continue
        read += len(data)
        found += [f"{name or 'memory'} +{data.index(w):#x}" for w in wanted if w in data]
print(f"{read} bytes read", *found, sep="\n")
sys.exit(1 if found or read < 1 << 20 else 0)
