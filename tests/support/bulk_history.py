#!/usr/bin/env python3
"""A long random history from a seed, in packs that are large enough to be read in bulk: branches and merges, files that come, go, change places, modes and
sizes in nested folders, and (with attributes) .gitattributes files that change.

  bulk_history.py SEED FOLDER COMMITS [attributes]     makes the bare repository FOLDER; an odd SEED leaves it in two packs
"""
import random
import subprocess
import sys

seed, folder, commits = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
attributes = "attributes" in sys.argv[4:]
dice = random.Random(seed)
subprocess.run(["git", "init", "-q", "--bare", "-b", "main", folder], check=True)

FOLDERS = ["", "a/", "a/b/", "a/b/c/", "d e/", "d e/f/", "x/"] + [f"many/{n}/" for n in range(9)]
NAMES = [f"{stem}{n}{end}" for stem in "klmn" for n in range(6) for end in (".bin", ".txt", "")]
LINES = ["*.bin filter=lfs\n", "*.bin -filter\n", "*.txt filter=lfs\n", "k* filter=lfs\n", "/a/** filter=lfs\n", "# none\n", "* !filter\n"]


def stream(first, last, states, out):
    for number in range(first, last):
        parents = []
        if states:
            near = max(0, len(states) - 40)
            parents = [dice.randrange(near, len(states))]
            if dice.random() < 0.2:
                parents += [p for p in {dice.randrange(near, len(states)) for _ in range(dice.choice([1, 1, 2]))} if p not in parents]
        files = dict(states[parents[0]]) if parents else {}
        for other in parents[1:]:
            for path, entry in states[other].items():
                if dice.random() < 0.3:
                    files[path] = entry
        for _ in range(dice.randrange(1, 4)):
            path = dice.choice(FOLDERS) + dice.choice(NAMES)
            act = dice.random()
            if act < 0.15 and files:
                files.pop(dice.choice(sorted(files)))
            elif act < 0.25 and files:
                files[path] = files[dice.choice(sorted(files))]
            else:
                size = dice.choice([3, 30, 90]) if dice.random() < 0.93 else dice.choice([999, 1000, 1001, 2500])
                text = f"{dice.randrange(400)} of {size}\n"
                files[path] = (dice.choice(["100644", "100644", "100755", "120000"]), (text * (size // len(text) + 1))[:size])
        if attributes and dice.random() < 0.05:
            files[dice.choice(FOLDERS) + ".gitattributes"] = ("100644", "".join(dice.sample(LINES, dice.randrange(4))))
        states.append(files)
        out.append(f"commit refs/heads/b{number % 7}\nmark :{number + 1}\ncommitter c <c@c> {1700000000 + dice.randrange(100000)} +0000\ndata 1\nm\n".encode())
        out.append(b"".join(f"{'from' if i == 0 else 'merge'} :{p + 1}\n".encode() for i, p in enumerate(parents)))
        out.append(b"deleteall\n")
        for path, (mode, text) in sorted(files.items()):
            out.append(f'M {mode} inline "{path}"\ndata {len(text)}\n{text}\n'.encode())
    out.append(f"reset refs/heads/main\nfrom :{last}\n\n".encode())


def run(out, *flags):
    subprocess.run(["git", "-C", folder, "fast-import", "--quiet", "--force", *flags], input=b"".join(out), check=True)


states, out = [], []
marks = folder + "/marks"
stream(0, commits * 3 // 4, states, out)
run(out, "--export-marks=" + marks)
subprocess.run(["git", "-C", folder, "repack", "-adkfq", "--depth=50", "--window=20"], check=True)
out = []
stream(commits * 3 // 4, commits, states, out)
run(out, "--import-marks=" + marks)
if seed % 2 == 0:
    subprocess.run(["git", "-C", folder, "repack", "-adkfq", "--depth=50", "--window=20"], check=True)
