#!/usr/bin/env bash
# Every form of a pointer file, good and bad, put to `lfs clean`, `lfs pointer --check` and `lfs smudge --skip`: ours and git-lfs's answers must be the same.
set -u
git lfs version > /dev/null 2>&1 || { echo "skipped: git-lfs is not installed"; exit 0; }
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1
unset XDG_CONFIG_HOME GIT_TRACE LFSGUARD_TRACE
mkdir -p "$HOME" && cd "$work" && git init -q . || exit 1
export LFSGUARD=$LFSGUARD_BUILD/lfsguard
python3 - << 'PY'
import os, shutil, subprocess, sys

ours = [os.environ["LFSGUARD"], "lfs"]
V = b"version https://git-lfs.github.com/spec/v1\n"
O = b"oid sha256:" + b"a1" * 32 + b"\n"
S = b"size 5\n"
E0 = b"ext-0-foo sha256:" + b"b2" * 32 + b"\n"
E1 = b"ext-1-bar sha256:" + b"c3" * 32 + b"\n"
C = V + O + S
forms = {
    "canonical": C, "CRLF": C.replace(b"\n", b"\r\n"), "no final newline": C[:-1], "blank line between": V + b"\n" + O + S,
    "blank line first": b"\n" + C, "blank line last": C + b"\n", "space after version": V[:-1] + b" \n" + O + S,
    "space after oid": V + O[:-1] + b" \n" + S, "space after size": V + O + b"size 5 \n", "tab after size": V + O + b"size 5\t\n",
    "space before version": b" " + C, "space before oid": V + b" " + O + S, "git-media version": b"version http://git-media.io/v/2\n" + O + S,
    "hawser version": b"version https://hawser.github.com/spec/v1\n" + O + S, "extensions": V + E0 + E1 + O + S,
    "extensions unsorted": V + E1 + E0 + O + S, "extension after oid": V + O + E0 + S, "extension after size": C + E0, "extension first": E0 + C,
    "extension twice": V + E0 + E0 + O + S, "extension twice, other id": V + E0 + E0.replace(b"b2", b"b3") + O + S,
    "two extensions of one priority": V + E0 + E0.replace(b"foo", b"baz") + O + S, "priority left out": V + E1 + O + S,
    "extension in upper case": V + E0.replace(b"b2", b"B2") + O + S, "ext-10": V + E0.replace(b"ext-0", b"ext-10") + O + S,
    "extension without name": V + E0.replace(b"foo", b"") + O + S, "extension with dash": V + E0.replace(b"foo", b"fo-o") + O + S,
    "extension with dot": V + E0.replace(b"foo", b"fo.o") + O + S, "extension with space": V + E0.replace(b"foo", b"fo o") + O + S,
    "extension not ASCII": V + E0.replace(b"foo", "fö".encode()) + O + S, "extension begins not ASCII": V + E0.replace(b"foo", "öf".encode()) + O + S,
    "extension without value": V + b"ext-0-foo\n" + O + S, "extension of another hash": V + b"ext-0-foo md5:1234\n" + O + S,
    "size +5": V + O + b"size +5\n", "size 005": V + O + b"size 005\n", "size 0": V + O + b"size 0\n", "size -0": V + O + b"size -0\n",
    "size -5": V + O + b"size -5\n", "largest size": V + O + b"size 9223372036854775807\n", "size too large": V + O + b"size 9223372036854775808\n",
    "size empty": V + O + b"size \n", "size without value": V + O + b"size\n", "size in hex": V + O + b"size 0x5\n", "size 5_0": V + O + b"size 5_0\n",
    "two spaces before size": V + O + b"size  5\n", "two spaces before oid": V + O.replace(b" ", b"  ") + S, "size 5 5": V + O + b"size 5 5\n",
    "oid in upper case": V + O.replace(b"a1", b"A1") + S, "oid not hex": V + O.replace(b"a1", b"g1") + S, "oid short": V + O[:-2] + b"\n" + S,
    "oid long": V + O[:-1] + b"a\n" + S, "oid of another hash": V + O.replace(b"sha256", b"sha512") + S, "oid without hash": V + b"oid " + b"a1" * 32 + b"\n" + S,
    "version 2": V.replace(b"v1", b"v2") + O + S, "http version": V.replace(b"https", b"http") + O + S, "version with slash": V[:-1] + b"/\n" + O + S,
    "swapped": V + S + O, "unknown key last": C + b"foo bar\n", "unknown key first": V + b"foo bar\n" + O + S, "a word last": C + b"foo\n",
    "oid twice": V + O + O + S, "size twice": C + S, "no size": V + O, "no oid": V + S, "no version": O + S, "version only": V, "version twice": V + C,
    "byte order mark": b"\xef\xbb\xbf" + C, "CR only": C.replace(b"\n", b"\r"), "NUL last": C + b"\0", "NUL in size": V + O + b"size 5\0\n",
    "tab after key": V.replace(b" ", b"\t") + O + S, "broken UTF-8 spaces last": C + b"\x0b\x0c\x85\xc2\x85", "no-break space last": C + b"\xc2\xa0\n",
    "wide spaces last": C + "\u2028\u3000".encode(), "line of spaces": V + b"   \n" + O + S, "CR CR LF": C[:-1] + b"\r\r\n", "CRLF after oid only": V + O[:-1] + b"\r\n" + S,
    "1023 bytes by newlines": C + b"\n" * (1023 - len(C)), "1024 bytes by newlines": C + b"\n" * (1024 - len(C)), "1025 bytes by newlines": C + b"\n" * (1025 - len(C)),
    "spaces and newlines first": b" \n\t\n" + C, "version without value": b"version\n" + O + S, "empty": b"", "white space": b" \n", "merge conflict": V + b"<<<<<<< HEAD\n" + O + S,
}
for n in (1022, 1023, 1024, 1025):
    name = b"x" * (n - len(C) - len(b"ext-0- sha256:") - 65)
    forms["%d bytes by a long extension" % n] = V + b"ext-0-" + name + b" sha256:" + b"b2" * 32 + b"\n" + O + S

