"""Broken model repositories of any size, from a seed, by `git fast-import`.

Usage: generate.py KIND DIR [--commits N] [--bytes N] [--files N] [--seed N]

  models   N commits of source code; every now and then a checkpoint is committed outside LFS, --bytes in all
  linear   N commits of one small file each in a few folders, nothing large
  wide     one commit of --files small files (for hooks)
  loose    --files loose objects
"""
import argparse
import os
import random
import subprocess
import sys


def importer(repo):
    return subprocess.Popen(["git", "-C", repo, "fast-import", "--quiet"], stdin=subprocess.PIPE)


def commit(out, number, files, parent=True):
    out.write(b"commit refs/heads/main\nmark :%d\ncommitter C <c@x> %d +0000\ndata 7\ncommit\n\n" % (number, 1500000000 + number * 60))
    if parent and number > 1:
        out.write(b"from :%d\n" % (number - 1))
    for path, data in files:
        out.write(b"M 100644 inline %s\ndata %d\n" % (path, len(data)))
        out.write(data)
        out.write(b"\n")


def models(repo, args):
    source = random.Random(args.seed)
    process = importer(repo)
    checkpoints = max(1, min(args.commits // 20, 200))
    size = max(1, args.bytes // checkpoints)
    every = max(1, args.commits // checkpoints)
    for number in range(1, args.commits + 1):
        folder = number % 40
        files = [(b"src/m%02d/f%02d.py" % (folder, number % 25), b"# %d\n" % number + b"x = 1\n" * (number % 50))]
        if number % every == 0:
            files.append((b"checkpoints/step.bin" if number % (2 * every) else b"models/weights.safetensors", source.randbytes(size)))
        commit(process.stdin, number, files)
        if number % 500 == 0:
            process.stdin.write(b"tag v%d\nfrom :%d\ntagger T <t@x> 1500000000 +0000\ndata 2\nt\n" % (number, number))
    process.stdin.close()
    return process.wait()


def linear(repo, args):
    process = importer(repo)
    for number in range(1, args.commits + 1):
        commit(process.stdin, number, [(b"d%02d/f%03d" % (number % 50, number % 997), b"%d\n" % number)])
    process.stdin.close()
    return process.wait()


def wide(repo, args):
    process = importer(repo)
    commit(process.stdin, 1, [(b"d%03d/f%05d.txt" % (i % 200, i), b"%d\n" % i) for i in range(args.files)])
    process.stdin.close()
    code = process.wait()
    subprocess.run(["git", "-C", repo, "reset", "-q", "--hard"], check=True)
    return code


def loose(repo, args):
    import hashlib
    import zlib
    objects = os.path.join(repo, ".git", "objects")
    for i in range(args.files):
        body = b"blob %d\0%d" % (len(str(i)), i)
        name = hashlib.sha1(body).hexdigest()
        os.makedirs(os.path.join(objects, name[:2]), exist_ok=True)
        with open(os.path.join(objects, name[:2], name[2:]), "wb") as out:
            out.write(zlib.compress(body, 1))
    subprocess.run(["git", "-C", repo, "commit", "-q", "--allow-empty", "-m", "c"], check=True)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["models", "linear", "wide", "loose"])
    parser.add_argument("dir")
    parser.add_argument("--commits", type=int, default=1000)
    parser.add_argument("--bytes", type=int, default=200 << 20)
    parser.add_argument("--files", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    subprocess.run(["git", "init", "-q", "-b", "main", args.dir], check=True)
    sys.exit({"models": models, "linear": linear, "wide": wide, "loose": loose}[args.kind](args.dir, args))


main()
