#!/usr/bin/env python3
"""What a scan must find, asked of git's plumbing by brute force.

Every tree of every commit is listed (`git ls-tree -r`), its attributes asked of `git check-attr --cached` on a temporary index, and each commit
held against all its parents. Slow and simple on purpose: nothing here is shared with the program.

  scan_oracle.py [--strict] [--above N] [--range A..B] [--ref REF]... REPO     prints {"findings", "allowed", "unreachable", "scanned"} as JSON
"""
import argparse, base64, collections, json, os, re, subprocess, sys, tempfile, datetime

ENV = dict(os.environ, GIT_NO_REPLACE_OBJECTS="1", GIT_GRAFT_FILE="/dev/null", GIT_OPTIONAL_LOCKS="0")
EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


def git(repo, *args, data=None, check=True, **env):
    done = subprocess.run(["git", "-C", repo, *args], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(ENV, **env))
    if check and done.returncode != 0:
        raise SystemExit("git %s failed: %s" % (args, done.stderr.decode(errors="replace")))
    return done.stdout


def lines(data):
    return data.decode("utf-8", "surrogateescape").splitlines()


class Blob:
    VERSION = re.compile(rb"version (https://git-lfs\.github\.com/spec/v1|http://git-media\.io/v/2|https://hawser\.github\.com/spec/v1)\s*$")
    CANONICAL = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n((?:ext-\d-[^ \n]+ sha256:[0-9a-f]{64}\n)*)"
                           rb"oid sha256:([0-9a-f]{64})\nsize (0|[1-9]\d*)\n\Z")

    def __init__(self, size, content):
        self.size, self.pointer, self.near, self.oid, self.pointer_size = size, False, False, None, 0
        self.data = content or b""
        self.binary = content is not None and b"\0" in content[:8000]
        if content is None or not 0 < size < 1024:
            return
        match = self.CANONICAL.match(content)
        if match and int(match[3]) > 0:
            self.pointer, self.oid, self.pointer_size = True, match[2].decode(), int(match[3])
            return
        first = next((line for line in content.split(b"\n") if line.strip()), b"")
        if self.VERSION.match(first):
            self.near = True
            loose = re.search(rb"^oid sha256:([0-9a-f]{64})\s*\r?\nsize \+?0*([1-9]\d*)\s*$", content.strip(), re.M)
            if loose:
                self.oid, self.pointer_size = loose[1].decode(), int(loose[2])


