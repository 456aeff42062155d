#!/usr/bin/env python3
"""Packs that git would never write: craft_pack.py KIND FOLDER puts a pack and its index there and prints the id of the object in question.

  cycle      two REF_DELTA entries, each the other's base
  self       a REF_DELTA entry that is its own base
  bomb-tree  a tree whose header says one tebibyte, its stream a few bytes
  bomb-delta a delta whose result says one tebibyte
  chain      4000 deltas on one another
"""
import hashlib, struct, sys, zlib

kind, folder = sys.argv[1], sys.argv[2]
COMMIT, TREE, BLOB, OFS, REF = 1, 2, 3, 6, 7


def header(number, size):
    byte, size = (number << 4) | (size & 15), size >> 4
    out = bytearray()
    while size:
        out.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    out.append(byte)
    return bytes(out)


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def offset(distance):
    out = [distance & 0x7F]
    distance >>= 7
    while distance:
        distance -= 1
        out.insert(0, 0x80 | distance & 0x7F)
        distance >>= 7
    return bytes(out)


def delta(base, result, commands):
    return varint(base) + varint(result) + commands


a, b = bytes.fromhex("aa" * 20), bytes.fromhex("bb" * 20)
entries = []  # (id, bytes)
if kind in ("cycle", "self"):
    text = delta(4, 4, b"\x90\x04")
    for oid, base in ((a, b if kind == "cycle" else a), (b, a)):
        entries.append((oid, header(REF, len(text)) + base + zlib.compress(text)))
elif kind == "bomb-tree":
    entries.append((a, header(TREE, 1 << 40) + zlib.compress(b"100644 x\0" + b"c" * 20)))
elif kind == "bomb-delta":
    base = b"100644 x\0" + b"c" * 20
    text = delta(len(base), 1 << 40, b"\x90\x04")
    entries.append((b, header(TREE, len(base)) + zlib.compress(base)))
    entries.append((a, header(REF, len(text)) + b + zlib.compress(text)))
elif kind == "chain":
    base = b"x" * 2000
    at, pieces = 12, header(BLOB, len(base)) + zlib.compress(base)
    entries.append((hashlib.sha1(b"0").digest(), pieces))
    for number in range(1, 4000):
        text = delta(2000, 2000, b"\xb0\xd0\x07")
        last = pieces
        pieces = header(OFS, len(text)) + offset(len(last)) + zlib.compress(text)
        entries.append((a if number == 3999 else hashlib.sha1(b"%d" % number).digest(), pieces))

pack, rows = b"PACK" + struct.pack(">II", 2, len(entries)), []
for oid, data in entries:
    rows.append((oid, zlib.crc32(data), len(pack)))
    pack += data
checksum = hashlib.sha1(pack).digest()
pack += checksum
rows.sort()
fanout = b"".join(struct.pack(">I", sum(row[0][0] <= first for row in rows)) for first in range(256))
index = b"\xfftOc" + struct.pack(">I", 2) + fanout + b"".join(row[0] for row in rows)
index += b"".join(struct.pack(">I", row[1]) for row in rows) + b"".join(struct.pack(">I", row[2]) for row in rows) + checksum
index += hashlib.sha1(index).digest()
name = folder + "/pack-" + checksum.hex()
open(name + ".pack", "wb").write(pack)
open(name + ".idx", "wb").write(index)
print(a.hex())
