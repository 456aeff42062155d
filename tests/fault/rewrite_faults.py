"""A rewrite or its undoing that is killed, or whose n-th write, sync, rename or temporary file fails; a rewrite whose pack is not on the disk what was written.

Usage: rewrite_faults.py LFSGUARD SHIM KILLS FAULTS FLIPS

After each: a rerun completes and every ref is where an undisturbed run puts it (the result is a pure function of the history), strict fsck is clean,
`git status` is clean, filters and hooks are there, and undo brings refs, HEAD, index, work tree, configuration and hooks back exactly.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def run(*command, env=None, check=True, **more):
    done = subprocess.run(command, capture_output=True, env=env, **more)
    if check and done.returncode != 0:
        raise SystemExit(f"{command}: {done.stderr.decode(errors='replace')}")
    return done


def git(repo, *args):
    return run("git", "-C", repo, *args).stdout


def refs(repo):
    return [line for line in git(repo, "for-each-ref").splitlines() if b"refs/lfsguard/" not in line]


def installed(repo):
    """Configuration and hooks."""
    hooks = [name for name in os.listdir(os.path.join(repo, ".git", "hooks")) if not name.endswith(".sample")]
    return git(repo, "config", "--local", "--list"), sorted(hooks)


def snapshot(repo):
    """Work tree bytes, HEAD, index content."""
    files = {}
    for folder, folders, names in os.walk(repo):
        if ".git" in folders:
            folders.remove(".git")
        for name in names:
            path = os.path.join(folder, name)
            files[os.path.relpath(path, repo)] = open(path, "rb").read()
    return files, open(os.path.join(repo, ".git", "HEAD")).read(), git(repo, "ls-files", "-s")


def build(repo):
    git(os.path.dirname(repo), "init", "-q", "-b", "main", repo)
    out = bytearray()
    for i in range(1, 120):
        data = random.Random(i).randbytes(3000 if i % 3 == 0 else 400)
        out += b"commit refs/heads/main\nmark :%d\ncommitter C <c@x> %d +0000\ndata 2\nm\n" % (i, 1500000000 + i)
        if i > 1:
            out += b"from :%d\n" % (i - 1)
        out += b"M 100644 inline dir/%s.bin\ndata %d\n%s\nM 100644 inline text\ndata 3\n%03d\n" % (b"abc"[i % 3:i % 3 + 1], len(data), data, i)
        if i % 10 == 0:
            out += b"reset refs/heads/b%d\nfrom :%d\n\ntag t%d\nfrom :%d\ntagger T <t@x> 1500000000 +0000\ndata 2\nt\n" % (i, i, i, i)
    run("git", "-C", repo, "fast-import", "--quiet", input=bytes(out))
    git(repo, "reset", "-q", "--hard")


def rewrite(program, repo, env=None, check=True):
    return run(program, "-C", repo, "rewrite", "--above", "2000", "--yes", "--no-progress", env=env, check=check)


def finish(program, repo, expected, before, what):
    """Whatever happened: the next command completes it, and it can be undone."""
    done = rewrite(program, repo, check=False)
    assert done.returncode == 0, f"{what}: the rerun failed: {done.stderr.decode()}"
    assert refs(repo) == expected, f"{what}: refs are not those of an undisturbed run"
    fsck = run("git", "-C", repo, "fsck", "--strict", "--no-dangling", check=False)
    assert fsck.returncode == 0 and not fsck.stderr.strip(), f"{what}: fsck: {fsck.stderr.decode()}"
    status = git(repo, "status", "--porcelain")
    assert status == b"", f"{what}: status {status}"
    settings, hooks = installed(repo)
    assert b"filter.lfs.process=" in settings and "pre-push" in hooks, f"{what}: filters and hooks are missing: {settings} {hooks}"
    undone(program, repo, before, what)


def undone(program, repo, before, what):
    """A kill before the journal leaves no run of its own: as many undos as there are runs that are done."""
    while b" done " in run(program, "-C", repo, "rewrite", "--runs").stdout:
        run(program, "-C", repo, "rewrite", "--undo")
    assert refs(repo) == before[0], f"{what}: undo left refs"
    assert snapshot(repo) == before[1], f"{what}: undo left the index or the work tree"
    assert git(repo, "status", "--porcelain") == b"", f"{what}: status after undo"
    assert installed(repo) == before[2], f"{what}: undo left configuration or hooks: {installed(repo)}"


def main():
    program, shim, kills, faults = os.path.abspath(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    flips = int(sys.argv[5])
    work = tempfile.mkdtemp()
    os.environ.update(HOME=work, GIT_CONFIG_NOSYSTEM="1")
    for name, value in (("user.name", "t"), ("user.email", "t@t"), ("gc.auto", "0")):
        run("git", "config", "--global", name, value)
    origin, number = os.path.join(work, "origin"), 0
    build(origin)
    before = (refs(origin), snapshot(origin), installed(origin))
    reference = os.path.join(work, "reference")
    shutil.copytree(origin, reference, symlinks=True)
    started = time.monotonic()
    rewrite(program, reference)
    length = time.monotonic() - started
    expected = refs(reference)
    moved = 0

    def fresh():
        nonlocal number
        number += 1
        repo = os.path.join(work, f"r{number}")
        shutil.copytree(origin, repo, symlinks=True)
        git(repo, "update-index", "-q", "--refresh")
        return repo

    source = random.Random(7)

    def killed(repo, longest, *arguments):
        child = subprocess.Popen([program, "-C", repo, "rewrite", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(source.uniform(0, longest))
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
        for lock in ("index.lock", "packed-refs.lock", "HEAD.lock", "config.lock"):  # git's own leftovers, as its messages say to remove them
            path = os.path.join(repo, ".git", lock)
            if os.path.exists(path):
                os.remove(path)
        for folder, _, names in os.walk(os.path.join(repo, ".git", "refs")):
            for name in names:
                if name.endswith(".lock"):
                    os.remove(os.path.join(folder, name))

    for i in range(kills):
        repo = fresh()
        killed(repo, length * 1.1, "--above", "2000", "--yes", "--no-progress")
        moved += refs(repo) != before[0]
        finish(program, repo, expected, before, f"kill {i}")
        shutil.rmtree(repo)
    print(f"{kills} kills: each completed by the next command ({moved} had moved a ref), and undone")

    moved = 0
    for i in range(kills):
        repo = fresh()
        rewrite(program, repo)
        killed(repo, length, "--undo")
        moved += refs(repo) != expected
        undone(program, repo, before, f"kill of undo {i}")
        shutil.rmtree(repo)
    print(f"{kills} kills of undo: each completed by the next command ({moved} had moved a ref)")

    def failing(what, run_it, prepare, check_it):
        counts_file = os.path.join(work, "counts-" + what)
        repo = fresh()
        prepare(repo)
        run_it(repo, env=dict(os.environ, LD_PRELOAD=shim, FAIL_COUNT=counts_file))
        counts = dict((line.split()[0], int(line.split()[1])) for line in open(counts_file))
        assert all(counts[kind] > 0 for kind in ("write", "fsync", "rename", "open")), f"the shim saw nothing: {counts}"
        spots = [(kind, at) for kind, count in counts.items() for at in range(1, count + 1)]
        source.shuffle(spots)
        failed = 0
        for kind, at in spots[:faults]:
            repo = fresh()
            prepare(repo)
            env = dict(os.environ, LD_PRELOAD=shim, FAIL_CALL=kind, FAIL_AT=str(at), FAIL_ERRNO=str(source.choice([5, 28])))
            done = run_it(repo, env=env, check=False)
            if done.returncode != 0:
                failed += 1
                assert done.returncode == 128 and done.stderr.startswith(b"lfsguard: ") or b"\nlfsguard: " in done.stderr, f"{kind} {at}: {done}"
            check_it(repo, f"{what}: {kind} {at}")
            shutil.rmtree(repo)
        print(f"{len(spots[:faults])} faults at {sum(counts.values())} calls of {what}: {failed} stopped it with an error, all completed by the next command")

    failing("rewrite", lambda repo, **more: rewrite(program, repo, **more), lambda repo: None, lambda repo, what: finish(program, repo, expected, before, what))
    failing("undo", lambda repo, **more: run(program, "-C", repo, "rewrite", "--undo", **more), lambda repo: rewrite(program, repo),
            lambda repo, what: undone(program, repo, before, what))

    def packs(repo):
        return sorted(name for name in os.listdir(os.path.join(repo, ".git", "objects", "pack")) if name.endswith(".pack"))

    [written] = set(packs(reference)) - set(packs(origin))
    size = os.path.getsize(os.path.join(reference, ".git", "objects", "pack", written)) - 20  # the checksum behind it is of what is on the disk
    places = [0, 7] + sorted(source.sample(range(12, size), flips - 2))  # between the two lies the count, which is put in at the end
    skipped = 0
    for late in ({}, {"FLIP_LATE": "1"}):
        for at in places:
            repo, what = fresh(), f"byte {at} of {size} {late}"
            done = rewrite(program, repo, env=dict(os.environ, LD_PRELOAD=shim, FLIP_AT=str(at), **late), check=False)
            if late and done.returncode == 0:  # every object is what it must be: a bit that inflating skips
                fsck = run("git", "-C", repo, "fsck", "--strict", "--no-dangling", check=False)
                complaints = [line for line in fsck.stderr.splitlines() if not line.endswith(b"pack checksum mismatch") and b"index CRC mismatch for object" not in line]
                assert refs(repo) == expected and fsck.stderr and not complaints, f"{what}: {fsck}"
                skipped += 1
            else:
                assert done.returncode == 128 and done.stderr.startswith(b"lfsguard: "), f"{what}: {done}"
                assert refs(repo) == before[0] and packs(repo) == packs(origin), f"{what}: something of it stayed"
                finish(program, repo, expected, before, what)
            shutil.rmtree(repo)
    print(f"{flips} of {size} bytes of the pack changed on the way to the disk, and after they were read back: each noticed before a ref moved, and nothing of it kept; {skipped} of the latter changed no object")
    shutil.rmtree(work)


main()
