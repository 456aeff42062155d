#!/usr/bin/env python3
"""A small random repository from a seed: merges, moved and shared blobs, nested .gitattributes that change, symbolic links, submodule entries, tags
of everything, detached heads and linked work trees, stored in one of git's many ways.

  random_history.py SEED FOLDER     makes the repository FOLDER and prints how it is stored
"""
import hashlib, os, random, subprocess, sys

seed, folder = int(sys.argv[1]), sys.argv[2]
dice = random.Random(seed)
ENV = dict(os.environ, GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b", GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@b",
           GIT_AUTHOR_DATE="1700000000 +0000", GIT_COMMITTER_DATE="1700000000 +0000")


def git(*args, data=None):
    return subprocess.run(["git", "-C", folder, *args], input=data, stdout=subprocess.PIPE, check=True, env=ENV).stdout


DIRS = [b"", b"", b"a/", b"a/b/", b"d e/", b"x/"]
NAMES = [b"m.bin", b"n.bin", b"k.txt", b"q.dat", b"M.BIN", b"w.bin.txt", b"n\nl.bin", b"\xff\xfe.bin", b'q"uote.txt', b"[br].bin", b"b\xc3\xa9.dat", b" sp.bin"]
LINES = ["*.bin filter=lfs diff=lfs merge=lfs -text", "*.dat filter=lfs", "*.bin -filter", "*.bin !filter", "m.* filter=lfs", "/a/** filter=lfs", "a/ filter=lfs",
         "[attr]big filter=lfs", "*.txt big", "*.txt -big", "*.dat filter=other", "b/* filter=lfs", "**/m.bin filter", "# none", "\"q\\\"uote.txt\" filter=lfs",
         "\\[br\\].bin -filter", "*.BIN filter=lfs", "!*.bin filter=lfs", "* filter=lfs", "* -filter", "*.txt text eol=lf"]


def pointer(content):
    oid = hashlib.sha256(content).hexdigest()
    return oid, b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n" % (oid.encode(), len(content))


def blob():
    kind = dice.randrange(12)
    if kind < 4:
        return bytes(dice.choices(b"abcdefghij \n", k=dice.randrange(0, 900)))
    if kind < 8:
        return dice.randbytes(dice.choice([1, 300, 999, 1000, 1001, 1500, 2500, 4000]))
    if kind == 8:
        return b""
    content = dice.randbytes(dice.randrange(1, 50))
    oid, text = pointer(content)
    if dice.random() < 0.5:
        where = os.path.join(folder, ".git/lfs/objects", oid[:2], oid[2:4])
        os.makedirs(where, exist_ok=True)
        open(os.path.join(where, oid), "wb").write(content)
    if kind == 9:
        return text
    return dice.choice([text, text.replace(b"\n", b"\r\n"), text[:-1], b"\n" + text, text.replace(b"git-lfs.github.com", b"hawser.github.com"),
                        text.replace(b"size", b"siz"), b"version 1\n" + text])


os.makedirs(folder)
git("init", "-q", "-b", "main", ".")
blobs = [blob() for _ in range(dice.randrange(6, 20))]
out = []
for number, content in enumerate(blobs):
    out.append(b"blob\nmark :%d\ndata %d\n%s\n" % (number + 1, len(content), content))
links = [b"m.bin", b"t" * 1200, b"*.bin filter=lfs"]


def attributes():
    text = "".join(dice.choice(LINES) + dice.choice(["\n", "\n", "\n", "\r\n"]) for _ in range(dice.randrange(1, 4)))
    return text.encode() if dice.random() < 0.9 else text.encode().rstrip(b"\n")


states, branches, mark = {}, {}, 1000
for number in range(dice.randrange(3, 22)):
    name = dice.choice(["main", "main", "side", "topic/x", "rel\xe9"])
    parent = branches.get(name) or (dice.choice(list(branches.values())) if branches and dice.random() < 0.9 else None)
    merged = [other for other in branches.values() if other != parent]
    merges = dice.sample(merged, min(len(merged), dice.choice([1, 1, 2]))) if parent and merged and dice.random() < 0.3 else []
    state = dict(states[parent]) if parent else {}
    for other in merges:
        for path, entry in states[other].items():
            if path not in state or dice.random() < 0.5:
                state[path] = entry
    for _ in range(dice.randrange(1, 6)):
        action = dice.randrange(10)
        path = dice.choice(DIRS) + dice.choice(NAMES)
        if action < 5:
            state[path] = (b"100644" if dice.random() < 0.9 else b"100755", b":%d" % dice.randrange(1, len(blobs) + 1))
        elif action == 5 and state:
            state.pop(dice.choice(list(state)))
        elif action == 6 and state:
            state[path] = state.pop(dice.choice(list(state)))
        elif action == 7:
            text = attributes()
            state[dice.choice([b"", b"", b"a/", b"a/b/", b"d e/"]) + b".gitattributes"] = (b"100644", text)
        elif action == 8:
            target = dice.choice(links)
            state[path if dice.random() < 0.9 else dice.choice([b"", b"a/"]) + b".gitattributes"] = (b"120000", target)
        else:
            state[path] = (b"160000", b"%040x" % dice.randrange(1, 1 << 100))
    mark += 1
    date = 1700000000 + dice.randrange(0, 40) * 60
    out.append(b"commit refs/heads/%s\nmark :%d\nauthor a <a@b> %d +0000\ncommitter a <a@b> %d +0000\ndata 2\nc\n"
               % (name.encode(), mark, date, date))
    if parent:
        out.append(b"from :%d\n" % parent)
    elif name in branches:
        out.append(b"from 0000000000000000000000000000000000000000\n")
    for other in merges:
        out.append(b"merge :%d\n" % other)
    out.append(b"deleteall\n")
    for path, (mode, what) in state.items():
        quoted = b'"' + path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
        if what.startswith(b":") or mode == b"160000":
            out.append(b"M %s %s %s\n" % (mode, what, quoted))
        else:
            out.append(b"M %s inline %s\ndata %d\n%s\n" % (mode, quoted, len(what), what))
    out.append(b"\n")
    states[mark], branches[name] = state, mark
