#!/usr/bin/env bash
# pre-commit's modes, allowances, bad pointers, bypass; the hooks that can only stop (merge, am); and a fix that is killed half way.
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/support/guarded_repository.sh"


case_block_and_warn() {
  guarded_repository modes
  echo x >x && git add x && git commit -qm one && git config lfsguard.mode block && bytes 2000 >m.bin && git add m.bin
  stopped "mode=block stops the commit" commit -qm two
  check "and says what and how" "m.bin   2 KiB   limit 1000 B (git config)   not in LFS
1 file, 2 KiB staged must not be committed. Mend it: lfsguard track /m.bin && git add .gitattributes && git add --renormalize -- m.bin
lfsguard: commit stopped (lfsguard.mode is \"block\")" "$(cat ../said)"
  is_clean "mode=block leaves all as it was" "A  m.bin"
  git config lfsguard.mode warn
  goes "mode=warn lets it through" commit -qm two
  check_contains "and says what it found" m.bin "$(cat ../said)"
  check "the raw blob is committed" "$(sha256sum <m.bin)" "$(git show HEAD:m.bin | sha256sum)"
}

case_allowances_and_limits() {
  guarded_repository allow
  printf 'threshold = 1000\nwarn = 500\n[[limit]]\npath = "*.csv"\nthreshold = 100\n[[allow]]\npath = "docs/*"\nreason = "reviewed"\n' >.lfsguard.toml && git config --unset lfsguard.threshold
  git add . && git commit -qm policy
  mkdir docs && bytes 5000 1 >docs/m.pdf && bytes 150 2 >t.csv && cp t.csv ../want && bytes 600 3 >w.txt && git add . && goes "a commit with an allowance, a limit and a warning" commit -qm two
  check "what is allowed stays plain" "$(sha256sum <docs/m.pdf)" "$(git show HEAD:docs/m.pdf | sha256sum)"
  is_pointer "a limit of its own" t.csv ../want
  check "a warning stays plain" "$(sha256sum <w.txt)" "$(git show HEAD:w.txt | sha256sum)"
  check_contains "and is said" "w.txt" "$(cat ../said)"
  echo 'threshold = "2KiB"' >.lfsguard.toml && bytes 1500 4 >n.img && cp n.img ../want && git add n.img && goes "the staged .lfsguard.toml holds, not the work tree's" commit -qm three
  is_pointer "the staged .lfsguard.toml" n.img ../want
  rm .lfsguard.toml && bytes 1501 5 >o.img && cp o.img ../want && git add o.img && goes "also where it is deleted in the work tree" commit -qm four
  is_pointer "a .lfsguard.toml in the index alone" o.img ../want
  echo 'threshold = [' >.lfsguard.toml && git add .lfsguard.toml && echo y >y && git add y
  stopped "a broken .lfsguard.toml stops the commit" commit -qm five
  check_contains "with its line" ".lfsguard.toml" "$(cat ../said)"
}

case_bad_pointers() {
  guarded_repository bad
  printf '*.bin filter=lfs diff=lfs merge=lfs -text\n' >.gitattributes && git add . && git commit -qm one
  stage() { git update-index --add --cacheinfo "100644,$(printf '%s' "$2" | git hash-object -w --stdin),$1"; }
  local oid
  oid=$(printf x | sha256sum | cut -c-64)
  crlf=$(printf 'version https://git-lfs.github.com/spec/v1\r\noid sha256:%s\r\nsize 1\r\n' "$oid")
  stage a.bin "$crlf"
  goes "a bad pointer is a warning" commit -qm two
  check_contains "that is said" "a.bin" "$(cat ../said)"
  printf '[rules]\nbad-pointer = "error"\n' >.lfsguard.toml && git add .lfsguard.toml && stage b.bin "$crlf"
  goes "with bad-pointer = error it is mended" commit -qm three
  check "into canonical form" "$(printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 1' "$oid")" "$(git show HEAD:b.bin)"
  stage c.bin "version https://git-lfs.github.com/spec/v1
nonsense"
  stopped "one that no client reads stops the commit" commit -qm four
  check_contains "and is named" c.bin "$(cat ../said)"
  check "no object was made of it" "" "$(find .git/lfs -type f 2>/dev/null)"
}

case_bypass() {
  guarded_repository bypass
  bytes 2000 >m.bin && git add m.bin && LFSGUARD_SKIP=1 goes "LFSGUARD_SKIP=1 lets one commit through" commit -qm one
  check_contains "said" "pre-commit skipped by LFSGUARD_SKIP" "$(cat ../said)"
  check_contains "and logged" "pre-commit skipped by LFSGUARD_SKIP" "$(cat .git/lfsguard/log)"
  check "the raw blob is committed" "$(sha256sum <m.bin)" "$(git show HEAD:m.bin | sha256sum)"
  bytes 2000 1 >n.bin && git add n.bin && LFSGUARD_SKIP=0 git commit -qm two 2>/dev/null
  is_pointer "LFSGUARD_SKIP=0 skips nothing" n.bin n.bin
  bytes 2000 2 >o.bin && git add o.bin && LFSGUARD_SKIP=false git commit -qm three 2>/dev/null
  is_pointer "nor does LFSGUARD_SKIP=false" o.bin o.bin
}

case_merge() {
  guarded_repository merge
  echo x >x && git add x && git commit -qm one && git checkout -q -b side && bytes 2000 1 >side.bin && git add . && git commit -q --no-verify -m side && git checkout -q main && echo y >y && git add y && git commit -qm y
  goes "a merge of what a parent holds is let through" merge -q -m merge side
  git checkout -q -b a && echo a >c && git add c && git commit -qm a && git checkout -q -b b main && echo b >c && git add c && git commit -qm b && git merge -q a >/dev/null 2>&1
  bytes 3000 2 >c && cp c ../want && bytes 3001 3 >evil.bin && cp evil.bin ../want.evil && git add c evil.bin
  goes "the commit that concludes a merge is mended" commit -qm merged
  is_pointer "a resolved conflict" c ../want
  is_pointer "a file added to a merge" evil.bin ../want.evil
  check "the merge has two parents" 2 "$(git log -1 --format=%P | wc -w)"
  is_clean "a mended merge"
  git checkout -q -b d main && git checkout -q -b e main && echo e >e && git add e && git commit -qm e && git checkout -q d && echo d >d && git add d && git commit -qm d
  git merge -q --no-commit e 2>/dev/null && bytes 2002 4 >m.bin && cp m.bin ../want && git add m.bin && "$hook" pre-merge-commit 2>../said
  check "pre-merge-commit stops on what no parent has" 1 $?
  check_contains "and says how to go on" "git commit" "$(cat ../said)"
  goes "which works" commit -qm "merge e"
  is_pointer "after a stopped merge" m.bin ../want
}

case_am() {
  guarded_repository am
  echo x >x && git add x && git commit -qm one && git checkout -q -b side && python3 -c 'for i in range(400): print("line", i)' >big.txt && cp big.txt ../want && git add . && git commit -q --no-verify -m "add big" && git format-patch -q -1 -o .. && git checkout -q main
  stopped "git am of a large file stops" am -q ../0001-add-big.patch
  check_contains "and says how to go on" "git am --continue" "$(cat ../said)"
  "$lfsguard" hook pre-commit >../said 2>&1 || fail "lfsguard hook pre-commit by hand" "$(cat ../said)"
  goes "which works" am --continue
  is_pointer "after a stopped am" big.txt ../want
  is_clean "after a stopped am"
  echo y >y && git add y && git commit -q -m small && git format-patch -q -1 -o .. && git reset -q --hard HEAD~1 && goes "a small patch goes" am -q ../0001-small.patch
}

case_killed() {
  guarded_repository killed
  echo x >x && git add x && git commit -qm one && bytes 300000 >k.bin && cp k.bin ../want && python3 -c 'for i in range(300): open("f%d.k" % i, "w").write(str(i) * 900)' && git add . && cp .git/index ../index
  for try in $(seq 50); do
    cp ../index .git/index && rm -f .gitattributes && rm -rf .git/lfs
    git cat-file -e :k.bin || fail "the staged blob is there"
    # Every part of the fix gets its turn: the kill comes 8 to 400 ms after the start.
    (timeout -s KILL "0.$(printf %03d $((try * 8)))" "$lfsguard" hook pre-commit >/dev/null 2>&1; :) 2>/dev/null
    rm -f .git/index.lock
    for path in k.bin f7.k; do
      staged=$(git show ":$path" 2>/dev/null | sha256sum)
      [ "$staged" = "$(sha256sum <"$path")" ] || [ "$staged" = "$(pointer_of "$path" | sha256sum)" ] || fail "try $try: the index is the old or the new one" "$(git show ":$path" 2>&1 | head -c 300)"
      if [ "$staged" = "$(pointer_of "$path" | sha256sum)" ]; then
        oid=$(sha256sum <"$path" | cut -c-64)
        cmp -s "$path" ".git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid" || fail "try $try: a pointer in the index has its object"
      fi
    done
    cmp -s k.bin ../want || fail "try $try: the file is untouched"
  done
  pass "50 kills: the index is old or new, every pointer has its object, files are untouched"
  goes "the next commit works" commit -qm two
  is_pointer "after all kills" k.bin ../want
  is_clean "after all kills"
}

case_quick_path() {
  guarded_repository quick
  command -v strace >/dev/null || { not_run "processes of a commit with nothing to mend" "no strace"; return; }
  echo x >x && git add x && git commit -qm one
  strace -f -e trace=execve -o ../trace "$hook" pre-commit
  check "nothing staged: two git processes" 2 "$(git_processes)"
  echo y >y && git add y && strace -f -e trace=execve -o ../trace "$hook" pre-commit
  check "a small file staged: two" 2 "$(git_processes)"
  printf '*.bin filter=lfs diff=lfs merge=lfs -text\n' >.gitattributes && mkdir sub && printf 'n.bin -filter\n' >sub/.gitattributes && bytes 2000 >b.bin && git add . && git commit -qm two
  bytes 2001 >c.bin && bytes 10 >sub/n.bin && git add . && strace -f -e trace=execve -o ../trace "$hook" pre-commit
  check "a file that LFS covers, and attributes that are as they were: two" 2 "$(git_processes)"
  git pack-refs --all && git checkout -q --detach && git commit -qm three && printf '*.txt -filter\n' >>.gitattributes && git add . && strace -f -e trace=execve -o ../trace "$hook" pre-commit
  check "attributes staged, HEAD detached: two" 2 "$(git_processes)"
}
# As where another program calls the hook in a repository that nobody installed anything in.
case_no_filters() {
  guarded_repository unfiltered
  git config --remove-section filter.lfs
  bytes 2000 >m.bin && git add . && goes "without LFS filters the pointer is made all the same" commit -qm one
  check "and what is missing is said" "lfsguard: m.bin (2 KiB) is now an LFS pointer
lfsguard: added to .gitattributes: *.bin filter=lfs diff=lfs merge=lfs -text
lfsguard: git has no LFS filters here, so checkouts give pointers
hint: lfsguard install" "$(cat ../said)"
  "$lfsguard" install --no-check >/dev/null 2>&1 && is_clean "done so, with filters"
}

run_cases
