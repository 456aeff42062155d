#!/usr/bin/env bash
# A push refused by the server for a large file in an old commit is mended and pushed by one command; a collaborator follows the printed steps.
set -u
lfsguard=$LFSGUARD_BUILD/lfsguard hook=$LFSGUARD_BUILD/lfsguard-hook
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
unset XDG_CONFIG_HOME GIT_DIR LFSGUARD_SKIP HF_ENDPOINT
mkdir -p "$HOME" && git config --global user.name t && git config --global user.email t@example.com && git config --global init.defaultBranch main
failed=0
ok() { if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); failed=1; fi; }
mebibytes=${LFSGUARD_TEST_MEBIBYTES:-16}

git init -q --bare "$work/server.git"
printf '#!/bin/sh\nexec %s pre-receive "$@"\n' "$hook" > "$work/server.git/hooks/pre-receive" && chmod +x "$work/server.git/hooks/pre-receive"

# A first state that everybody has.
git clone -q "$work/server.git" "$work/alice" 2>/dev/null; cd "$work/alice" || exit 1
echo one > readme.txt && git add . && git commit -qm one && git push -q origin main
git clone -q "$work/server.git" "$work/bob" 2>/dev/null

# Alice commits a checkpoint (no hooks here), goes on, tags; her push is refused.
mkdir weights && head -c $((mebibytes * 1048576)) /dev/urandom > weights/model.bin && cp weights/model.bin "$work/model.bin"
git add . && git commit -qm "add checkpoint" && echo two >> readme.txt && git commit -qam two && git tag -a v1 -m "version 1"
git push -q origin main v1 > "$work/refused" 2>&1
ok "the server refuses the push" 1 $?
ok "and names the file and the command" 1 "$(grep -c 'Mend it: lfsguard rewrite' "$work/refused")"
old_main=$(git rev-parse main)

"$lfsguard" rewrite --push origin --yes > "$work/out" 2> "$work/err"
ok "one command mends and pushes" 0 $?
ok "git says nothing about grafts, which it was kept from" "" "$(grep -i graft "$work/err")"
ok "the server has the new history" "$(git rev-parse main)" "$(git -C "$work/server.git" rev-parse main)"
ok "the first commit, which everybody has, kept its id" "$(git rev-list --max-parents=0 main)" "$(git -C "$work/bob" rev-parse main)"
ok "the server holds no large blob" "" "$(git -C "$work/server.git" cat-file --batch-all-objects --batch-check='%(objectsize) %(objecttype)' | awk '$1 > 1000000')"
oid=$(sha256sum "$work/model.bin" | cut -d' ' -f1)
cmp "$work/model.bin" "$work/server.git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid" && ok "and the LFS object" 0 0 || ok "and the LFS object" 0 1
ok "the work tree is clean and untouched" "" "$(git status --porcelain)$(cmp weights/model.bin "$work/model.bin")"
ok "status lists this run, and nothing else of that folder" 1 "$("$lfsguard" status | grep -c "rewritten$")"
ok "strict fsck finds nothing" "" "$(git fsck --strict 2>&1 | grep -v dangling)"

# Bob, with a commit of his own, follows what was printed.
cd "$work/bob" || exit 1
git remote add alice "$work/alice" && git fetch -q alice "refs/lfsguard/backup/*:refs/old/*" 2>/dev/null
git reset -q --hard "$old_main" && echo mine > mine.txt && git add . && git commit -qm "bob's own work"
sed -n '/^Everybody else/,$p' "$work/err" | grep '^  ' | sed "s|lfsguard install|\"$lfsguard\" install --no-check|" > "$work/steps"
ok "steps were printed" yes "$([ -s "$work/steps" ] && echo yes)"
bash -e "$work/steps" > "$work/steps.log" 2>&1 || { cat "$work/steps.log"; failed=1; }
ok "his commit stands on the new history" "bob's own work
two
add checkpoint
one" "$(git log --format=%s main)"
ok "nothing of his is lost" mine "$(cat mine.txt)"
ok "his checkpoint is the content" "" "$(cmp weights/model.bin "$work/model.bin")"
ok "his large blob is not in what he would push" "" "$(git rev-list --objects main | cut -d' ' -f1 | git cat-file --batch-check='%(objectsize) %(objecttype)' | awk '$1 > 1000000')"
git push -q origin main > "$work/push.log" 2>&1; ok "and he can push" 0 $?

# What would be lost, and where nobody answers, is known before anything is written.
git init -q --bare "$work/shared.git"; git init -q "$work/carol"; cd "$work/carol" || exit 1; git remote add origin "$work/shared.git"
head -c 5000 /dev/urandom > x.bin && git add . && git commit -qm one && git push -q origin main
git clone -q "$work/shared.git" "$work/dave"; (cd "$work/dave" && echo dave > dave.txt && git add . && git commit -qm dave && git push -q origin main)
refused() { # NAME MESSAGE REMOTE
  local before code; before=$(git for-each-ref)
  "$lfsguard" rewrite --above 1000 --push "$3" --yes > "$work/out" 2> "$work/err"; code=$?
  ok "$1: refused, nothing written" "128 $2 $before $(git -C "$work/dave" rev-parse main)" "$code $(head -1 "$work/err") $(git for-each-ref) $(git -C "$work/shared.git" rev-parse main)"
}
refused "a remote with commits that are not here" "lfsguard: the remote has commits that are not here: refs/heads/main" origin
git fetch -q origin
refused "a remote with commits that were fetched, not merged" "lfsguard: the remote has commits that are not in what would take their place: refs/heads/main" origin
refused "a remote that does not answer" "lfsguard: the remote does not answer: nowhere" nowhere
git merge -q --ff-only origin/main; "$lfsguard" rewrite --above 1000 --push origin --yes > "$work/out" 2> "$work/err"
code=$?
ok "once they are merged it goes" "0 $(git rev-parse main)" "$code $(git -C "$work/shared.git" rev-parse main)"
exit $failed
