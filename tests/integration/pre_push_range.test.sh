#!/usr/bin/env bash
# pre-push: what of a push is judged, what the remote is taken to have, and how a push is let through.
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/support/guarded_repository.sh"

# A guarded repository with one pushed commit and a bare remote "origin".
with_remote() {
  guarded_repository "$1"
  git init -q --bare "$work/$1.git" && git remote add origin "$work/$1.git"
  echo x >x && git add x && git commit -qm one && git push -q origin main 2>/dev/null || fail "a push of nothing large goes through"
}
# big PATH [SIZE]: a commit, made without hooks, that holds a large plain file.
big() { bytes "${2:-5000}" "$1" >"$1" && git add "$1" && git commit -q --no-verify -m "add $1"; }
refused() { # NAME GIT-PUSH-ARGUMENTS...
  local name=$1
  shift
  if git push -q "$@" >../said 2>&1; then fail "$name" "the push went through"; else pass "$name"; fi
}
goes() {
  local name=$1
  shift
  if git push -q "$@" >../said 2>&1; then pass "$name"; else fail "$name" "$(cat ../said)"; fi
}

case_refuses_and_names() {
  with_remote named
  big model.bin
  refused "a large plain file stops the push" origin main
  check "nothing was sent" "$(git rev-parse main~1)" "$(git -C ../named.git rev-parse main)"
  check_contains "path, size and limit are named" "model.bin   4.9 KiB   limit 1000 B" "$(cat ../said)"
  check_contains "the commit is named" "first in $(git rev-parse --short=7 main)" "$(cat ../said)"
  check_contains "the remedy touches only what is not pushed" "lfsguard rewrite --include /model.bin --ref refs/heads/main --exclude-ref refs/remotes/origin/main" "$(cat ../said)"
}

case_added_and_deleted_again() {
  with_remote deleted
  big gone.bin && git rm -q gone.bin && git commit -q --no-verify -m "remove it"
  refused "a file added and deleted again inside the range counts" origin main
  check_contains "and is named" gone.bin "$(cat ../said)"
}

case_what_the_remote_has() {
  with_remote grand
  big old.bin && git push -q --no-verify origin main && echo y >y && git add y && git commit -qm y
  goes "what the remote already has is not reported" origin main
  git mv old.bin new.bin && git commit -q --no-verify -m moved && goes "nor where its blob only moves to another path" origin main
  git init -q --bare ../second.git && git remote add second ../second.git
  refused "a new second remote has nothing yet" second main
  refused "nor has a URL that is no remote" ../second.git main
  goes "a URL is mapped back to the remote that has it" "$work/grand.git" main
  git push -q --no-verify second main && goes "what the second remote was given counts for it" second main:other
  git update-ref -d refs/remotes/origin/main && echo z >z && git add z && git commit -qm z
  goes "the remote's ids on standard input count where no tracking ref is" origin main
}

case_many_refs() {
  with_remote refs
  git checkout -q -b a && echo a >a && git add a && git commit -qm a && git checkout -q -b b main && big b.bin && git tag -a -m t annotated && git checkout -q main
  refused "one bad branch among many stops the push" origin main a b
  check_contains "with its file" b.bin "$(cat ../said)"
  goes "the others go" origin main a
  refused "an annotated tag is judged like its commit" origin annotated
  git tag blob "$(git rev-parse b:b.bin)"
  refused "a tag of a large blob" origin blob
  git tag tree "$(git rev-parse 'b^{tree}')"
  refused "a tag of a tree" origin tree
  goes "the deletion of a ref" origin :a
  goes "nothing at all" origin main
}

case_force_push() {
  with_remote force
  echo 2 >x && git commit -qam two && git push -q origin main 2>/dev/null && git reset -q --hard HEAD~1 && echo 3 >x && git commit -qam three
  goes "a force push of small files" -f origin main
  git reset -q --hard HEAD~1 && big f.bin
  refused "a force push is judged against all that the remote has" -f origin main
}

case_first_push_of_a_history() {
  guarded_repository whole && git init -q --bare "$work/whole.git" && git remote add origin "$work/whole.git"
  echo x >x && git add x && git commit -qm one && big w.bin && git rm -q w.bin && git commit -qm gone
  refused "the first push is judged from the first commit on" origin main
}