git("-c", "fastimport.unpackLimit=%d" % dice.choice([0, 100000]), "fast-import", "--quiet", "--force", data=b"".join(out))

commits = git("rev-list", "--branches").decode().split()
said = []
for number in range(dice.randrange(0, 6)):
    commit = dice.choice(commits)
    what = dice.choice([commit, commit + "^{tree}", "blob", "tag"])
    if what == "blob":
        what = git("hash-object", "-w", "--stdin", data=dice.randbytes(dice.choice([10, 1200]))).decode().strip()
    elif what == "tag":
        tags = git("tag").decode().split()
        what = "refs/tags/" + dice.choice(tags) if tags else commit
    if dice.random() < 0.5:
        git("tag", "-a", "-m", "t", "t%d" % number, what)
    else:
        git("update-ref", "refs/tags/t%d" % number, git("rev-parse", what).decode().strip())
if dice.random() < 0.3:
    git("update-ref", "refs/lfsguard/backup/r/refs/heads/old", dice.choice(commits))
if dice.random() < 0.3 and "side" in branches:
    git("update-ref", "-d", "refs/heads/side")
if dice.random() < 0.3:
    git("hash-object", "-w", "--stdin", data=dice.randbytes(2000))
head = dice.randrange(4)
git("symbolic-ref", "HEAD", "refs/heads/" + dice.choice(list(branches) if head else ["unborn"]))
try:
    git("rev-parse", "-q", "--verify", "HEAD")
except subprocess.CalledProcessError:
    head = 0
if head == 1:
    git("update-ref", "--no-deref", "HEAD", dice.choice(commits))
    said.append("detached")
if dice.random() < 0.25:
    work = os.path.abspath(folder) + ".linked"
    git("worktree", "add", "-q", "--no-checkout", "--detach", work, dice.choice(commits))
    said.append("linked")

if dice.random() < 0.2 and len(commits) > 1:
    one, two = dice.sample(commits, 2)
    git("replace", "-f", one, two)
    said.append("replace")
if dice.random() < 0.15 and len(commits) > 1:
    with open(folder + "/.git/info/grafts", "w") as grafts:
        grafts.write(dice.choice(commits) + "\n")
    said.append("grafts")
if dice.random() < 0.2:
    with open(folder + "/.git/info/attributes", "w") as info:
        info.write(dice.choice(LINES) + "\n")
    said.append("info/attributes")
if dice.random() < 0.15:
    git("config", "core.ignoreCase", "true")
    said.append("ignoreCase")
store = dice.randrange(7)
if store == 1:
    git("repack", "-adfq", "--no-write-bitmap-index")
    said.append("packed")
elif store == 2:
    git("repack", "-adq", "--depth=50")
    git("hash-object", "-w", "--stdin", data=dice.randbytes(1500))
    git("repack", "-dq")
    git("multi-pack-index", "write")
    said.append("midx")
elif store == 3:
    git("repack", "-adq")
    other = os.path.abspath(folder) + '.ob"j:s'
    os.rename(folder + "/.git/objects", other)
    os.makedirs(folder + "/.git/objects/info")
    os.makedirs(folder + "/.git/objects/pack")
    with open(folder + "/.git/objects/info/alternates", "w") as listed:
        listed.write(other + "\n")
    git("hash-object", "-w", "--stdin", data=dice.randbytes(1400))
    said.append("alternates")
elif store == 4:
    git("commit-graph", "write", "--reachable")
    said.append("commit-graph")
elif store == 5 and "grafts" not in said:
    with open(folder + "/.git/shallow", "w") as shallow:
        shallow.write(dice.choice(commits) + "\n")
    said.append("shallow")
elif store == 6:
    git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq")
    said.append("ref-deltas")
print(" ".join(said) or "plain")