def ask(program, *arguments, data=b""):
    done = subprocess.run(program + list(arguments), input=data, capture_output=True)
    shutil.rmtree(".git/lfs", ignore_errors=True)
    return done.returncode, done.stdout

failed = False
for name, form in forms.items():
    with open("f", "wb") as file:
        file.write(form)
    for what in (("clean", "x"), ("smudge", "--skip", "x"), ("pointer", "--check", "--file=f"), ("pointer", "--check", "--strict", "--file=f"),
                 ("pointer", "--check", "--stdin"), ("pointer", "--file=f")):
        if what[0] == "smudge" and len(form) >= 1024:
            continue  # no pointer by its size: git-lfs writes one back all the same and drops what follows; we give back what came
        theirs, mine = ask(["git", "lfs"], *what, data=form), ask(ours, *what, data=form)
        if theirs != mine:
            failed = True
            print("FAILED: %s: lfs %s\n  git-lfs:  %r\n  lfsguard: %r" % (name, " ".join(what), theirs, mine))
for what in (("pointer",), ("pointer", "--check"), ("pointer", "--check", "--file=f", "--stdin"), ("pointer", "--check", "--file=nope"),
             ("pointer", "--check", "--strict", "--no-strict", "--file=f"), ("pointer", "--file=nope")):
    if ask(["git", "lfs"], *what) != ask(ours, *what):
        failed = True
        print("FAILED: lfs %s\n  git-lfs:  %r\n  lfsguard: %r" % (" ".join(what), ask(["git", "lfs"], *what), ask(ours, *what)))
if failed:
    sys.exit(1)
print("ok: %d forms of pointers: clean, smudge --skip, pointer and pointer --check agree with git-lfs" % len(forms))
PY
