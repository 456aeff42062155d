#!/usr/bin/env bash
# `lfsguard lfs migrate` takes git-lfs's flags and leaves what git-lfs leaves: the same trees, refs in the same places, the same maps.
set -u
lfsguard=$LFSGUARD_BUILD/lfsguard
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 LC_ALL=C.UTF-8
unset XDG_CONFIG_HOME GIT_DIR LFSGUARD_SKIP HF_ENDPOINT
mkdir -p "$HOME" && git config --global user.name t && git config --global user.email t@example.com && git config --global init.defaultBranch main
git config --global gc.auto 0
failed=0
ok() { if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | cat -A | head -20; failed=1; fi; }
command -v git-lfs > /dev/null || { echo "skipped: git-lfs is not here to compare with"; exit 0; }

raw() { git -c filter.lfs.process= -c filter.lfs.required=false "$@"; }
git init -q "$work/base" && cd "$work/base" && git lfs install --local > /dev/null
for i in 1 2 3; do yes "a$i" | head -c 5000 > a.bin; yes "b$i" | head -c 3000 > b.dat; mkdir -p d; echo "small $i" > d/s.bin; echo "t$i" > t.txt; raw add -A .; raw commit -qm "c$i"; done
git tag -a v1 -m v1; git branch side HEAD~; git checkout -q side; yes side | head -c 9000 > side.bin; raw add -A .; raw commit -qm side; git checkout -q main
git init -q --bare "$work/origin.git"; git remote add origin "$work/origin.git"; git update-ref refs/remotes/origin/main main~2

# both NAME ARGS...: ours in NAME.ours, theirs in NAME.theirs
both() {
  local name=$1; shift
  cp -a "$from" "$work/$name.ours"; cp -a "$from" "$work/$name.theirs"
  (cd "$work/$name.theirs" && git lfs migrate "$@" > "$work/$name.theirs.log" 2>&1) || cat "$work/$name.theirs.log"
  (cd "$work/$name.ours" && "$lfsguard" lfs migrate "$@" > "$work/$name.ours.log" 2>&1); code=$?; [ $code = 0 ] || cat "$work/$name.ours.log"
}
from=$work/base
history() { (cd "$work/$1" && for ref in $(git for-each-ref --format='%(refname)' refs/heads refs/tags refs/remotes); do for c in $(git log --format=%H "$ref"); do echo "$ref $c $(git log -1 --format=%s "$c")"; done; done); }
files() { (cd "$work/$1" && for ref in $(git for-each-ref --format='%(refname)' refs/heads refs/tags refs/remotes); do for c in $(git log --format=%H "$ref"); do echo "$ref $(git log -1 --format=%s "$c")"; git ls-tree -r "$c" | grep -v gitattributes; done; done); }
store() { (cd "$work/$1/.git/lfs/objects" 2>/dev/null && find . -type f | sort); }
same() { ok "$1: every commit of every ref is git-lfs's" "$(history "$2.theirs")" "$(history "$2.ours")"; alike "$1" "$2"; }
alike() { ok "$1: files of every commit are git-lfs's" "$(files "$2.theirs")" "$(files "$2.ours")"; ok "$1: so are the objects in the store" "$(store "$2.theirs")" "$(store "$2.ours")"; ok "$1: the work tree is clean, exit code 0" "0 " "$code $(git -C "$work/$2.ours" status --porcelain)"; }

both everything import --everything --yes --include='*.bin' --object-map="$work/map"; same "import --everything --include" everything
cp -a "$work/base" "$work/m1"; cp -a "$work/base" "$work/m2"
(cd "$work/m1" && git lfs migrate import --everything --yes --include='*.bin' --object-map="$work/theirs.csv" > /dev/null 2>&1); (cd "$work/m2" && "$lfsguard" lfs migrate import --everything --yes --include='*.bin' --object-map="$work/ours.csv" > /dev/null 2>&1)
ok "--object-map has git-lfs's lines" "$(sort "$work/theirs.csv")" "$(sort "$work/ours.csv")"
both all import --everything --yes; same "import --everything of all files" all
both branch import --yes --skip-fetch --include='*.bin,*.dat'; same "import of the branch checked out, without what the remote has" branch
both named import --yes --skip-fetch --include='*.bin' side; same "import of a named branch" named
both refs import --yes --skip-fetch --include='*.bin' --include-ref=refs/heads/main --include-ref=refs/heads/side --exclude-ref=refs/heads/side~1 2>/dev/null; alike "--include-ref, --exclude-ref" refs
both exclude import --everything --yes --include='*.bin' --exclude='d/*'; alike "--include, --exclude" exclude
both short import --everything --yes -I '*.bin' -X 'd/*'; alike "-I, -X" short
both above import --everything --yes --above=4kb; alike "--above" above

# Attributes from the first commit on: git-lfs forgets unchanged files where they come later.
mkdir "$work/fix" && cd "$work/fix" && git init -q . && git lfs install --local > /dev/null && echo '*.bin filter=lfs diff=lfs merge=lfs -text' > .gitattributes
for i in 1 2 3; do yes "a$i" | head -c 5000 > a.bin; echo "t$i" > t.txt; raw add -A .; raw commit -qm "c$i"; done
from=$work/fix; both norewrite import --yes --no-rewrite -m "by hand" a.bin; ok "--no-rewrite: one commit, with that message and git-lfs's tree" "by hand $(git -C "$work/norewrite.theirs" log -1 --format=%T) $(git rev-parse HEAD)" "$(cd "$work/norewrite.ours" && git log -1 --format='%s %T %P')"; alike "--no-rewrite" norewrite
(cd "$work/norewrite.ours" && "$lfsguard" lfs migrate import --no-rewrite > /dev/null 2>&1); ok "--no-rewrite without a file is a usage error" 129 $?
both fixup import --everything --yes --fixup; same "import --fixup" fixup
from=$work/everything.theirs; both export export --everything --yes --include='*.bin'; ok "export: files of every commit are git-lfs's" "$(files export.theirs)" "$(files export.ours)"
ok "export: exit code 0" 0 $code

from=$work/base
cp -a "$work/base" "$work/pointers" && cd "$work/pointers" && printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 5000000\n' 1 > p.bin && raw add p.bin && raw commit -qm pointer
info() { ok "info $*: git-lfs's table" "$(git lfs migrate info --skip-fetch "$@" 2>/dev/null)" "$("$lfsguard" lfs migrate info --skip-fetch "$@" 2>/dev/null)"; }
cd "$work/base" || exit 1; info --everything; info --everything --above=4kb --top=1; info --everything --unit=kib; info main side
cd "$work/fix" || exit 1; info; info --fixup; info --include='*.bin' --exclude=d
cd "$work/pointers" || exit 1; info --everything; info --everything --pointers=ignore; info --everything --pointers=no-follow --unit kb; info --everything --above=1mb; info --everything --top=1 --unit=b; info --everything --include='*.bin'
ok "info: commits of an excluded branch are left out" "$("$lfsguard" lfs migrate info --exclude-ref side main)" "$("$lfsguard" lfs migrate info main ^side)"
"$lfsguard" lfs migrate info --everything --unit=furlong > /dev/null 2>&1; ok "info: a unit that is none is a usage error" 129 $?
(cd "$work/base" && "$lfsguard" lfs migrate import --everything main > /dev/null 2>&1); ok "--everything with a branch is a usage error" 129 $?
exit $failed
