"""Random histories from a seed, rewritten, and held against what must be true of any rewrite.

Usage: rewrite_properties.py LFSGUARD FIRST_SEED COUNT

For every seed: a repository of random commits (merges, renames, nested attributes, symbolic links, executable files, empty files, files that are
pointers already, annotated tags, notes) is rewritten with `--above`. Then:
  * commit-map is complete; unchanged commits keep their id, changed ones keep author, dates, message and the shape of history;
  * every tree is the old tree but for pointers (whose object in the store has the old content) and .gitattributes;
  * every pointer's path is covered by the new tree's own attributes, as git says;
  * no path keeps a version at or over the size, and each path that had one is a pointer in all its versions;
  * strict fsck says nothing that it did not say before; a second run writes nothing; undo puts every ref back.
"""
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time

ABOVE = 2000


def git(repo, *args, data=None, check=True, env=None):
    done = subprocess.run(["git", "-C", repo, *args], input=data, capture_output=True, env=env)
    if check and done.returncode != 0:
        raise SystemExit(f"git {args}: {done.stderr.decode(errors='replace')}")
    return done.stdout


class History:
    NAMES = [b"a.bin", b"b.txt", b"dir/c.bin", b"dir/sub/d.dat", b"sp ace.bin", b"w[1].bin", b"dir/e*.bin", b"\xff\xfe.bin", b"quo\"te.bin", b"#hash.bin",
             b"!bang.bin", b"!dir/c.bin", b"dir/sub/a.bin", b"back\\slash.bin", b"dir/link", b"ta\tb.bin", b"new\nline.bin"]

    def __init__(self, seed, repo):
        self.random = random.Random(seed)
        self.repo = repo
        self.mark = 0
        self.out = bytearray()

    def blob(self):
        r = self.random
        size = r.choice([0, 10, 500, ABOVE - 1, ABOVE, ABOVE + 1, 5000, 9000])
        return bytes(r.getrandbits(8) for _ in range(min(size, 64))) * (size // 64 + 1)

    @staticmethod
    def quoted(path):
        return b'"' + b"".join(b"\\%03o" % c if c < 32 or c > 126 or c in b'"\\' else bytes([c]) for c in path) + b'"'

    def commit(self, ref, parents, files):
        r = self.random
        self.mark += 1
        message = r.choice([b"plain\n", b"no newline", b"utf \xc3\xa9\n\nbody\n", b"bad \xff byte\n", b"", b"cr\r\nlf\n"])
        zone = r.choice([b"+0000", b"-0330", b"+0545", b"+1400"])
        when = 1500000000 + self.mark * r.choice([1, 60, 3600])
        self.out += b"commit %s\nmark :%d\nauthor A <a@x> %d %s\ncommitter C <c@x> %d %s\ndata %d\n%s\n" % (
            ref, self.mark, when, zone, when + 5, zone, len(message), message)
        for i, parent in enumerate(parents):
            self.out += (b"from" if i == 0 else b"merge") + b" :%d\n" % parent
        self.out += b"deleteall\n"
        for path, (mode, data) in sorted(files.items()):
            self.out += b"M %s inline %s\ndata %d\n%s\n" % (mode, self.quoted(path), len(data), data)
        return self.mark

    def mutate(self, files):
        r = self.random
        files = dict(files)
        for _ in range(r.randint(1, 3)):
            kind = r.random()
            name = r.choice(self.NAMES)
            if kind < 0.6:
                mode = b"120000" if name == b"dir/link" else r.choice([b"100644", b"100644", b"100755"])
                data = b"target" if mode == b"120000" else self.blob()
                files[name] = (mode, data)
            elif kind < 0.7 and files:
                files.pop(r.choice(sorted(files)))
            elif kind < 0.8:
                where = r.choice([b".gitattributes", b"dir/.gitattributes", b"dir/sub/.gitattributes"])
                files[where] = (b"100644", r.choice([b"*.bin -filter\n", b"*.dat filter=lfs diff=lfs merge=lfs -text\n", b"# comment\r\n*.txt text\r\n", b"*.txt text",
                                                     b"d.dat !filter\n", b"[attr]big filter=lfs\n*.dat big\n"]))
            elif kind < 0.9:
                digest = hashlib.sha256(name).hexdigest().encode()
                files[name] = (b"100644", b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12\n" % digest)
            else:
                old = [n for n in files if not n.endswith(b".gitattributes")]
                if old:
                    files[name] = files.pop(r.choice(sorted(old)))
        return files

    def build(self):
        r = self.random
        git(os.path.dirname(self.repo), "init", "-q", "-b", "main", self.repo)
        heads = {b"refs/heads/main": (self.commit(b"refs/heads/main", [], {b"README": (b"100644", b"x\n")}), {b"README": (b"100644", b"x\n")})}
        for _ in range(r.randint(6, 25)):
            ref = r.choice(sorted(heads))
            mark, files = heads[ref]
            if r.random() < 0.25 and len(heads) < 4:
                new = b"refs/heads/side%d" % len(heads)
                heads[new] = (self.commit(new, [mark], self.mutate(files)), self.mutate(files))
                heads[new] = (heads[new][0], files)
                self.out += b""
                continue
            parents = [mark]
            if r.random() < 0.2 and len(heads) > 1:
                other = r.choice([h for h in sorted(heads) if h != ref])
                parents.append(heads[other][0])
            files = self.mutate(files)
            heads[ref] = (self.commit(ref, parents, files), files)
            if r.random() < 0.2:
                self.out += b"tag t%d\nfrom :%d\ntagger T <t@x> 1500000000 +0000\ndata 9\ntag text\n\n" % (self.mark, heads[ref][0])
        git(self.repo, "fast-import", "--quiet", data=bytes(self.out))
        git(self.repo, "reset", "-q", "--hard")
        self.age()
        if r.random() < 0.3:
            git(self.repo, "notes", "add", "-m", "a note", "HEAD")
        if r.random() < 0.5:
            git(self.repo, "gc", "-q")


    def age(self):
        """As after a clone some time ago: files and index of one second, so that git cannot tell by their times what has changed."""
        then = int(time.time()) - 10
        for folder, _, names in os.walk(self.repo.encode()):
            if b"/.git" not in folder[len(self.repo):]:
                for name in names:
                    os.utime(os.path.join(folder, name), (then, then), follow_symlinks=False)
        git(self.repo, "update-index", "-q", "--refresh")
        os.utime(os.path.join(self.repo, ".git", "index"), (then, then))


def tree(repo, commit):
    out = {}
    for entry in git(repo, "ls-tree", "-r", "-z", commit).split(b"\0"):
        if entry:
            meta, path = entry.split(b"\t", 1)
            mode, _, oid = meta.split()
            out[path] = (mode, oid)
    return out


class Blobs:
    def __init__(self, repo):
        self.process = subprocess.Popen(["git", "-C", repo, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.known = {}

    def get(self, oid):
        if oid not in self.known:
            self.process.stdin.write(oid + b"\n")
            self.process.stdin.flush()
            size = int(self.process.stdout.readline().split()[2])
            self.known[oid] = self.process.stdout.read(size)
            self.process.stdout.read(1)
        return self.known[oid]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def is_pointer(data):
    return len(data) < 1024 and data.startswith(b"version https://git-lfs.github.com/spec/v1\noid sha256:")


def covered(repo, commit, paths):
    index = os.path.join(repo, ".git", "check-index")
    env = dict(os.environ, GIT_INDEX_FILE=index)
    git(repo, "read-tree", commit, env=env)
    out = git(repo, "check-attr", "--cached", "--stdin", "-z", "filter", data=b"".join(p + b"\0" for p in paths), env=env).split(b"\0")
    os.remove(index)
    return {out[i]: out[i + 2] for i in range(0, len(out) - 2, 3)}


def refs(repo):
    return [line for line in git(repo, "for-each-ref").splitlines() if b"refs/lfsguard/" not in line]


def check(program, seed):
    with tempfile.TemporaryDirectory() as folder:
        repo = os.path.join(folder, "r")
        History(seed, repo).build()
        before_refs, before_fsck = refs(repo), set(git(repo, "fsck", "--strict", check=False).splitlines())
        before_tree = {p: d for p, d in tree(repo, "HEAD").items()}
        done = subprocess.run([program, "-C", repo, "rewrite", "--above", str(ABOVE), "--yes", "--format", "json"], capture_output=True)
        if done.returncode not in (0, 2):
            raise SystemExit(f"seed {seed}: rewrite failed: {done.stderr.decode()}")
        import json
        report = json.loads(done.stdout)
        if report["run"] is None:
            assert before_refs == refs(repo), f"seed {seed}: nothing selected, yet refs moved"
            return 0
        mapping = dict(line.split() for line in open(os.path.join(report["maps"], "commit-map"), "rb").read().splitlines())
        blobs = Blobs(repo)
        large = set()
        for old in mapping:
            for path, (mode, oid) in tree(repo, old.decode()).items():
                data = blobs.get(oid)
                if mode.startswith(b"100") and len(data) >= ABOVE and not path.endswith(b".gitattributes"):
                    large.add(path)
        assert large, f"seed {seed}: something was rewritten, but nothing was large"
        for old, new in mapping.items():
            old_tree, new_tree = tree(repo, old.decode()), tree(repo, new.decode())
            names = {p for p in old_tree if not p.endswith(b".gitattributes")}
            assert names == {p for p in new_tree if not p.endswith(b".gitattributes")}, f"seed {seed}: paths differ in {old}"
            pointers = []
            for path in names:
                old_mode, old_oid = old_tree[path]
                new_mode, new_oid = new_tree[path]
                assert old_mode == new_mode, f"seed {seed}: mode of {path}"
                old_data, new_data = blobs.get(old_oid), blobs.get(new_oid)
                convert = path in large and old_mode.startswith(b"100") and old_data and not is_pointer(old_data)
                if not convert:
                    assert old_oid == new_oid, f"seed {seed}: {path} changed in {old}"
                    continue
                assert is_pointer(new_data), f"seed {seed}: {path} is no pointer in {new}"
                oid = hashlib.sha256(old_data).hexdigest()
                assert new_data == b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n" % (oid.encode(), len(old_data)), f"seed {seed}: pointer of {path}"
                with open(os.path.join(repo, ".git", "lfs", "objects", oid[:2], oid[2:4], oid), "rb") as stored:
                    assert stored.read() == old_data
                pointers.append(path)
            if pointers:
                for path, value in covered(repo, new.decode(), pointers).items():
                    assert value == b"lfs", f"seed {seed}: {path} is not covered in {new.decode()}: {value}"
            for path in set(old_tree) | set(new_tree):
                if path.endswith(b".gitattributes") and path in old_tree:
                    assert blobs.get(new_tree[path][1]).startswith(blobs.get(old_tree[path][1])), f"seed {seed}: lines of {path} changed"
            keys = "%an%n%ae%n%ad%n%cn%n%ce%n%cd"
            assert git(repo, "log", "-1", "--format=" + keys, old.decode()) == git(repo, "log", "-1", "--format=" + keys, new.decode())
            old_raw, new_raw = git(repo, "cat-file", "commit", old.decode()), git(repo, "cat-file", "commit", new.decode())
            assert old_raw.split(b"\n\n", 1)[1:] == new_raw.split(b"\n\n", 1)[1:], f"seed {seed}: message of {old}"
            parents = [line.split()[1] for line in old_raw.split(b"\n\n", 1)[0].splitlines() if line.startswith(b"parent ")]
            new_parents = [line.split()[1] for line in new_raw.split(b"\n\n", 1)[0].splitlines() if line.startswith(b"parent ")]
            assert [mapping[p] for p in parents] == new_parents, f"seed {seed}: parents of {old}"
            if not pointers and parents == new_parents:
                assert old == new, f"seed {seed}: {old} changed for nothing"
        blobs.close()
        after_fsck = set(git(repo, "fsck", "--strict", check=False).splitlines())
        assert not [l for l in after_fsck - before_fsck if b"dangling" not in l], f"seed {seed}: fsck: {after_fsck - before_fsck}"
        status = git(repo, "status", "--porcelain")
        assert status == b"", f"seed {seed}: status {status}"
        packs = sorted(os.listdir(os.path.join(repo, ".git", "objects", "pack")))
        again = subprocess.run([program, "-C", repo, "rewrite", "--above", str(ABOVE), "--yes", "--format", "json"], capture_output=True)
        assert json.loads(again.stdout)["run"] is None, f"seed {seed}: the second run is not a no-op"
        assert packs == sorted(os.listdir(os.path.join(repo, ".git", "objects", "pack")))
        undone = subprocess.run([program, "-C", repo, "rewrite", "--undo"], capture_output=True)
        assert undone.returncode == 0, f"seed {seed}: undo: {undone.stderr.decode()}"
        assert refs(repo) == before_refs, f"seed {seed}: undo left refs"
        assert tree(repo, "HEAD") == before_tree
        assert git(repo, "status", "--porcelain") == b"", f"seed {seed}: status after undo: {git(repo, 'status', '--porcelain')}"
        return len(mapping)


def main():
    program, first, count = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    os.environ.update(GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="t", GIT_AUTHOR_EMAIL="t@t", GIT_COMMITTER_NAME="t", GIT_COMMITTER_EMAIL="t@t", TZ="UTC")
    home = tempfile.mkdtemp()
    os.environ["HOME"] = home
    commits = rewritten = 0
    for seed in range(first, first + count):
        n = check(program, seed)
        commits += n
        rewritten += n > 0
    assert rewritten > 0, "no seed selected anything"
    print(f"{count} histories, {rewritten} rewritten, {commits} commits compared")


main()
