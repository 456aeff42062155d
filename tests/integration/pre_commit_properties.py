"""Random work on a random repository, committed twice: in a copy with the hook and in a copy without, and the two compared.

Usage: pre_commit_properties.py LFSGUARD LFSGUARD-HOOK FIRST_SEED COUNT [-v]

What the commit without the hook holds tells what the one with it must hold:
  * a staged file that is large and not covered, or covered and no pointer, is a pointer, whose object is stored, is what was staged (or the file's own bytes
    where git took the file for unchanged), and whose path the commit's own attributes cover; every other path holds the same blob with the same mode;
  * .gitattributes files are those of the other commit with lines added at the end; no pattern that was added covers a file that stays plain;
  * no file of the work tree changes but .gitattributes, by lines at the end, and none appears or goes;
  * the index is the other one's, flags included, but for those pointers and .gitattributes;
  * git status says what it says in the other copy, but that files whose pointer was committed are no longer modified.
"""
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

LIMIT = 1000
DIRS = [b"", b"", b"a/", b"a b/", b"d/e/"]
NAMES = [b"m.bin", b"n.bin", b"k.txt", b"q.dat", b"sp ace.bin", b"x.BIN", b"noext", b"\xc3\xbc.dat", b"[w].bin", b"new\nline.dat", b"#h.txt", b"!b.bin", b"quo\"te.txt"]
LINES = [b"*.dat filter=lfs diff=lfs merge=lfs -text", b"*.txt text", b"*.bin -text", b"*.txt ident", b"/a/*.bin filter=lfs diff=lfs merge=lfs -text",
         b"*.BIN binary", b"n.* -filter", b"*.txt eol=crlf", b"k.txt filter=lfs -text", b"# a comment", b"a/ filter=lfs"]


def run(*arguments, data=None, check=True, env=None, cwd=None):
    done = subprocess.run(arguments, input=data, capture_output=True, env=env, cwd=cwd)
    if check and done.returncode != 0:
        raise RuntimeError(f"{arguments}: {done.stderr.decode(errors='replace')}")
    return done


def git(repo, *arguments, **more):
    return run("git", "-C", repo, *arguments, **more).stdout


