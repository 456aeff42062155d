#!/usr/bin/env bash
# Which refs a rewrite moves, what it refuses without changing a byte, and the way back. Each case has a repository of its own.
set -u
lfsguard=$LFSGUARD_BUILD/lfsguard
work=$(mktemp -d) && trap 'umount "$work/small" 2>/dev/null; rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 LC_ALL=C.UTF-8
unset XDG_CONFIG_HOME GIT_DIR LFSGUARD_SKIP HF_ENDPOINT
mkdir -p "$HOME" && git config --global user.name t && git config --global user.email t@example.com && git config --global init.defaultBranch main
git config --global gc.auto 0 && git config --global advice.detachedHead false
failed=0
ok() { if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | cat -A | head -20; failed=1; fi; }
new() { rm -rf "${work:?}/$1"; git init -q "$work/$1" && cd "$work/$1" || exit 1; }
big() { mkdir -p "$(dirname "./$1")"; yes "${2:-$1}" | head -c "${3:-4000}" > "$1"; }
commit() { git add -A . && git commit -q --allow-empty -m "${1:-c}"; }
rewrite() { "$lfsguard" rewrite --yes "$@" > "$work/out" 2> "$work/err" < /dev/null; code=$?; [ $code = 0 ] || [ $code = 2 ] || [ "${expect:-}" = $code ] || cat "$work/err"; }
kind() { if [ "$(git cat-file blob "$1" | head -c 23)" = "version https://git-lfs" ]; then echo pointer; else echo plain; fi; }
refs() { git for-each-ref --format='%(objectname) %(refname)' | grep -v refs/lfsguard; git rev-parse HEAD; git symbolic-ref -q HEAD; }
# Everything below the git folder, but for the log and the cache; and the work tree.
bytes() { local dir; dir=$(git rev-parse --absolute-git-dir); { cd "$dir" && find . \( -path './lfsguard/log*' -o -path './lfsguard/cache*' -o -path ./lfsguard \) -prune -o -printf '%y %m %p %l\n' | sort; find . \( -path './lfsguard/log*' -o -path './lfsguard/cache*' \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum; (cd "$dir/.." && find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum) | sha256sum; }
refused() { # NAME WORDS ARGS...
  local name=$1 words=$2 before; shift 2; before=$(bytes)
  expect=128 rewrite "$@"
  ok "$name: refused with exit 128, a line that says so, and not a byte changed" "128 lfsguard:  1 $before" "$code $(head -c 10 "$work/err") $(grep -c "$words" "$work/err" | sed 's/^[1-9].*/1/') $(bytes)"
}
line=' filter=lfs diff=lfs merge=lfs -text'
key() { python3 -c 'import json,sys
v=json.load(open(sys.argv[1]))
for k in sys.argv[2].split("."): v=v[int(k)] if isinstance(v,list) else v[k]
print(json.dumps(v))' "$work/out" "$1"; }

# ---- refused, not a byte changed
new base; big x.bin; commit one; echo text > text; commit two
copy() { rm -rf "${work:?}/$1"; cp -a "$work/base" "$work/$1"; cd "$work/$1" || exit 1; git status >/dev/null; }
copy dirty; echo more >> text; refused "a changed file" "not committed" --above 1000
copy staged; echo more >> text; git add text; refused "something staged" "staged" --above 1000
copy merging; git checkout -q -b other HEAD~; echo other > text; commit other; git checkout -q main; git merge other >/dev/null 2>&1; refused "a merge under way" "merge" --above 1000
copy rebasing; git checkout -q -b other HEAD~; echo other > text; commit other; git rebase main >/dev/null 2>&1; git checkout -qf main 2>/dev/null; refused "a rebase under way" "rebase" --above 1000
copy untracked; echo '*.x text' > .gitattributes; refused "an untracked .gitattributes in the way" "gitattributes" --above 1000
copy grafts; mkdir -p .git/info; git rev-parse HEAD > .git/info/grafts; refused "grafts" "graft" --above 1000
copy replace; git replace HEAD HEAD~ ; git reset -q --hard; refused "replace refs" "git replace -d" --above 1000
git clone -q --depth 1 "file://$work/base" "$work/shallow"; cd "$work/shallow" || exit 1; refused "a shallow clone" "unshallow" --above 1000
git init -q --object-format=sha256 "$work/sha256"; cd "$work/sha256" || exit 1; big x.bin; commit; refused "a SHA-256 repository" "SHA-256\|sha256" --above 1000
copy signed; expect=129 rewrite --above big; ok "a size that is none is a usage error" 129 $code
copy silent; before=$(bytes); "$lfsguard" rewrite --above 1000 < /dev/null > "$work/out" 2> "$work/err"; ok "no terminal and no --yes" "128 lfsguard:  $before" "$? $(head -c 10 "$work/err") $(bytes)"
copy nothing; before=$(bytes); rewrite --above 100000; ok "nothing selected writes nothing" "0 $before" "$code $(bytes)"
rewrite --include '*.none'; ok "nor where no path matches" "0 $before" "$code $(bytes)"
"$lfsguard" rewrite --dry-run --above 1000 --format json > "$work/out" 2>/dev/null; ok "--dry-run writes nothing" "0 $before" "$? $(bytes)"
ok "and its JSON has every documented key" "blobs bytes command commits dry_run examined files maps objects path refs rewritten run seconds signatures_removed tags version versions" \
  "$(python3 -c 'import json,sys
d=json.load(open(sys.argv[1])); keys=set(d)|set(d["objects"])|set(d["commits"])|set(d["tags"])|set(d["files"][0])
print(*sorted(keys & set("version command dry_run run files path versions bytes objects blobs commits examined rewritten tags signatures_removed refs maps seconds".split())))' "$work/out")"
ok "with what would happen" 'true null [{"x.bin", 1, 4000}] 1 4000 2 2 null refs/heads/main null' "$(key dry_run) $(key run) [{\"$(key files.0.path | tr -d \")\", $(key files.0.versions), $(key files.0.bytes)}] $(key objects.blobs) $(key objects.bytes) $(key commits.examined) $(key commits.rewritten) $(key maps) $(key refs.0.name | tr -d \") $(key refs.0.new)"

# ---- disk full
if [ "$(id -u)" = 0 ] && mkdir "$work/small" && mount -t tmpfs -o size=6m tmpfs "$work/small" 2>/dev/null; then
  git init -q "$work/small/r"; cd "$work/small/r" || exit 1; head -c 1500000 /dev/urandom > x.bin; commit; head -c 1500000 /dev/urandom > x.bin; commit
  before=$(refs); expect=128 rewrite --above 1000; ok "a full disk: refused, refs and work tree as they were" "128 lfsguard:  $before " "$code $(head -c 10 "$work/err") $(refs) $(git status --porcelain)"
  ok "no half-written pack or file is left" "" "$(find .git -name 'tmp*' -o -name '*.tmp*' | head -3; git fsck 2>&1 | grep -v dangling)"
  cd "$work" && umount "$work/small"
else echo "skipped: a full disk (no tmpfs here)"; fi

# ---- refs
new refs; git config core.logAllRefUpdates true; big x.bin; commit one; echo t > t; commit two; git tag -a v1 -m v1; git tag light; git branch side HEAD~
git notes add -m 'about two' HEAD; git notes add -m 'about one' HEAD~; git notes --ref fan add -m f HEAD; git notes add -m 'about the tag' v1 2>/dev/null
tree=$(printf '100644 blob %s\t%s\n' "$(echo fanned | git hash-object -w --stdin)" "$(git rev-parse HEAD | cut -c3-)" | git mktree); outer=$(printf '040000 tree %s\t%s\n' "$tree" "$(git rev-parse HEAD | cut -c1-2)" | git mktree); git update-ref refs/notes/fanned "$(git commit-tree -m notes "$outer")"
echo u > untracked.txt; echo changed >> t; git stash push -q -u -m first; echo again >> t; git stash push -q -m second; third=$(git rev-parse 'stash@{1}^3')
git update-ref refs/custom/one HEAD; git update-ref refs/remotes/origin/main HEAD; old=$(git rev-parse HEAD); git update-ref ORIG_HEAD HEAD
git worktree add -q "$work/linked" side; git worktree add -q --detach "$work/detached" HEAD; git checkout -q --detach main; before=$(refs); stashes=$(git log -g --format=%H refs/stash)
for f in everything oneref; do rm -rf "${work:?}/refs-$f"; cp -a "$work/refs" "$work/refs-$f"; rm -rf "$work/refs-$f/.git/worktrees"; done
names() { python3 -c 'import json, sys; print(*sorted(ref["name"] for ref in json.load(sys.stdin)["refs"]))'; }
rewrite --above 1000 --dry-run --format json; planned=$(names < "$work/out")
rewrite --above 1000 --format json; new=$(git rev-parse main)
ok "the plan names the refs that move, notes among them" "$(names < "$work/out")" "$planned"
ok "branches, tags, custom refs, the detached HEAD follow" "pointer pointer pointer pointer pointer $new" "$(for r in main side v1 light refs/custom/one; do kind "$r:x.bin"; done | xargs) $(git rev-parse HEAD)"
ok "remote-tracking refs and ORIG_HEAD stay" "$old $old" "$(git rev-parse refs/remotes/origin/main) $(git rev-parse ORIG_HEAD)"
ok "notes are re-keyed, fanned-out ones and one on a tag too" "about two|about one|f|about the tag|fanned" "$(git notes show main)|$(git notes show main~)|$(git notes --ref fan show main)|$(git notes show v1)|$(git notes --ref fanned show main)"
ok "and stay fanned out" "$(git rev-parse main | sed 's/^../&\//')" "$(git ls-tree -r --name-only refs/notes/fanned)"
ok "stash entries follow, their untracked files stay" "2 pointer pointer $third" "$(git stash list | wc -l) $(kind 'stash@{0}:x.bin') $(kind 'stash@{1}:x.bin') $(git rev-parse 'stash@{1}^3')"
ok "linked worktrees are clean, on their branch" "||refs/heads/side|$new" "$(git -C "$work/linked" status --porcelain)|$(git -C "$work/detached" status --porcelain)|$(git -C "$work/linked" symbolic-ref HEAD)|$(git -C "$work/detached" rev-parse HEAD)"
ok "the work tree is clean" "" "$(git status --porcelain)"
run=$(key run | tr -d '"'); maps=.git/lfsguard/rewrite/$run
ok "the files of the run" "commit-map object-map.csv refs report.json" "$(cd $maps && echo commit-map* object-map.csv* refs* report.json*)"
ok "commit-map names the new commits" "$old $new" "$(grep "^$old" $maps/commit-map)"
ok "refs has old, new and name" "$old $new refs/heads/main" "$(grep 'refs/heads/main$' $maps/refs)"
ok "report.json is what was printed" "$(python3 -m json.tool "$work/out" | grep -v seconds)" "$(python3 -m json.tool $maps/report.json | grep -v seconds)"
ok "the old tips are backup refs" "$old" "$(git rev-parse "refs/lfsguard/backup/$run/refs/heads/main")"
ok "--runs lists it" "$run" "$("$lfsguard" rewrite --runs | cut -d' ' -f1)"
rewrite --undo; ok "--undo puts back every ref, HEAD and the stash log" "$before
$stashes" "$(refs)
$(git log -g --format=%H refs/stash)"
ok "index and work trees, too" "" "$(git status --porcelain; git -C "$work/linked" status --porcelain; git -C "$work/detached" status --porcelain; git diff --cached HEAD --stat; ls .gitattributes 2>/dev/null; git config --get-regexp '^filter\.')"
ok "the stash can still be popped" "0 changed" "$(git checkout -qf main; git stash drop -q; git stash pop -q >/dev/null 2>&1; echo $? "$(tail -1 t)")"

cd "$work/refs-oneref" || exit 1; rewrite --above 1000 --ref main; ok "--ref moves that ref alone" "pointer plain plain" "$(kind main:x.bin) $(kind side:x.bin) $(kind v1:x.bin)"
ok "and warns of the tags that stay" 2 "$(grep -cE 'refs/tags/(v1|light).*next push fails' "$work/out")"
cd "$work/refs-everything" || exit 1; git checkout -q --orphan c; git rm -rqf . ; big only.bin; commit custom; git update-ref refs/custom/two HEAD; git checkout -qf main; git branch -qD c; rm -rf "$work/refs-not"; cp -a . "$work/refs-not"
rewrite --above 1000; ok "a custom ref alone selects nothing" "plain" "$(kind refs/custom/two:only.bin)"
cd "$work/refs-not" || exit 1; rewrite --above 1000 --everything; ok "but does with --everything" "pointer" "$(kind refs/custom/two:only.bin)"
new blob-ref; big x.bin; commit; git tag blob "$(git rev-parse HEAD:x.bin)"; cp -r . "$work/blob-ref2"; rewrite --above 1000 --ref main; ok "--ref: a tag of a large blob is not what was asked for" "0 " "$code $(grep 'stays large' "$work/out")"
cd "$work/blob-ref2" || exit 1; rewrite --above 1000; ok "without it, it is" "2 stays large: refs/tags/blob names a large blob itself" "$code $(grep 'stays large' "$work/out")"
new exclude; big x.bin; commit one; git branch published; big x.bin other; commit two; old=$(git rev-parse published)
rewrite --above 1000 --exclude-ref published; ok "--exclude-ref: its commits stay, later ones change" "$old $old pointer" "$(git rev-parse published) $(git rev-parse main~) $(kind main:x.bin)"

new clash; big x.bin; commit; git pack-refs --all; printf '%s refs/heads/Topic\n%s refs/heads/topic\n' "$(git rev-parse HEAD)" "$(git rev-parse HEAD)" >> .git/packed-refs; sed -i '1s/ sorted//' .git/packed-refs
rewrite --above 1000; ok "refs that clash by case are reported, packed refs move" "1 pointer pointer" "$(grep -c 'differ by case.*Topic.*topic' "$work/out") $(kind Topic:x.bin) $(kind main:x.bin)"
new many; big x.bin; commit; h=$(git rev-parse HEAD); for i in $(seq 2000); do echo "create refs/heads/b$i $h"; done | git update-ref --stdin; git pack-refs --all
rewrite --above 1000; ok "2,000 refs move together" 2001 "$(git for-each-ref --format='%(objectname)' refs/heads | grep -c "^$(git rev-parse main)$")"
rewrite --undo; ok "and back" 2001 "$(git for-each-ref --format='%(objectname)' refs/heads | grep -c "^$h$")"

# ---- places
git clone -q --bare "$work/base" "$work/bare.git"; cd "$work/bare.git" || exit 1; h=$(git rev-parse main); rewrite --above 1000; ok "a bare repository" "0 pointer" "$code $(kind main:x.bin)"; rewrite --undo; ok "and back" "0 $h" "$code $(git rev-parse main)"
git clone -q --shared "$work/base" "$work/shared"; cd "$work/shared" || exit 1; rewrite --above 1000; ok "objects in an alternate" "0 pointer " "$code $(kind main:x.bin) $(git status --porcelain)"
copy linkobjects; mv .git/objects "$work/elsewhere.objects"; ln -s "$work/elsewhere.objects" .git/objects; rewrite --above 1000; ok ".git/objects a symbolic link" "0 pointer " "$code $(kind main:x.bin) $(git status --porcelain)"
copy sub; mkdir -p d; cd d || exit 1; rewrite --above 1000; ok "from a subdirectory" "0 pointer" "$code $(kind main:x.bin)"

# ---- undo
copy newer; old=$(git rev-parse main); rewrite --above 1000; run=$("$lfsguard" rewrite --runs | cut -d' ' -f1); echo newer > n; commit newer; newer=$(git rev-parse HEAD)
refused "--undo after newer commits" "refs/heads/main" --undo "$run"
rewrite --undo "$run" --force; ok "--force puts back and keeps them" "0 $old $newer" "$code $(git rev-parse main) $(git for-each-ref --format='%(objectname)' refs/lfsguard/backup | grep "$newer")"
ok "and the work tree" "" "$(git status --porcelain)"
expect=128 rewrite --undo "$run"; ok "twice is refused" 128 $code
rewrite --forget "$run"; ok "--forget drops the backups" "0  " "$code $(git for-each-ref refs/lfsguard) $("$lfsguard" rewrite --runs)"
expect=128 rewrite --undo nonsense; ok "a run that is none" 128 $code

# A HEAD on no branch: named alike from every work tree, and where it is put between a run and its undoing is its own affair.
heads() { git rev-parse HEAD; git symbolic-ref -q HEAD; git status --porcelain; }
copy heads; git branch side HEAD~; git worktree add -q "$work/heads-linked" side; git checkout -q --detach main; before=$(heads); cd "$work/heads-linked" || exit 1; linked=$(heads)
rewrite --above 1000; ok "a run in a linked work tree moves the main one's detached HEAD, and leaves its own on its branch" "0 $(git rev-parse main)|$(git rev-parse side)
refs/heads/side" "$code $(git -C "$work/heads" rev-parse HEAD)|$(heads)"
ok "the plan names it HEAD" "HEAD refs/heads/main refs/heads/side" "$(cut -d' ' -f3 "$work/heads/.git/lfsguard/rewrite/"*/refs | sort | xargs)"
rewrite --undo; ok "and back, both of them" "0 $linked|$before" "$code $(heads)|$(cd "$work/heads" && heads)"
copy switched; old=$(git rev-parse main); git checkout -q --detach; rewrite --above 1000; git checkout -q main; rewrite --undo; ok "undo leaves a HEAD on the branch that it was put on since" "0 $old
refs/heads/main" "$code $(heads)"
copy detached-since; old=$(git rev-parse main); rewrite --above 1000; git checkout -q --detach; rewrite --undo; ok "undo takes along a HEAD that was put on a rewritten commit since" "0 $old $old" "$code $(heads) $(git rev-parse main)"
copy undo-refused; rewrite --above 1000; run=$("$lfsguard" rewrite --runs | cut -d' ' -f1); new=$(git rev-parse main); touch .git/refs/heads/main.lock; expect=128 rewrite --undo; ok "an undo that git refuses has not happened" "128 $new $run done" "$code $(git rev-parse main) $("$lfsguard" rewrite --runs | awk '{print $1, $3}')"
rm .git/refs/heads/main.lock; rewrite --undo; ok "and can be tried again" "0 $old" "$code $(git rev-parse main)"

# ---- what killed runs left behind
copy leftovers; mkdir -p .git/lfsguard .git/objects/pack; touch .git/objects/pack/tmp_pack_lfsguard_a .git/objects/pack/tmp_idx_lfsguard_a .git/objects/pack/tmp_pack_other .git/lfsguard/known-a .git/lfsguard/blob-a .git/lfsguard/objects-a
rewrite --above 1000; ok "a run removes temporary files of killed runs, and nobody else's" "0 .git/objects/pack/tmp_pack_other" \
  "$code $(find .git -name 'tmp_pack_*' -o -name 'tmp_idx_*' -o -name 'known-*' -o -name 'blob-*' -o -name 'objects-*' | sort | xargs)"
# A git that ends the run when refs and index are new and the first of the filters is set.
mkdir -p "$work/killing" && cat > "$work/killing/git" <<EOF
#!/bin/sh
case "\$*" in *"--replace-all filter.lfs.process "*) kill -9 \$PPID; exit 1 ;; esac
exec $(command -v git) "\$@"
EOF
chmod 755 "$work/killing/git"
copy unsettled; settings=$(git config --local --list); old=$(git rev-parse main)
(PATH=$work/killing:$PATH "$lfsguard" rewrite --yes --above 1000 >/dev/null 2>&1) 2>/dev/null
ok "killed between its refs and its filters" "moved" "$([ "$(git rev-parse main)" != "$old" ] && ! git config filter.lfs.process && echo moved)"
"$lfsguard" rewrite --runs > "$work/out" 2> "$work/err"
ok "a run is finished by the next command, whichever that is, filters and hooks with it" "done true yes 1" \
  "$(grep -o ' done ' "$work/out" | xargs) $(git config filter.lfs.required) $(test -x .git/hooks/pre-push && echo yes) $(grep -c 'finished the rewrite' "$work/err")"
git ls-files -z | head -z -n 3 | xargs -0 touch --; ok "status is clean" "" "$(git status --porcelain)"
rewrite --undo; ok "and its undoing takes filters and hooks out" "0 $old $settings none" "$code $(git rev-parse main) $(git config --local --list) $(test -e .git/hooks/pre-push || echo none)"
touch .git/config.lock; expect=128 rewrite --above 1000
ok "filters that cannot be set are an error that says how far it got" "128 lfsguard: the history is rewritten, but filters and hooks are not installed: $PWD/.git" "$code $(grep ^lfsguard: "$work/err")"
rm .git/config.lock; "$lfsguard" rewrite --runs > "$work/out" 2> "$work/err"; ok "and that the next command does the rest" "true 1" "$(git config filter.lfs.required) $(grep -c 'finished the rewrite' "$work/err")"
touch .git/config.lock; expect=128 rewrite --undo; rm .git/config.lock
ok "undoing likewise" "128 $old lfsguard: the rewrite is undone, but its filters and hooks are still there: $PWD/.git" "$code $(git rev-parse main) $(grep ^lfsguard: "$work/err")"
"$lfsguard" rewrite --runs > "$work/out" 2> "$work/err"; ok "which the next command takes out" "$settings none 1" "$(git config --local --list) $(test -e .git/hooks/pre-push || echo none) $(grep -c 'finished undoing' "$work/err")"

# ---- the other ways
copy norewrite; old=$(git rev-parse HEAD); rewrite --no-rewrite x.bin; ok "--no-rewrite makes one commit" "0 $old pointer plain " "$code $(git rev-parse HEAD~) $(kind HEAD:x.bin) $(kind HEAD~:x.bin) $(git status --porcelain)"
copy norewrite2; old=$(git rev-parse HEAD)
refused "--no-rewrite of a path that is not tracked" "no tracked file is there: nosuch" --no-rewrite x.bin nosuch
before=$(bytes); "$lfsguard" rewrite --no-rewrite x.bin < /dev/null > /dev/null 2> "$work/err"
ok "--no-rewrite without a terminal and --yes writes nothing" "128 lfsguard: nothing was written: there is no terminal to ask on $before" "$? $(head -1 "$work/err") $(bytes)"
rewrite --no-rewrite x.bin --dry-run; ok "--no-rewrite --dry-run shows the file and the ref, and writes nothing" "0 2 $before" "$code $(grep -c 'x\.bin   3\.9 KiB\|refs/heads/main' "$work/out") $(bytes)"
rewrite --no-rewrite x.bin --dry-run --format json; ok "its plan as JSON" "true [\"x.bin\", null]" "$(key dry_run) $(python3 -c 'import json,sys; v=json.load(open(sys.argv[1])); print(json.dumps([v["files"][0]["path"], v["refs"][0]["new"]]))' "$work/out")"
printf '#!/bin/sh\nexit 1\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit; expect=128 rewrite --no-rewrite x.bin
ok "a commit that the repository's hook refuses leaves index and files as they were" "128 $old  no" "$code $(git rev-parse HEAD) $(git status --porcelain) $([ -e .gitattributes ] && echo yes || echo no)"
rm .git/hooks/pre-commit; rewrite --no-rewrite x.bin --format json; ok "the commit as JSON" "0 \"$old\" \"$(git rev-parse HEAD)\"" "$code $(key refs.0.old) $(key refs.0.new)"
rewrite --export; ok "--export without --include: every pointer becomes a file" "0 plain" "$code $(kind HEAD:x.bin)"; run=$("$lfsguard" rewrite --runs | cut -d' ' -f1)
rewrite --runs --format json; ok "--runs as JSON" "\"$run\" \"done\" 1" "$(key runs.0.run) $(key runs.0.state) $(key runs.0.refs)"
for words in "--undo --forget" "--undo --dry-run" "--runs word" "--force" "--no-rewrite x.bin --above 1" "--forget --dry-run"; do
  # shellcheck disable=SC2086
  expect=129 rewrite $words; ok "$words is a usage error" 129 $code
done
rewrite --undo --format json; ok "--undo as JSON" "0 \"$run\" 1" "$code $(key undone.run) $(key undone.refs)"
rewrite --forget --format json; ok "--forget as JSON" "0 [\"$run\"]" "$code $(key forgotten)"
copy export; trees=$(git log --format=%T main); rewrite --above 1000; rewrite --export --include '*.bin'
ok "--export gives the contents back" "0 plain $(git rev-parse "$(echo "$trees" | head -1):x.bin") " "$code $(kind main:x.bin) $(git rev-parse main:x.bin) $(git status --porcelain)"
ok "and the trees but for .gitattributes" "$trees" "$(for c in $(git log --format=%H main); do git ls-tree "$c" | grep -v gitattributes | git mktree; done)"

# ---- git-lfs on a plain history: the same trees
if command -v git-lfs > /dev/null; then
  new peer; git lfs install --local > /dev/null; for i in 1 2 3 4; do big "f$i.bin" "f$i"; echo $i > small.txt; mkdir -p d; echo $i > d/s.bin; git -c filter.lfs.process= -c filter.lfs.required=false add -A .; git -c filter.lfs.process= -c filter.lfs.required=false commit -qm $i; done; git tag -a v -m v HEAD~
  cp -a . "$work/peer-lfs"; cp -a . "$work/peer-above"; cp -a . "$work/peer-lfs-above"; rewrite --include '*.bin'; run=$("$lfsguard" rewrite --runs | cut -d' ' -f1)
  (cd "$work/peer-lfs" && git lfs migrate import --everything --yes --include '*.bin' --object-map "$work/their.csv" > "$work/peer.log" 2>&1)
  ok "--include: files are what git-lfs makes of them" "$(git -C "$work/peer-lfs" log --format=%T main)" "$(git log --format=%T main)"
  ok "object-map.csv as git-lfs writes it" "$(sort "$work/their.csv")" "$(sort ".git/lfsguard/rewrite/$run/object-map.csv")"
  cd "$work/peer-above" || exit 1; rewrite --above 1000; (cd "$work/peer-lfs-above" && git lfs migrate import --everything --yes --above 1000b > "$work/peer.log" 2>&1)
  ls_all() { for c in $(git log --format=%H main); do git ls-tree -r "$c" | grep -v gitattributes; done; }
  ok "--above: files are what git-lfs makes of them" "$(cd "$work/peer-lfs-above" && ls_all)" "$(ls_all)"
  ok "and they lie in the store alike" "$(cd "$work/peer-lfs-above/.git/lfs/objects" && find . -type f | sort)" "$(cd .git/lfs/objects && find . -type f | sort)"
fi

# ---- a long history of notes: added, replaced, taken away, fanned out by git as they become many
new notes-history
python3 - <<'EOF' | git fast-import --quiet
import random, sys
put, choose = sys.stdout.write, random.Random(4)
for i in range(1, 601):
    put(f"commit refs/heads/main\nmark :{i}\ncommitter C <c@x> {1500000000 + i} +0000\ndata 1\nm\n")
    put(f"M 100644 inline f\ndata {len(str(i))}\n{i}\n" + ("M 100644 inline big\ndata 4000\n" + "b" * 4000 + "\n" if i == 200 else ""))
for i in range(60):
    put(f"commit refs/notes/commits\ncommitter C <c@x> {1600000000 + i} +0000\ndata 1\nn\n")
    for mark in choose.sample(range(1, 601), 25):
        put(f"N inline :{mark}\ndata {len(str(i))}\n{i}\n" if i < 45 or mark % 3 else f"N {'0' * 40} :{mark}\n")
EOF
git checkout -q main
rewrite --above 2000
notes() { for c in $(git rev-list "$1"); do echo "$(git ls-tree -r "$c" | sed 's|/||g')"; done; }
run=$("$lfsguard" rewrite --runs --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run"])')
ok "each commit of a notes ref has the notes that it had, on the new ids" "0 $(notes "refs/lfsguard/backup/$run/refs/notes/commits" | python3 -c '
import sys
moved = dict(line.split() for line in open(sys.argv[1]))
commits = []
for line in sys.stdin.read().splitlines():
    mode, kind, blob, name = line.split()
    print(mode, kind, blob, moved.get(name, name))
' ".git/lfsguard/rewrite/$run/commit-map" | sort | sha256sum)" "$code $(notes refs/notes/commits | sed 's/\t/ /' | sort | sha256sum)"
ok "and git reads them" "60 $(git rev-list --count "refs/lfsguard/backup/$run/refs/notes/commits") $(git ls-tree -r --name-only refs/notes/commits | sed 's|/||g' | sort | sha256sum)" "$(git rev-list refs/notes/commits --count) $(git rev-list refs/notes/commits --count) $(git notes list | cut -d' ' -f2 | sort | sha256sum)"
exit $failed
