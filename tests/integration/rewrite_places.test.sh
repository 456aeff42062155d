#!/usr/bin/env bash
# A rewrite in every kind of repository, what it refuses there, and what it leaves: sparse and marked indexes, stashes, submodules, reftable, foreign filters.
# shellcheck disable=SC1091
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
git config --global gc.auto 0

new() { git init -q "$work/$1" && cd "$work/$1" || exit 1; }
big() { mkdir -p "$(dirname "./$1")" && yes "${2:-$1}" | head -c "${3:-4000}" >"$1"; }
commit() { git add -A . && git commit -q --allow-empty -m c; }
rewrite() { "$lfsguard" rewrite --yes "$@" >"$work/out" 2>"$work/err" </dev/null; code=$?; }
kind() { if [ "$(git cat-file blob "$1" | head -c 23)" = "version https://git-lfs" ]; then echo pointer; else echo plain; fi; }
refs() { git for-each-ref --format='%(objectname) %(refname)' | grep -v refs/lfsguard; git rev-parse HEAD; }
all_bytes() { # of the git folder, but for the log and the cache
  (cd "$(git rev-parse --absolute-git-dir)" && find . \( -path './lfsguard/log*' -o -path './lfsguard/cache*' \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
}
refused() { # NAME WORDS ARGUMENT...
  local name=$1 words=$2 before
  shift 2
  before=$(all_bytes)
  rewrite "$@"
  check "$name: exit 128 and a line that says so" "128 lfsguard: " "$code $(head -c 10 "$work/err")"
  check_contains "$name: it is named" "$words" "$(cat "$work/err")"
  check "$name: not a byte changed" "$before" "$(all_bytes)"
}

# ---- indexes
new sparse
for folder in a b c; do mkdir -p $folder/e && echo $folder >$folder/e/f; done
big a/x.bin && big b/y.bin && commit
git sparse-checkout init --cone --sparse-index && git sparse-checkout set a
before=$(git ls-files --sparse -t -s) loose=$(git count-objects)
rewrite --above 1000
check "a sparse index is sparse again" "0 H .gitattributes|H a/e/f|H a/x.bin|S b/|S c/" "$code $(git ls-files --sparse -t | paste -sd'|')"
check "its directories are the new trees" "$(git rev-parse HEAD:b) $(git rev-parse HEAD:c)" "$(git ls-files --sparse -s | awk '$1 == "040000" {print $2}' | xargs)"
check "no tree was written loose" "$loose" "$(git count-objects)"
check "and the work tree is clean" "" "$(git status --porcelain; find .git/lfsguard -maxdepth 1 -name 'objects-*')"
rewrite --undo
check "undo leaves it as it was" "0 $before" "$code $(git ls-files --sparse -t -s)"

new marks
big x.bin && big y.bin && big z.bin && echo t >t && commit
git update-index --skip-worktree x.bin && git update-index --assume-unchanged y.bin && rm x.bin
rewrite --above 1000
check "marks of entries stay where the entries are replaced" "0 H .gitattributes|S x.bin|h y.bin|H z.bin" "$code $(git ls-files -v | grep -v ' t$' | paste -sd'|' | sed 's/|H t//')"
check "a file that is not checked out is not made" no "$([ -e x.bin ] && echo yes || echo no)"
rewrite --undo
check "and at undo" "S x.bin|h y.bin|H z.bin" "$(git ls-files -v | grep -v ' t$' | paste -sd'|')"

new split
git config core.splitIndex true
big x.bin && echo t >t && commit && git update-index --split-index
rewrite --above 1000
check "a split index" "0 pointer " "$code $(kind :x.bin) $(git status --porcelain)"

new locked
big x.bin && commit && git status >/dev/null && : >.git/index.lock
refused "an index that another program holds" "index.lock" --above 1000

new racy
big x.bin && echo aaa >t && commit
rewrite --above 1000 && printf 'bbb\n' >t
check "a change right after the run is seen" " M t" "$(git status --porcelain)"

new endings
printf '*.id ident\n*.txt text eol=crlf\n' >.gitattributes
{ echo '$Id$'; yes line | head -n 1000; } >x.id && yes line | head -n 1000 >x.txt && commit 2>/dev/null
rm x.id x.txt && git checkout -q -- x.id x.txt
before=$(sha256sum x.id x.txt)
rewrite --above 1000
touch -d 2001-01-01 x.id x.txt
check "files whose line endings git had changed hold what LFS holds, and stay unmodified when they are looked at again" "0 $(printf '$Id$\n'; yes line | head -n 1000 | sha256sum) " \
  "$code $(head -1 x.id; sha256sum <x.txt) $(git status --porcelain)"
rewrite --undo
check "undo gives them the bytes that they had" "0 $before " "$code $(sha256sum x.id x.txt) $(git status --porcelain)"

# ---- stash
new stash
big x.bin && echo 1 >t && commit
echo 2 >t && git stash push -q -m 'own words' && echo 3 >t && git stash -q
list() { git log -g --date=raw --format='%H %gn <%ge> %gd %gs' refs/stash; }
before=$(list)
rewrite --above 1000
run=$("$lfsguard" rewrite --runs | cut -d' ' -f1)
check "older entries have backup refs of their own" "refs/stash stash-1" "$(git for-each-ref --format='%(refname)' "refs/lfsguard/backup/$run" | sed "s|refs/lfsguard/backup/$run/||" | grep stash | xargs)"
check "entries keep who, when and what" "$(echo "$before" | cut -d' ' -f2-)" "$(list | cut -d' ' -f2-)"
echo 4 >t && git stash -q && echo 5 >t && git stash -q && newer=$(git log -g --format=%H -2 refs/stash)
rewrite --undo
check "undo after newer entries is refused, and names the ref" "128 1" "$code $(grep -c '^  refs/stash$' "$work/err")"
rewrite --undo --force
check "--force puts the entries back" "0 $before" "$code $(list)"
check "and keeps each newer one" "$newer" "$(git for-each-ref --format='%(objectname)' "refs/lfsguard/backup/$run/after")"
new popped
big x.bin && echo 1 >t && commit
echo 2 >t && git stash -q && echo 3 >t && git stash -q && before=$(list)
rewrite --above 1000 && git stash drop -q
rewrite --undo
check "an entry that was dropped since is named, too" 128 "$code"
rewrite --undo --force
check "and comes back with --force" "0 $before" "$code $(list)"
new single
big x.bin && echo 1 >t && commit && echo 2 >t && git stash -q && before=$(list)
rewrite --above 1000
check "one entry stays one" 1 "$(list | wc -l)"
rewrite --undo
check "and goes back" "$before" "$(list)"

# ---- foreign filters, gc, disks
new filters
printf '*.f filter=foo\n' >.gitattributes && git config 'filter.foo.clean' "touch '$work/ran'; cat" && git config 'filter.foo.required' true
echo f >a.f && big x.bin && commit && rm -f "$work/ran" && touch -d 2001-01-01 a.f x.bin
before=$(sha256sum .git/index)
"$lfsguard" rewrite --dry-run --above 1000 >/dev/null 2>&1
check "looking runs no foreign filter and leaves the index" "no $before" "$([ -e "$work/ran" ] && echo yes || echo no) $(sha256sum .git/index)"
rewrite --above 1000
check "a stale file that its filter leaves as it is, is no change" "0 pointer" "$code $(kind HEAD:x.bin)"
new changing
printf '*.f filter=foo\n' >.gitattributes && git config filter.foo.clean 'tr a-z A-Z' && git config filter.foo.smudge 'tr A-Z a-z'
echo f >a.f && big x.bin && commit && touch -d 2001-01-01 a.f
refused "a stale file whose filter would have to run" "filter 'foo'" --above 1000
git status >/dev/null
rewrite --above 1000
check "git status settles it" "0 pointer " "$code $(kind HEAD:x.bin) $(git status --porcelain)"
new 'odd filter'
git config 'filter.a=b.c.process' "touch '$work/ran'; cat" && printf '*.f filter=a=b.c\n' >.gitattributes && echo f >a.f && git -c 'filter.a=b.c.process=' add -A . 2>/dev/null
git config --unset 'filter.a=b.c.process' && big x.bin && commit && git config 'filter.a=b.c.process' "touch '$work/ran'; cat" && rm -f "$work/ran" && touch -d 2001-01-01 a.f
"$lfsguard" rewrite --dry-run --above 1000 >/dev/null 2>&1
check "nor one whose name has every odd character" no "$([ -e "$work/ran" ] && echo yes || echo no)"

new gc
big x.bin && commit && git status >/dev/null && echo "$$ $(hostname)" >.git/gc.pid
refused "a running gc" "git gc is under way" --above 1000
sh -c 'echo $$' >.git/dead && echo "$(cat .git/dead) $(hostname)" >.git/gc.pid
rewrite --above 1000
check "one that died is no obstacle" "0 pointer" "$code $(kind HEAD:x.bin)"

if [ "$(id -u)" = 0 ] && mkdir "$work/tiny" && mount -t tmpfs -o size=1m tmpfs "$work/tiny" 2>/dev/null; then
  new store
  big x.bin x 3000000 && commit && git config lfs.storage "$work/tiny/lfs" && git status >/dev/null
  refused "a store on a disk that is too small" "not enough space: 2.9 MiB needed" --above 1000
  check "and nothing on that disk" "" "$(find "$work/tiny" -mindepth 1)"
  umount "$work/tiny"
else
  not_run "a store on a disk that is too small" "no tmpfs here"
fi

new broken
big x.bin && bytes 400000 >broken.bin && commit
loose=.git/objects/$(git rev-parse HEAD:broken.bin | sed 's|^..|&/|')
git status >/dev/null && chmod u+w "$loose" && truncate -s 100000 "$loose"
rewrite --above 1000 --exclude broken.bin
check "a blob is not opened to learn its size: one that is cut short and excluded is no obstacle" "2 pointer" "$code $(kind HEAD:x.bin)"

# ---- pointers, tags of trees
new uncovered
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 5000\n' 1 >p.bin && cp p.bin q.dat && big x.bin && commit
rewrite --above 1000 --format json
check "pointers that nothing covers are left, with a finding" "0 plain" "$code $([ "$(git rev-parse HEAD:p.bin)" = "$(git rev-parse HEAD~0:p.bin)" ] && echo plain)"
check "each is named" "p.bin q.dat" "$(json '" ".join(w.split()[1] for w in d["warnings"] if w.startswith("uncovered-pointer: "))' <"$work/out")"
new uncovered-glob
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 5000\n' 1 >p.bin && cp p.bin p.dat && big x.bin && commit
rewrite --include '*.bin'
check "but not what a new line covers, nor what was not asked for" "0 0" "$code $(grep -c uncovered-pointer "$work/out")"
new bare-tree
big x.bin && big y.bin && commit && tree=$(git rev-parse 'HEAD^{tree}') && git tag -a -m t t "$tree"
git checkout -q --orphan other && git rm -rqf . && echo a >a && commit && git branch -qD main
rewrite --above 1000 --exclude x.bin
check "an excluded file that only a tag of a tree holds is named" "2 stays large: x.bin (excluded)" "$code $(grep '^stays large' "$work/out")"

# ---- git folders elsewhere
git init -q --separate-git-dir "$work/apart.git" "$work/apart" && cd "$work/apart" || exit 1
big x.bin && commit
before=$(git ls-files -s)
rewrite --above 1000
check "a git folder that lies apart: the work tree is clean" "0 pointer " "$code $(kind :x.bin) $(git status --porcelain)"
rewrite --undo
check "and after undo" "0 $before " "$code $(git ls-files -s) $(git status --porcelain)"
new around
git submodule --quiet add "$work/apart" mod && git commit -qm c && cd mod || exit 1
before=$(git ls-files -s)
rewrite --above 1000
check "inside a submodule: its work tree is clean, the repository around it sees the new commit" "0 pointer | M mod" "$code $(kind :x.bin) $(git status --porcelain)|$(git -C .. status --porcelain)"
rewrite --undo
check "and after undo nothing has changed" "0 $before |" "$code $(git ls-files -s) $(git status --porcelain)|$(git -C .. status --porcelain)"
new relative
mkdir d && big x.bin && echo t >d/t && commit && cd d || exit 1
export GIT_DIR=../.git GIT_WORK_TREE=..
rewrite --above 1000
check "GIT_DIR and GIT_WORK_TREE may be relative, and the folder below the top" "0 pointer " "$code $(kind :x.bin) $(git status --porcelain)"
rewrite --undo
check "at undo, too" "0 plain " "$code $(kind :x.bin) $(git status --porcelain)"
unset GIT_DIR GIT_WORK_TREE

# ---- submodules
git init -q "$work/inner" && (cd "$work/inner" && big big.bin && commit)
new super
git submodule -q add "$work/inner" mod && big x.bin && commit
rewrite --above 1000
check "a repository with a submodule" "0 pointer " "$code $(kind HEAD:x.bin) $(git status --porcelain)"
check "the submodule is not entered" "plain 160000" "$(git -C mod cat-file blob HEAD:big.bin | head -c 7 | sed 's/^big.bin$/plain/') $(git ls-tree HEAD mod | cut -c1-6)"
(cd mod && rewrite --above 1000 && check "but can be rewritten by itself" "0 pointer " "$code $(kind HEAD:big.bin) $(git status --porcelain)"; exit $failed) || failed=$((failed + 1))
new unborn
rewrite --above 1000
check "a repository without commits" "0 Nothing to rewrite." "$code $(cat "$work/out")"
big x.bin && commit && git checkout -q --orphan empty && git rm -rqf .
rewrite --above 1000
check "a HEAD that is not born" "0 pointer 0" "$code $(kind main:x.bin) $(git status --porcelain | wc -l)"
new symbolic
big x.bin && commit && git symbolic-ref refs/heads/alias refs/heads/main
rewrite --above 1000
check "a symbolic ref goes where it points" "0 pointer refs/heads/main" "$code $(kind alias:x.bin) $(git symbolic-ref refs/heads/alias)"

# ---- sizes of history
new refs
big x.bin && commit && head=$(git rev-parse HEAD)
for i in $(seq 20000); do echo "create refs/heads/b$i $head"; done | git update-ref --stdin && git pack-refs --all
rewrite --above 1000
check "20,000 packed refs move together" "0 20001" "$code $(git for-each-ref --format='%(objectname)' refs/heads | grep -c "^$(git rev-parse main)\$")"
rewrite --undo
check "and back" "0 20001" "$code $(git for-each-ref --format='%(objectname)' refs/heads | grep -c "^$head\$")"
new line
python3 - <<'PY' | git fast-import --quiet
import sys
out = ["blob\nmark :1\ndata 4000\n" + "x" * 4000 + "\n"]
for i in range(100000):
    out.append("commit refs/heads/main\ncommitter t <t@x> %d +0000\ndata 2\nc\n\n%s" % (i, "M 100644 :1 x.bin\n\n" if i == 10 else "\n"))
sys.stdout.write("".join(out))
PY
git reset -q --hard && tenth=$(git rev-parse main~99990)
stack=512 # KiB; ThreadSanitizer takes about as much of each thread's for itself
[ -z "${TSAN_OPTIONS:-}" ] || stack=1024
(ulimit -s $stack && exec "$lfsguard" rewrite --yes --above 1000) >"$work/out" 2>&1 </dev/null
check "100,000 commits in a line, on a small stack" "0 pointer 100000 $tenth" "$? $(kind main:x.bin) $(git rev-list --count main) $(git rev-parse main~99990)"

new gathering
python3 - <<'PY' | git fast-import --quiet
import sys
out = []
for i in range(300):
    out.append("commit refs/heads/main\ncommitter t <t@x> %d +0000\ndata 2\nc\n" % i)
    if i == 100:
        out.append("M 100644 inline .gitattributes\ndata 31\n# mine\nd/f050.bin filter=lfs\n#\n")
    out.append("M 100644 inline d/f%03d.bin\ndata 3000\n%s\nM 100644 inline d/s%03d.bin\ndata 3\nabc\n\n" % (i, ("%03d" % i) * 1000, i))
sys.stdout.write("".join(out))
PY
git reset -q --hard && rewrite --above 1000
lines() { git show "$1:.gitattributes" | grep -v '^#'; }
wanted() { [ "$1" -lt 100 ] || echo 'd/f050.bin filter=lfs'; for i in $(seq 0 "$1"); do [ "$1" -ge 100 ] && [ "$i" = 50 ] || printf '/d/f%03d.bin filter=lfs diff=lfs merge=lfs -text\n' "$i"; done; }
check "where files gather, each commit's lines are those of its own files" "0 $(wanted 0)|$(wanted 99)|$(wanted 100)|$(wanted 299)" "$code $(lines main~299)|$(lines main~200)|$(lines main~199)|$(lines main)"
check "git finds nothing wrong with the pack, and the work tree is clean" "" "$(git fsck --strict 2>&1 | grep -v dangling; git status --porcelain)"
blob=$(git rev-parse main:.gitattributes)
check "attributes files are deltas of one another" yes "$(for index in .git/objects/pack/*.idx; do git verify-pack -v "$index"; done | awk -v blob="$blob" '$1 == blob && NF == 7 {print "yes"}')"

# ---- reftable
if [ -n "$git2" ] && mkdir "$work/bin" && ln -s "$git2" "$work/bin/git" && "$work/bin/git" init -q --ref-format=reftable "$work/reftable" 2>/dev/null; then
  PATH=$work/bin:$PATH && cd "$work/reftable" || exit 1
  big x.bin && echo 1 >t && commit && git tag -a -m v v1 && git notes add -m n && git branch side
  echo 2 >t && git stash push -q -m 'own words' && echo 3 >t && git stash -q
  git worktree add -q --detach "$work/linked" && git checkout -q --detach
  before=$(refs; git -C "$work/linked" rev-parse HEAD; list)
  rewrite --above 1000
  check "a reftable repository: every ref, HEADs of work trees" "0 pointer pointer pointer pointer $(git rev-parse main)" "$code $(kind main:x.bin) $(kind v1:x.bin) $(kind side:x.bin) $(kind HEAD:x.bin) $(git -C "$work/linked" rev-parse HEAD)"
  check "stash entries, with who, when and what" "pointer pointer 2 $(echo "$before" | tail -2 | cut -d' ' -f2- | paste -sd'|')" "$(kind 'stash@{0}:x.bin') $(kind 'stash@{1}:x.bin') $(git stash list | wc -l) $(list | cut -d' ' -f2- | paste -sd'|')"
  check "work trees are clean" "" "$(git status --porcelain; git -C "$work/linked" status --porcelain)"
  rewrite --undo
  check "and all of it back" "0 $before" "$code $(refs; git -C "$work/linked" rev-parse HEAD; list)"
else
  not_run "a reftable repository" "no git of 2.45 or later here"
fi
finish