class Repository:
    def __init__(self, path):
        self.path = path
        self.common = lines(git(path, "rev-parse", "--path-format=absolute", "--git-common-dir"))[0]
        self.blobs, self.trees, self.kinds, self.covered = {}, {}, {}, {}

    def kind(self, oid):
        if oid not in self.kinds:
            self.kinds[oid] = lines(git(self.path, "cat-file", "-t", oid))[0]
        return self.kinds[oid]

    def peel(self, oid):
        while self.kind(oid) == "tag":
            oid = lines(git(self.path, "cat-file", "tag", oid))[0].split()[1]
        return oid

    def refs(self):
        found = []
        for line in lines(git(self.path, "for-each-ref", "--format=%(objectname) %(refname)")):
            oid, name = line.split(" ", 1)
            if not name.startswith("refs/lfsguard/"):
                found.append((name, oid))
        heads = [("HEAD", self.common)]
        folder = os.path.join(self.common, "worktrees")
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            heads.append(("worktrees/%s/HEAD" % name, os.path.join(folder, name)))
        for name, where in heads:
            if os.path.isdir(os.path.join(self.common, "reftable")):
                asked = "main-worktree/HEAD" if name == "HEAD" else name
                if git(self.path, "symbolic-ref", "-q", asked, check=False):
                    continue
                found.append((name, lines(git(self.path, "rev-parse", asked))[0]))
                continue
            text = open(os.path.join(where, "HEAD")).read()
            if not text.startswith("ref:"):
                found.append((name, text.strip()))
        return sorted(found, key=lambda ref: ref[0].encode("utf-8", "surrogateescape"))

    def commits(self, tips):
        """{oid: (tree, parents, committer date)}, the shallow file heeded."""
        shallow = set()
        if os.path.exists(os.path.join(self.common, "shallow")):
            shallow = set(open(os.path.join(self.common, "shallow")).read().split())
        known, open_ = {}, list(tips)
        while open_:
            wanted = [oid for oid in dict.fromkeys(open_) if oid not in known]
            if not wanted:
                break
            open_ = []
            data = git(self.path, "cat-file", "--batch", data="".join(oid + "\n" for oid in wanted).encode())
            at = 0
            for oid in wanted:
                end = data.index(b"\n", at)
                size = int(data[at:end].split()[2])
                body = data[end + 1:end + 1 + size]
                at = end + 2 + size
                tree, parents, date = None, [], 0
                for line in body.split(b"\n\n", 1)[0].split(b"\n"):
                    if line.startswith(b"tree "):
                        tree = line[5:].decode()
                    elif line.startswith(b"parent "):
                        parents.append(line[7:].decode())
                    elif line.startswith(b"committer "):
                        date = int(line.rsplit(b"> ", 1)[1].split()[0])
                if oid in shallow:
                    parents = []
                known[oid] = (tree, parents, date)
                open_.extend(parents)
        return known

    def load_blobs(self):
        data = git(self.path, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype) %(objectsize)")
        self.stored = {}
        for line in lines(data):
            oid, kind, size = line.split()
            self.kinds[oid] = kind
            if kind == "blob":
                self.stored[oid] = int(size)

    def blob(self, oid):
        if oid not in self.blobs:
            self.blobs[oid] = Blob(self.stored[oid], git(self.path, "cat-file", "blob", oid)) if oid in self.stored else None
        return self.blobs[oid]

    def entries(self, tree):
        """[(mode, blob, path bytes, covered)]"""
        if tree in self.trees:
            return self.trees[tree]
        found = []
        for item in git(self.path, "ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0"):
            if item:
                head, path = item.split(b"\t", 1)
                mode, kind, oid = head.decode().split()
                if kind == "blob":
                    found.append((mode, oid, path))
        with tempfile.TemporaryDirectory() as folder:
            index = os.path.join(folder, "index")
            where = dict(GIT_INDEX_FILE=index, GIT_ATTR_NOSYSTEM="1", GIT_DIR=self.common, GIT_WORK_TREE=folder)
            git(folder, "read-tree", tree, **where)
            answer = git(folder, "-c", "core.attributesFile=/dev/null", "-c", "core.bare=false", "check-attr", "--cached", "--stdin", "-z", "filter",
                         data=b"".join(path + b"\0" for _, _, path in found), **where).split(b"\0")
        covered = {answer[i]: answer[i + 2] == b"lfs" for i in range(0, len(answer) - 2, 3)}
        self.trees[tree] = [(mode, oid, path, covered[path]) for mode, oid, path in found]
        return self.trees[tree]


class Globs:
    """gitignore patterns, each by itself, matched by git."""

    def __init__(self, patterns, fold):
        self.folder = tempfile.mkdtemp()
        subprocess.run(["git", "init", "-q", self.folder], check=True)
        self.patterns, self.fold, self.known = patterns, fold, {}

    def matches(self, number, path):
        if not path:
            return False
        if (number, path) not in self.known:
            with open(self.folder + "/.git/patterns", "w") as out:
                out.write(self.patterns[number] + "\n")
            out = git(self.folder, "-c", "core.ignoreCase=" + self.fold, "-c", "core.excludesFile=" + self.folder + "/.git/patterns", "check-ignore", "--no-index", "--stdin", "-z",
                      data=path + b"\0", check=False)
            self.known[number, path] = bool(out)
        return self.known[number, path]


class Policy:
    SEVERITY = {"oversize": "error", "raw-in-lfs": "error", "bad-pointer": "warning", "uncovered-pointer": "warning", "binary": "off",
                "attributes-ignored": "warning"}

    def __init__(self, repo, above):
        import tomllib
        file = os.path.join(repo, ".lfsguard.toml")
        data = tomllib.load(open(file, "rb")) if os.path.exists(file) else {}
        size = lambda value: value if isinstance(value, int) else int(value)
        self.above = above is not None
        fold = (lines(git(repo, "config", "--bool", "core.ignoreCase", check=False)) or ["false"])[0]
        self.threshold = above if self.above else size(data.get("threshold", 10 << 20))
        self.warn = None if self.above or "warn" not in data else size(data["warn"])
        self.forgives_growth = not self.above and data.get("growth") == "allow"
        self.limits = [] if self.above else [(row["path"], size(row["threshold"])) for row in data.get("limit", [])]
        self.limit_globs = Globs([path for path, _ in self.limits], fold)
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.allow = [row for row in data.get("allow", []) if "until" not in row or row["until"] >= today]
        self.allow_globs = Globs([row.get("path", "/none") for row in self.allow], fold)
        self.severity = dict(self.SEVERITY, **{rule: {"warn": "warning"}.get(value, value) for rule, value in data.get("rules", {}).items()})

    def limit(self, path):
        for number in range(len(self.limits) - 1, -1, -1):
            if self.limit_globs.matches(number, path):
                return self.limits[number][1]
        return self.threshold

    def lowest(self):
        return min([self.threshold] + ([self.warn] if self.warn is not None else []) + [value for _, value in self.limits])

    def oversize(self, path, size):
        """(severity, limit) or None"""
        limit, severity = self.limit(path), self.severity["oversize"]
        if severity == "off":
            return None
        if size >= limit:
            return severity, limit
        if self.warn is not None and size >= self.warn:
            return "warning", self.warn
        return None

    def allowed(self, path, blob):
        for number, row in enumerate(self.allow):
            if self.allow_globs.matches(number, path) if "path" in row else row["blob"] == blob:
                return row["reason"]
        return None