case_names_with_spaces() {
  with_remote spaces
  echo y >y && git add y && git commit -qm "fix bug"
  goes "a local ref with spaces" origin 'HEAD^{/fix bug}:refs/heads/from-search'
  big z.bin && git commit -q --amend --no-verify -m "fix worse bug"
  refused "a local ref with spaces is judged" origin 'HEAD^{/fix worse bug}:refs/heads/from-search'
}

case_empty_input() {
  with_remote empty
  check "empty standard input is fine" 0 "$("$hook" pre-push origin "$work/empty.git" </dev/null >/dev/null 2>&1; echo $?)"
  printf 'refs/heads/main nonsense\n' | "$hook" pre-push origin "$work/empty.git" 2>../said
  check "a line that is not git's is an error" 129 "${PIPESTATUS[1]}"
}

case_mirror_with_backups() {
  with_remote mirror
  git update-ref refs/lfsguard/backup/r1/refs/heads/main HEAD
  refused "push --mirror with backups" --mirror origin
  check_contains "is refused by name" refs/lfsguard/backup/r1/refs/heads/main "$(cat ../said)"
  check "and nothing was sent" "" "$(git -C ../mirror.git for-each-ref refs/lfsguard)"
}

case_modes_and_bypass() {
  with_remote modes
  big m.bin
  git config lfsguard.push warn && goes "push=warn lets it through" origin main
  check_contains "and says what it found" m.bin "$(cat ../said)"
  git config --unset lfsguard.push && big n.bin
  refused "push=block stops" origin main
  LFSGUARD_SKIP=1 goes "LFSGUARD_SKIP=1 lets one push through" origin main
  check_contains "said" "pre-push skipped by LFSGUARD_SKIP" "$(cat ../said)"
  check_contains "and logged" "pre-push skipped by LFSGUARD_SKIP" "$(cat .git/lfsguard/log)"
  printf '[[allow]]\npath = "o.bin"\nreason = "reviewed"\n' >.lfsguard.toml && big o.bin
  goes "an allowance lets a file through" origin main
  printf '[[allow]]\npath = "p.bin"\nreason = "was reviewed"\nuntil = 2020-01-01\n' >.lfsguard.toml && big p.bin
  refused "until its date" origin main
  echo 'threshold = "5 parsecs"' >.lfsguard.toml
  refused "a broken .lfsguard.toml stops the push" origin main
  check_contains "with the line" '.lfsguard.toml:1' "$(cat ../said)"
}

case_linked_work_tree() {
  with_remote trees
  git worktree add -q ../trees.linked -b linked && cd ../trees.linked || exit 1
  big l.bin
  refused "the hook in a linked work tree" origin linked
  LFSGUARD_SKIP=1 git push -q origin linked 2>/dev/null
  check_contains "a bypass is logged in the common git directory" pre-push "$(cat ../trees/.git/lfsguard/log)"
}

case_merge_against_all_parents() {
  with_remote merges
  git checkout -q -b side && big side.bin && git push -q --no-verify origin side && git checkout -q main && echo m >m && git add m && git commit -qm m && git merge -q --no-verify -m merge side
  goes "a merge is judged against all parents, also those that the remote has" origin main
}

case_lfs_objects_go_first() {
  with_remote objects
  bytes 5000 >o.bin && git add o.bin && git commit -qm o 2>/dev/null
  goes "a push with an LFS object" origin main
  oid=$(sha256sum <o.bin | cut -c-64)
  check "the object is in the remote's store" "$(sha256sum <o.bin)" "$(sha256sum <"../objects.git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid" 2>&1)"
}

case_quick_path() {
  with_remote quick
  command -v strace >/dev/null || { not_run "processes of a one-commit push" "no strace"; return; }
  echo y >y && git add y && git commit -qm y
  printf 'refs/heads/main %s refs/heads/main %s\n' "$(git rev-parse main)" "$(git rev-parse origin/main)" >../line
  strace -f -e trace=execve -o ../trace "$hook" pre-push origin "$work/quick.git" <../line
  check "a push of one commit starts two git processes" 2 "$(git_processes)"
}
run_cases
