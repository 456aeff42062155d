#!/usr/bin/env python3
"""What git's own plumbing says of large blobs in a history whose attributes cover none: each (blob, path) with a commit that brings it in and the refs that
reach such commits, as `lfsguard scan --format json` lists them. Of git: cat-file, log -c --raw, rev-list, for-each-ref. Exits 1 and prints what differs.

  plumbing_list.py REPO SIZE < scan.json     SIZE in bytes; the answer of `lfsguard -C REPO scan --above SIZE --format json`
"""
import json
import os
import subprocess
import sys

repo, size = sys.argv[1], int(sys.argv[2])
env = dict(os.environ, GIT_NO_REPLACE_OBJECTS="1")


def git(*words, data=None):
    return subprocess.run(["git", "-C", repo, *words], input=data, stdout=subprocess.PIPE, env=env, check=True).stdout


sizes = {}
for line in git("cat-file", "--batch-all-objects", "--unordered", "--buffer", "--batch-check=%(objectname) %(objecttype) %(objectsize)").splitlines():
    oid, kind, bytes_ = line.split()
    if kind == b"blob" and int(bytes_) >= size:
        sizes[oid.decode()] = int(bytes_)

# A file of a merge is listed by -c where it differs from that of every parent; in blob or mode, so that blobs are compared once more.
brought = {}  # (blob, path) -> commits
commit = None
fields = iter(git("log", "--all", "-c", "--raw", "--root", "--no-abbrev", "--no-renames", "-z", "--format=%x01%H").split(b"\0"))
for field in fields:
    while field.startswith(b"\x01") or field.startswith(b"\n"):
        if field.startswith(b"\x01"):
            commit, field = field[1:41].decode(), field[41:]
        field = field.lstrip(b"\n")
    if not field.startswith(b":"):
        continue
    words = field.lstrip(b":").split(b" ")
    count = len(field) - len(field.lstrip(b":"))
    blobs = [word.decode() for word in words[count + 1 : 2 * count + 2]]
    path = next(fields)
    if blobs[-1] in sizes and blobs[-1] not in blobs[:-1]:
        brought.setdefault((blobs[-1], path), []).append(commit)

parents, dates, order = {}, {}, []
for line in git("rev-list", "--all", "--topo-order", "--reverse", "--parents", "--timestamp").splitlines():
    date, oid, *rest = line.decode().split()
    parents[oid], dates[oid] = rest, int(date)
    order.append(oid)
keys = sorted(brought)
reached = dict.fromkeys(order, 0)
for number, key in enumerate(keys):
    for oid in brought[key]:
        reached[oid] |= 1 << number
for oid in order:
    bits = reached[oid]
    for parent in parents[oid]:
        bits |= reached[parent]
    reached[oid] = bits
names = [line for line in git("for-each-ref", "--format=%(refname)").splitlines() if not line.startswith(b"refs/lfsguard/")]
tips = git("cat-file", "--batch-check=%(objectname) %(objecttype)", data=b"".join(name + b"^{commit}\n" for name in names)).splitlines()
refs = [[] for _ in keys]
for name, tip in sorted(zip(names, tips)):
    words = tip.decode(errors="replace").split()
    bits = reached.get(words[0], 0) if words[-1] == "commit" else 0
    while bits:
        low = bits & -bits
        refs[low.bit_length() - 1].append(name.decode(errors="replace"))
        bits ^= low

wanted = {}
for number, (blob, path) in enumerate(keys):
    first = min(brought[blob, path], key=lambda oid: (dates[oid], oid))
    wanted[blob, path.decode(errors="replace")] = (sizes[blob], first, refs[number])
got = {(f["blob"], f["path"]): (f["size"], f["commit"], f["refs"]) for f in json.load(sys.stdin)["findings"]}
different = [key for key in sorted(wanted.keys() | got.keys()) if wanted.get(key) != got.get(key)]
for key in different[:10]:
    print(key, "git says", str(wanted.get(key))[:300], "lfsguard says", str(got.get(key))[:300])
print(f"{len(wanted)} of {len(sizes)} blobs and {len(order)} commits, {len(different)} differ")
sys.exit(1 if different or not wanted else 0)