def names_folder(text):
    """Whether a line says something about `filter` of a pattern that ends with a slash, which matches no file."""
    for line in text.split(b"\0")[0].split(b"\n"):
        words = line.split()
        if words and words[0].endswith(b"/") and words[0][:1] not in b"#!" and any(re.match(rb"[-!]?filter(=|$)", word) for word in words[1:]):
            return True
    return False


def violations(repo, policy, tree, strict, store):
    """{(rule, blob, path): (severity, size, limit)}"""
    found = {}

    def add(rule, blob, path, size, limit, severity=None):
        severity = severity or policy.severity[rule]
        if severity != "off":
            found[rule, blob, path] = (severity, size, limit)

    for mode, oid, path, covered in repo.entries(tree):
        blob = repo.blob(oid)
        if blob is None:
            continue
        link = mode == "120000"
        if strict and not link and path.rsplit(b"/", 1)[-1] == b".gitattributes" and names_folder(blob.data):
            add("attributes-ignored", None, path, 0, 0)
        covered = covered and not link
        pointer = not link and (blob.pointer or blob.near)
        limit = policy.limit(path)
        if covered:
            if not pointer and oid != EMPTY and (strict or blob.size >= limit):
                add("raw-in-lfs", oid, path, blob.size, limit)
            if strict and blob.near and not link:
                add("bad-pointer", oid, path, blob.size, limit)
        else:
            verdict = policy.oversize(path, blob.size)
            if verdict:
                add("oversize", oid, path, blob.size, verdict[1], verdict[0])
            if strict and pointer and blob.oid and store(blob.oid):
                add("uncovered-pointer", oid, path, blob.size, 0)
            if strict and not pointer and not link and blob.binary:
                add("binary", oid, path, blob.size, 0)
    return found