class Work:
    """A repository with a history made without hooks, and then work on it that is not committed yet."""

    def __init__(self, seed, repo, program):
        self.random = random.Random(seed)
        self.repo = repo
        os.makedirs(repo)
        git(repo, "init", "-q")
        for key, value in {"lfsguard.threshold": str(LIMIT), "filter.lfs.clean": f"'{program}' lfs clean -- %f", "filter.lfs.required": "true",
                           "filter.lfs.smudge": f"'{program}' lfs smudge -- %f", "filter.lfs.process": f"'{program}' lfs filter-process"}.items():
            git(repo, "config", key, value)
        ending = self.random.random()
        if ending < 0.4:
            git(repo, "config", "core.autocrlf", "true" if ending < 0.3 else "input")
        if self.random.random() < 0.15:
            git(repo, "config", "core.splitIndex", "true")
        self.tracks = self.random.random() < 0.15
        if self.tracks:
            git(repo, "config", "lfsguard.track", "*.dat")
        commits = self.random.choice([0, 1, 1, 2])
        for _ in range(commits):
            self.commit()
        if commits and self.random.random() < 0.15:
            git(repo, "checkout", "-q", "-b", "side", check=False)
            self.commit()
            git(repo, "checkout", "-q", "-f", "-", check=False)
            self.commit()
            # Stops where there are conflicts: then one side is taken, or something new.
            git(repo, "merge", "-q", "--no-commit", "--no-ff", "side", check=False)
            for path in {line.split(b"\t", 1)[1] for line in git(repo, "ls-files", "-z", "-u").split(b"\0") if line}:
                if b".gitattributes" in path or not self.write(path):
                    git(repo, "rm", "-q", "-f", "--cached", "--", b":(literal)" + path, check=False)
                git(repo, "add", "--", b":(literal)" + path, check=False)

    def commit(self):
        for _ in range(self.random.randrange(1, 8)):
            self.write(self.path())
        if self.random.random() < 0.5:
            self.attributes()
        self.stage_all()
        git(self.repo, "commit", "-q", "--allow-empty", "-m", "base", "--no-verify")

    def stage_all(self):
        # Without lfs for once in a while: raw files at covered paths.
        raw = ["-c", "filter.lfs.required=false", "-c", "filter.lfs.process=", "-c", "filter.lfs.clean="] if self.random.random() < 0.2 else []
        git(self.repo, *raw, "add", "-A")

    def path(self):
        return self.random.choice(DIRS) + self.random.choice(NAMES)

    def file(self, path):
        return os.path.join(os.fsencode(self.repo), path)

    def content(self):
        r = self.random
        kind = r.randrange(9)
        if kind == 8:
            # A pointer; near ones are no files of their own to git-lfs either, so they stay as they are unless a rule says other.
            held = r.randbytes(r.randrange(1, 40))
            where = os.path.join(self.repo, ".git/lfs/objects", hashlib.sha256(held).hexdigest()[:2], hashlib.sha256(held).hexdigest()[2:4])
            os.makedirs(where, exist_ok=True)
            with open(os.path.join(where, hashlib.sha256(held).hexdigest()), "wb") as out:
                out.write(held)
            return pointer(held)
        ending = r.choice([b"\n", b"\r\n"])
        if kind < 2:
            return b"".join(b"line %d %d%s" % (i, r.randrange(99), ending) for i in range(r.randrange(1, 200)))
        if kind < 4:
            return b"$Id: as it was checked out $\n" + b"".join(b"row %d %d\n" % (i, r.randrange(99)) for i in range(r.randrange(100, 200)))
        if kind == 4:
            return b""
        return r.randbytes(r.choice([1, 200, LIMIT - 1, LIMIT, LIMIT + 1, 3000, 20000]))

    def write(self, path):
        file = self.file(path)
        if os.path.islink(file):
            os.unlink(file)
        try:
            os.makedirs(os.path.dirname(file), exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            return False
        if os.path.isdir(file):
            return False
        with open(file, "wb") as out:
            out.write(self.content())
        if self.random.random() < 0.1:
            os.chmod(file, 0o755)
        return True

    def attributes(self):
        directory = self.random.choice([b"", b"", b"", b"a/"])
        if not os.path.isdir(self.file(directory or b".")):
            directory = b""
        lines = self.random.sample(LINES, self.random.randrange(1, 4))
        text = b"\n".join(lines) + self.random.choice([b"\n", b"\n", b""])
        if self.random.random() < 0.1:
            text = text.replace(b"\n", b"\r\n")
        with open(self.file(directory + b".gitattributes"), self.random.choice(["wb", "wb", "ab"])) as out:
            out.write(text)
        return directory + b".gitattributes"

    def tracked(self):
        return [path for path in git(self.repo, "ls-files", "-z").split(b"\0") if path]

    def step(self):
        r, repo = self.random, self.repo
        action = r.randrange(16)
        tracked = self.tracked()
        some = r.choice(tracked) if tracked else None
        if action < 5:
            path = self.path()
            if self.write(path) and r.random() < 0.8:
                git(repo, "add", "--", b":(literal)" + path, check=False)
        elif action == 5 and some:
            if b".gitattributes" not in some:
                self.write(some)
        elif action == 6 and some and r.random() < 0.6:
            git(repo, "rm", "-q", "-f", r.choice(["--cached", "--ignore-unmatch"]), "--", b":(literal)" + some, check=False)
        elif action == 7 and some and b".gitattributes" not in some:
            target = self.path()
            if not os.path.lexists(os.path.dirname(self.file(target))):
                os.makedirs(os.path.dirname(self.file(target)))
            git(repo, "mv", "--", some, target, check=False)
        elif action == 8:
            path = self.attributes()
            if r.random() < 0.7:
                git(repo, "add", "--", path)
        elif action == 9:
            path = self.path()
            if not os.path.lexists(self.file(path)) and self.write(path):
                git(repo, "add", "-N", "--", b":(literal)" + path, check=False)
        elif action == 10 and not os.path.lexists(self.file(b"link")):
            os.symlink(b"m.bin", self.file(b"link"))
            git(repo, "add", "link")
        elif action == 11 and some and b".gitattributes" not in some and os.path.isfile(self.file(some)) and not os.path.islink(self.file(some)):
            # Partial staging: other lines than the file's.
            with open(self.file(some), "ab") as out:
                out.write(b"one more line\n")
            git(repo, "add", "--", b":(literal)" + some, check=False)
            with open(self.file(some), "ab") as out:
                out.write(b"and one that is not staged\n")
        elif action == 12 and some:
            git(repo, "update-index", r.choice(["--chmod=+x", "--chmod=-x"]), "--", some, check=False)
        elif action == 13 and some and b".gitattributes" not in some and r.random() < 0.5:
            git(repo, "update-index", r.choice(["--assume-unchanged", "--skip-worktree"]), "--", some, check=False)
        elif action == 14 and some and os.path.isfile(self.file(some)) and b".gitattributes" not in some and r.random() < 0.5:
            os.unlink(self.file(some))
        elif action == 15:
            # A blob that no file has.
            oid = git(repo, "hash-object", "-w", "--stdin", data=self.content()).strip().decode()
            path = self.path()
            git(repo, "update-index", "--add", "--cacheinfo", b"100644,%s,%s" % (oid.encode(), path), check=False)

    def command(self):
        r = self.random
        words = ["commit", "-q", "-m", "work"]
        kind = r.randrange(8)
        if kind == 0:
            return words + ["-a"]
        if kind == 1:
            return words + ["--amend"]
        if kind in (2, 3):
            paths = [path for path in self.tracked() if r.random() < 0.5]
            if paths:
                return words + (["-i"] if kind == 3 else []) + ["--"] + [b":(literal)" + path for path in paths]
        return words


def entries_of(repo, tree):
    found = {}
    for item in git(repo, "ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0"):
        if item:
            head, path = item.split(b"\t", 1)
            mode, kind, oid = head.decode().split()
            found[path] = (mode, oid)
    return found


def covered_of(repo, tree, paths, folder):
    index = os.path.join(folder, "index")
    env = dict(os.environ, GIT_INDEX_FILE=index, GIT_DIR=os.path.join(repo, ".git"), GIT_WORK_TREE=os.path.join(folder, "nothing"))
    os.makedirs(env["GIT_WORK_TREE"], exist_ok=True)
    run("git", "read-tree", tree, env=env, cwd=env["GIT_WORK_TREE"])
    answer = run("git", "check-attr", "--cached", "--stdin", "-z", "filter", data=b"".join(path + b"\0" for path in paths), env=env,
                 cwd=env["GIT_WORK_TREE"]).stdout.split(b"\0")
    os.unlink(index)
    return {answer[i] for i in range(0, len(answer) - 2, 3) if answer[i + 2] == b"lfs"}


def blob(repo, oid):
    return git(repo, "cat-file", "blob", oid)


def pointer(content):
    return b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n" % (hashlib.sha256(content).hexdigest().encode(), len(content))


def is_pointer(content):
    return re.fullmatch(rb"version https://git-lfs.github.com/spec/v1\noid sha256:[0-9a-f]{64}\nsize [1-9][0-9]*\n", content) is not None


def stays(content):
    """What is no file to make a pointer of, wherever it is covered."""
    return content == b"" or (len(content) < 1024 and content.startswith(b"version https://git-lfs.github.com/spec/v1\n"))


def work_tree(repo):
    found = {}
    top = os.fsencode(repo)
    for folder, folders, files in os.walk(top):
        if folder == top:
            folders.remove(b".git")
        for name in files + [f for f in folders if os.path.islink(os.path.join(folder, f))]:
            path = os.path.join(folder, name)
            if os.path.islink(path):
                found[os.path.relpath(path, top)] = ("link", os.readlink(path))
            else:
                with open(path, "rb") as file:
                    found[os.path.relpath(path, top)] = (os.stat(path).st_mode & 0o777, file.read())
    return found


def index_of(repo):
    found = {}
    for item in git(repo, "ls-files", "-z", "-s", "-v").split(b"\0"):
        if item:
            head, path = item.split(b"\t", 1)
            found[path] = head.split()
    return found


def grown(old, new):
    """Whether `new` is `old` with lines behind it."""
    old = old or b""
    return new == old or any(new.startswith(old + end) for end in ([b""] if not old or old.endswith(b"\n") else [b"\n", b"\r\n"]))


def trouble(seed, program, hook, folder):
    """What does not hold, as text; or (None, what was done)."""
    start = os.path.join(folder, "start")
    work = Work(seed, start, program)
    for _ in range(work.random.randrange(1, 10)):
        work.step()
    command = work.command()
    with_hook, without = os.path.join(folder, "with"), os.path.join(folder, "without")
    for copy in (with_hook, without):
        run("cp", "-a", start, copy)
    stub = os.path.join(with_hook, ".git/hooks/pre-commit")
    os.makedirs(os.path.dirname(stub), exist_ok=True)
    with open(stub, "w") as out:
        out.write(f'#!/bin/sh\nexec "{hook}" pre-commit "$@"\n')
    os.chmod(stub, 0o755)
    head = run("git", "-C", start, "rev-parse", "-q", "--verify", "HEAD", check=False).stdout.decode().strip()
    parents = [head] if head else []
    if os.path.exists(os.path.join(start, ".git/MERGE_HEAD")):
        parents += open(os.path.join(start, ".git/MERGE_HEAD")).read().split()
    before = [entries_of(start, parent) for parent in parents]
    files = work_tree(start)
    plain = run("git", "-C", without, *command, check=False)
    guarded = run("git", "-C", with_hook, *command, check=False)
    said = guarded.stderr.decode(errors="replace")
    shown = b" ".join(word if isinstance(word, bytes) else word.encode() for word in command).decode(errors="replace")
    if plain.returncode != 0:
        # Nothing to commit, or paths that cannot be: the same with the hook.
        return ("the commit went through only with the hook: " + shown, None) if guarded.returncode == 0 else (None, "nothing")
    if guarded.returncode != 0:
        return "the commit was stopped: " + shown + "\n" + said, None

    wrong = []
    tree = entries_of(without, "HEAD")
    ours = entries_of(with_hook, "HEAD")
    names = list(tree)
    covered = covered_of(without, "HEAD", names, folder)
    covered_now = covered_of(with_hook, "HEAD", list(ours), folder)
    converted = {}
    for path, (mode, oid) in tree.items():
        attributes = path == b".gitattributes" or path.endswith(b"/.gitattributes")
        if path not in ours:
            wrong.append(f"{path}: not in the commit")
            continue
        if attributes:
            if not grown(blob(without, oid), blob(with_hook, ours[path][1])):
                wrong.append(f"{path}: more than lines at the end:\n{blob(without, oid)}\n{blob(with_hook, ours[path][1])}")
            continue
        content = blob(without, oid)
        staged = all(parent.get(path, (None, None))[1] != oid for parent in before) and mode != "120000"
        mend = staged and not stays(content) and (path in covered or len(content) >= LIMIT or (work.tracks and path.endswith(b".dat")))
        moved = staged and is_pointer(content) and path not in covered
        if ours[path][0] != mode:
            wrong.append(f"{path}: mode {mode} became {ours[path][0]}")
        if not mend:
            if ours[path][1] != oid:
                wrong.append(f"{path}: another blob, though nothing was to mend")
            if path in covered_now and path not in covered and not stays(content) and mode != "120000":
                wrong.append(f"{path}: a pattern was added that covers this plain file")
            if moved and path not in covered_now:
                name = content.split(b"sha256:")[1][:64].decode()
                if os.path.exists(os.path.join(start, ".git/lfs/objects", name[:2], name[2:4], name)):
                    wrong.append(f"{path}: a pointer without a pattern")
            continue
        text = blob(with_hook, ours[path][1])
        converted[path] = (oid, ours[path][1])
        possible = [content]
        if path in files and files[path][0] != "link":
            possible.append(files[path][1])
        origin = next((one for one in possible if pointer(one) == text), None)
        if origin is None:
            wrong.append(f"{path}: not the pointer of what was staged, nor of the file: {text[:200]}")
            continue
        name = hashlib.sha256(origin).hexdigest()
        stored = os.path.join(with_hook, ".git/lfs/objects", name[:2], name[2:4], name)
        if not os.path.exists(stored) or open(stored, "rb").read() != origin:
            wrong.append(f"{path}: its object is not stored")
        if path not in covered_now:
            wrong.append(f"{path}: a pointer that no pattern of the commit covers")
    for path in set(ours) - set(tree):
        if path != b".gitattributes":
            wrong.append(f"{path}: only in the commit with the hook")

    after, theirs = work_tree(with_hook), work_tree(without)
    for path in set(after) | set(files):
        if path == b".gitattributes" or path.endswith(b"/.gitattributes"):
            if path in files and path not in after or not grown(files.get(path, (0, b""))[1], after[path][1]):
                wrong.append(f"{path}: in the work tree more than lines at the end")
        elif files.get(path) != after.get(path):
            wrong.append(f"{path}: the file changed")
    if theirs != files:
        wrong.append("the commit without a hook changed files")

    index, index_without = index_of(with_hook), index_of(without)
    for path in set(index) | set(index_without):
        if path == b".gitattributes" or path.endswith(b"/.gitattributes"):
            continue
        mine, other = index.get(path), index_without.get(path)
        if path in converted and other and other[2].decode() == converted[path][0]:
            other = other[:2] + [converted[path][1].encode()] + other[3:]
        if mine != other:
            wrong.append(f"{path}: in the index {mine} instead of {other}")

    def status(repo):
        lines = [line for line in git(repo, "status", "--porcelain", "-z", "--no-renames").split(b"\0") if line and not line.endswith(b".gitattributes")]
        return sorted(lines)

    # A file that was staged raw where a pattern covers it is modified for ever, to git, and so is one whose pointer was staged where none does. With a
    # pointer and a pattern both are clean.
    mended = {b" M " + path for path, (_, oid) in ours.items() if path in covered_now and files.get(path, (0, 0))[0] != "link" and path in files and
              pointer(files[path][1]) == blob(with_hook, oid)}
    # And where the attributes file in the work tree, not staged, takes the path away from LFS, the file differs from the pointer.
    uncovered = {b" M " + path for path in converted if b"filter: lfs" not in git(with_hook, "check-attr", "filter", "--", path)}
    lines, others = set(status(with_hook)), set(status(without))
    if lines - others - uncovered or others - lines - mended:
        wrong.append(f"status: {status(with_hook)} instead of {status(without)}")
    done = f"{shown[:60]}: {len(converted)} made pointers"
    return ("\n".join(wrong) + "\n" + shown + "\n" + said if wrong else None), done


def main():
    program, hook, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    loud = "-v" in sys.argv
    home = tempfile.mkdtemp()
    for name in list(os.environ):
        if name.startswith(("GIT_", "LFSGUARD_")):
            del os.environ[name]
    os.environ.update(HOME=home, GIT_CONFIG_NOSYSTEM="1", GIT_ATTR_NOSYSTEM="1", GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b", GIT_COMMITTER_NAME="c",
                      GIT_COMMITTER_EMAIL="c@d", LC_ALL="C.UTF-8", GIT_EDITOR="true")
    failed = pointers = commits = 0
    for seed in range(first, first + count):
        folder = tempfile.mkdtemp()
        what, done = trouble(seed, program, hook, folder)
        if what:
            failed += 1
            print(f"FAILED: seed {seed}\n    " + what.replace("\n", "\n    "), flush=True)
            if loud:
                print("    kept: " + folder)
                continue
        elif loud:
            print(f"ok: seed {seed}: {done}", flush=True)
        if done and done != "nothing":
            commits += 1
            pointers += int(done.rsplit(": ", 1)[1].split()[0])
        shutil.rmtree(folder)
    shutil.rmtree(home)
    print(f"{count} seeds, {commits} commits, {pointers} files made pointers, {failed} failed")
    # A run in which nothing was mended shows nothing.
    sys.exit(1 if failed or pointers == 0 else 0)


if __name__ == "__main__":
    main()