def grew(repo, trees, path):
    """Whether one of the trees holds a plain file at that path, other than a pointer."""
    for tree in trees:
        for mode, oid, name, _ in repo.entries(tree):
            if name == path and mode != "120000" and not (repo.blob(oid) and repo.blob(oid).oid):
                return True
    return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("repo")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--above", type=int)
    parser.add_argument("--range")
    parser.add_argument("--ref", action="append")
    options = parser.parse_args()
    repo = Repository(options.repo)
    repo.load_blobs()
    policy = Policy(options.repo, options.above)
    store = lambda oid: os.path.exists(os.path.join(repo.common, "lfs/objects", oid[:2], oid[2:4], oid))

    if options.range:
        start, end = [side or "HEAD" for side in options.range.split("..")]
        name = lines(git(options.repo, "rev-parse", "--symbolic-full-name", end))
        refs = [(name[0] if name and name[0] else None, lines(git(options.repo, "rev-parse", end))[0])]
    elif options.ref:
        refs = []
        for ref in options.ref:
            name = lines(git(options.repo, "rev-parse", "--symbolic-full-name", ref))
            refs.append((name[0] if name and name[0] else None, lines(git(options.repo, "rev-parse", ref))[0]))
    else:
        refs = repo.refs()
    peeled = [(name, repo.peel(oid)) for name, oid in refs]
    history = repo.commits([oid for _, oid in peeled if repo.kind(oid) == "commit"])
    judged = set(history)
    if options.range:
        judged = set(history) - set(repo.commits([repo.peel(lines(git(options.repo, "rev-parse", start))[0])]))

    reach = {}
    for name, oid in peeled:
        if name is None:
            continue
        seen, open_ = set(), [oid]
        while open_:
            at = open_.pop()
            if at in seen:
                continue
            seen.add(at)
            open_.extend(history[at][1] if at in history else [])
        reach[name] = seen

    first = collections.defaultdict(list)  # key -> [(date, commit or tree)]
    facts = {}
    for oid in judged:
        tree, parents, date = history[oid]
        here = violations(repo, policy, tree, options.strict, store)
        before = set()
        for parent in parents:
            before |= set(violations(repo, policy, history[parent][0], options.strict, store))
        links = {path for mode, _, path, _ in repo.entries(tree) if mode == "120000"}
        for key, value in here.items():
            forgiven = policy.forgives_growth and key[0] == "oversize" and key[2] not in links and grew(repo, [history[p][0] for p in parents], key[2])
            if key not in before and not forgiven:
                first[key].append((date, oid))
                facts[key] = value
    for name, oid in peeled:
        if repo.kind(oid) == "tree" and not options.range:
            for key, value in violations(repo, policy, oid, options.strict, store).items():
                first[key].append((None, oid))
                facts[key] = value
        elif repo.kind(oid) == "blob" and not options.range:
            verdict = policy.oversize(b"", repo.stored[oid])
            if verdict:
                first["oversize", oid, b""].append((None, oid))
                facts["oversize", oid, b""] = (verdict[0], repo.stored[oid], verdict[1])

    findings, allowed = [], []
    for key, origins in first.items():
        rule, blob, path = key
        severity, size, limit = facts[key]
        commits = sorted(origin for origin in origins if origin[0] is not None)
        names = {name for name, seen in reach.items() if any(oid in seen for _, oid in origins)}
        names = sorted(names, key=lambda ref: ref.encode("utf-8", "surrogateescape"))
        finding = {"rule": rule, "severity": severity, "path": path.decode("utf-8", "replace"), "blob": blob, "size": size, "limit": limit,
                   "commit": commits[0][1] if commits and blob else None,
                   "refs": [name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for name in names]}
        try:
            path.decode("utf-8")
        except UnicodeDecodeError:
            finding["path_base64"] = base64.b64encode(path).decode()
        reason = policy.allowed(path, blob)
        order = (-size, path, rule, blob or "")
        if reason is None:
            findings.append((order, finding))
        else:
            finding["reason"] = reason
            allowed.append((order, finding))

    result = {"findings": [f for _, f in sorted(findings, key=lambda pair: pair[0])], "allowed": [f for _, f in sorted(allowed, key=lambda pair: pair[0])]}
    bytes_ = {f["blob"]: f["size"] for f in result["findings"] if f["blob"]}
    result["summary"] = {"errors": sum(f["severity"] == "error" for f in result["findings"]),
                         "warnings": sum(f["severity"] == "warning" for f in result["findings"]), "bytes": sum(bytes_.values())}
    if not options.range:
        all_peeled = [repo.peel(oid) for _, oid in repo.refs()]
        whole = repo.commits([oid for oid in all_peeled if repo.kind(oid) == "commit"])
        met = {oid for oid in all_peeled if repo.kind(oid) == "blob"}
        for tree in {tree for tree, _, _ in whole.values()} | {oid for oid in all_peeled if repo.kind(oid) == "tree"}:
            met |= {oid for _, oid, _, _ in repo.entries(tree)}
        lost = [size for oid, size in repo.stored.items() if oid not in met and size >= policy.lowest()]
        result["unreachable"] = {"blobs": len(lost), "bytes": sum(lost)}
        folders, open_ = [], [os.path.join(repo.common, "objects")]
        while open_:
            folder = open_.pop(0)
            folders.append(folder)
            listed = os.path.join(folder, "info/alternates")
            if os.path.exists(listed):
                open_ += [os.path.normpath(os.path.join(folder, line.strip())) for line in open(listed) if line.strip()]
        ids, packs, loose = [], 0, 0
        for folder in folders:
            for name in os.listdir(folder + "/pack") if os.path.isdir(folder + "/pack") else []:
                if name.endswith(".idx"):
                    packs += 1
                    ids += [line.split()[1] for line in lines(git(options.repo, "show-index", data=open(folder + "/pack/" + name, "rb").read()))]
            for name in os.listdir(folder):
                if re.fullmatch("[0-9a-f]{2}", name):
                    names = [name + rest for rest in os.listdir(folder + "/" + name) if re.fullmatch("[0-9a-f]{38}", rest)]
                    loose += len(names)
                    ids += names
        result["scanned"] = {"objects": len(ids), "blobs": sum(repo.kinds[oid] == "blob" for oid in ids), "packs": packs, "loose": loose}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
