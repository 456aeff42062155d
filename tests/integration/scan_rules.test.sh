#!/usr/bin/env bash
# The rules beside size: binary, lfs-oversize, too-many-entries, push-too-big, attributes-ignored, missing-object, wherever they are judged: staged, in
# history, pushed, received. The limits are those of a profile made for the test.
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/support/guarded_repository.sh"

# rules_of FLAGS...: "rule severity path size limit" of each finding, sorted.
rules_of() { "$lfsguard" scan "$@" --format json | json '"\n".join(sorted("%s %s %s %d %d" % (f["rule"], f["severity"], f["path"], f["size"], f["limit"]) for f in d["findings"]))'; }
# small_host KEY=VALUE...: a profile with these limits, chosen in the user's settings.
small_host() {
  mkdir -p "$HOME/.config/lfsguard"
  { printf 'profile = "small"\n[profiles.small]\n'; printf '%s\n' "$@"; } >"$HOME/.config/lfsguard/config.toml"
}
pointer() { printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize %s\n' "$1" "$2"; }
no_profile() { rm -f "$HOME/.config/lfsguard/config.toml"; }

case_binary() {
  guarded_repository binary
  small_host 'binary = "error"'
  printf 'a\0b' >b.dat && printf 'text\n' >t.txt && : >empty && printf 'a\0b' >covered.lfs && git add b.dat t.txt empty
  check "a binary file that is staged" "binary error b.dat 3 0" "$(rules_of --staged --strict)"
  check "only with all rules" "" "$(rules_of --staged)"
  goes "pre-commit makes a pointer of it" commit -qm one
  printf 'a\0b' >../want && is_pointer "a binary file" b.dat ../want
  printf 'c\0d' >c.dot && git add c.dot && git -c core.hooksPath=/dev/null commit -qm two
  check "in history" "binary error c.dot 3 0" "$(rules_of --strict | grep '^binary')"
  git init -q --bare ../binary.git && stopped "in a push" push -q ../binary.git main
  check_contains "named" "c.dot   3 B   binary, not in LFS" "$(cat ../said)"
  small_host 'binary = "warn"' && goes "as a warning it lets the push go" push -q ../binary.git main~1:refs/heads/other
  no_profile
}

case_lfs_oversize() {
  guarded_repository huge
  small_host 'lfs-object-max = "2000"' && git config lfsguard.rules.missing-object off
  printf '*.bin filter=lfs diff=lfs merge=lfs -text\n' >.gitattributes
  pointer 1 2000 >a && pointer 2 2001 >b && git add .gitattributes
  for name in a b; do git update-index --add --cacheinfo "100644,$(git hash-object -w --no-filters $name),$name.bin"; done
  check "an object over the host's limit for one, not one that just reaches it" "lfs-oversize error b.bin 2001 2000" "$(rules_of --staged --strict)"
  stopped "stops the commit" commit -qm one
  check_contains "named with the profile" "b.bin   2 KiB   limit 2 KiB (small)   too large for the host's LFS" "$(cat ../said)"
  git -c core.hooksPath=/dev/null commit -qm one
  check "in history" "lfs-oversize error b.bin 2001 2000" "$(rules_of --strict)"
  git init -q --bare ../huge.git && stopped "in a push" push -q ../huge.git main
  check_contains "before anything is sent" "stopped before anything was sent" "$(cat ../said)"
  no_profile
}

case_too_many_entries() {
  guarded_repository many
  small_host 'directory-entries-max = 5'
  mkdir -p d/e && for n in 1 2 3 4 5; do echo $n >d/e/f$n; done && git add d && git commit -qm one && pass "as many as the host takes are fine"
  echo 6 >d/e/f6 && git add d
  check "one more, staged" "too-many-entries error d/e 6 5" "$(rules_of --staged --strict)"
  stopped "stops the commit" commit -qm two
  git -c core.hooksPath=/dev/null commit -qm two
  check "in history" "too-many-entries error d/e 6 5" "$(rules_of --strict)"
  check "it is about no blob" '[null, null, ["refs/heads/main"]]' "$("$lfsguard" scan --strict --format json | json '[d["findings"][0][k] for k in ("blob", "commit", "refs")]')"
  check "only with all rules" "" "$(rules_of)"
  git init -q --bare ../many.git && stopped "in a push" push -q ../many.git main
  check_contains "with counts, not sizes" "d/e   6   limit 5   too many entries" "$(cat ../said)"
  echo change >d/e/f6 && git add d && goes "a directory that HEAD has so already stops no later commit" commit -qm three
  git mv d/e/f6 d/f6 && goes "nor does making it smaller" commit -qm four
  for n in 1 2 3 4 5; do echo "$n" >r$n; done && git add . && check "the top folder, its folders counted" "too-many-entries error / 6 5" "$(rules_of --staged --strict)"
  no_profile
}

case_push_too_big() {
  guarded_repository bulk
  git init -q --bare ../bulk.git && git remote add origin ../bulk.git && git config lfsguard.threshold 1MiB && git config gc.auto 0
  bytes 60000 1 >a && git add a && git commit -qm one && git push -q origin main
  small_host 'push-max = "100KiB"'
  bytes 60000 2 >b && git add b && git commit -qm two && goes "what the remote has is not counted" push -q origin main
  bytes 60000 3 >c && bytes 60000 4 >e && git add c e && git commit -qm three && stopped "loose objects count" push -q origin main
  check_contains "said" "this push   117" "$(cat ../said)"
  check_contains "with the limit" "limit 100 KiB   push is too big" "$(cat ../said)"
  check_contains "and is no file" "1 finding that must be mended first. Mend it: git push" "$(cat ../said)"
  git repack -qad && stopped "so do packed ones" push -q origin main
  goes "in parts it goes" push -q origin main~1:main
  git init -q --bare ../bulk2.git && stopped "to a new remote all of it counts" push -q ../bulk2.git main
  git checkout -q -b versions && git reset -q --hard main~2
  for n in 1 2 3 4; do { cat a; echo $n; } >f && git add f && git commit -qm "f $n"; done
  git push -q --no-verify origin main && goes "versions of one file that are small beside each other count as git packs them" push -q origin versions
  small_host 'push-max = "100KiB"' && printf '[rules]\npush-too-big = "warn"\n' >>"$HOME/.config/lfsguard/config.toml"
  goes "as a warning it lets the push go" push -q ../bulk2.git main
  check_contains "and says so" "push is too big" "$(cat ../said)"
  no_profile
}

case_attributes_ignored() {
  guarded_repository ignored
  printf 'models/ filter=lfs\n*.bin filter=lfs\ndata/ filter=lfs\n' >.gitattributes && git add .
  check "a line for a folder, staged: one finding" "attributes-ignored warning .gitattributes 0 0" "$(rules_of --staged --strict)"
  check "that says how it is written" 'Line 1, "models/", names a directory and covers no file; write "models/**"; so do 1 more.' \
    "$("$lfsguard" scan --staged --strict --format json | json 'd["findings"][0]["message"]')"
  goes "a warning stops nothing" commit -qm one
  cp .gitattributes ../kept
  git commit -q --allow-empty -m same && eval "$("$lfsguard" scan --strict --format json | json 'd["findings"][0]["remedy"]')"
  check "and its remedy mends the lines" "models/** filter=lfs
*.bin filter=lfs
data/** filter=lfs" "$(cat .gitattributes)"
  check "so that nothing is found in what is staged" "" "$(rules_of --staged --strict)"
  git reset -q --hard HEAD~1 && cmp .gitattributes ../kept
  echo x >x && git add x && git commit -qm two
  check "in history, once" "attributes-ignored warning .gitattributes 0 0" "$(rules_of --strict)"
  check "with the refs that reach it, and no blob" '[null, null, ["refs/heads/main"]]' "$("$lfsguard" scan --strict --format json | json '[d["findings"][0][k] for k in ("blob", "commit", "refs")]')"
  check "only with all rules" "" "$(rules_of)"
  check "in a range that brings nothing of it: nothing" "" "$(rules_of --strict --range HEAD~1..HEAD)"
  git init -q --bare ../ignored.git && goes "a push tells of it" push -q ../ignored.git main
  check_contains "and goes on" 'Line 1, "models/", names a directory' "$(cat ../said)"
  git init -q --bare ../strict.git && printf '[rules]\nattributes-ignored = "error"\n' >../strict.git/lfsguard.toml && put_hooks ../strict.git/hooks pre-receive
  stopped "a server may refuse it" push -q --no-verify ../strict.git main
  check_contains "and names the file" ".gitattributes   attributes without effect" "$(cat ../said)"
  printf '*.tmp\nsub/.gitattributes\n' >.gitignore && mkdir sub && echo '*.x filter=lfs' >sub/.gitattributes && echo y >sub/y.x && git add .gitignore sub/y.x
  check "an attributes file that an ignore rule hits, and a file that only it would cover" "attributes-ignored warning sub/.gitattributes 0 0
attributes-ignored warning sub/y.x 0 0
uncovered-pointer warning sub/y.x 126 0" "$(rules_of --staged --strict)"
  "$lfsguard" scan --staged --strict --format json | json '"\n".join(f["remedy"] for f in d["findings"] if f["rule"] == "attributes-ignored")' >../remedies
  check "both are mended by staging it" "git add -f -- sub/.gitattributes
git add -f -- sub/.gitattributes" "$(cat ../remedies)"
  . ../remedies && check "which it is then" "" "$(rules_of --staged --strict)"
}

case_track() {
  guarded_repository track
  printf 'track = ["*.safetensors", "/data/**", "!/data/plain"]\n' >.lfsguard.toml && mkdir data other
  echo s >m.safetensors && echo d >data/x && echo p >data/plain && echo o >other/y && : >empty.safetensors && ln -s m.safetensors link.safetensors
  check "what \`track\` names, in the work tree" "oversize error data/x 2 1
oversize error m.safetensors 2 1" "$(rules_of --worktree)"
  git add . && cp m.safetensors ../want.m && cp data/x ../want.x
  check "staged" "oversize error data/x 2 1
oversize error m.safetensors 2 1" "$(rules_of --staged)"
  check "in words" "data/x   2 B   limit 1 B (track)   not in LFS
m.safetensors   2 B   limit 1 B (track)   not in LFS" "$("$lfsguard" scan --staged | grep 'not in LFS')"
  git -c core.hooksPath=/dev/null commit -qm raw
  check "in history with all rules" "oversize error data/x 2 1
oversize error m.safetensors 2 1" "$(rules_of --strict)"
  check "a scan for large files alone does not look at small ones" "" "$(rules_of)"
  check "--above replaces it" "" "$(rules_of --strict --above 1000)"
  git init -q --bare ../track.git && stopped "in a push" push -q ../track.git main
  git init -q --bare ../tracking.git && echo 'track = ["*.safetensors"]' >../tracking.git/lfsguard.toml && put_hooks ../tracking.git/hooks pre-receive
  stopped "on a server" push -q --no-verify ../tracking.git main
  git update-ref -d HEAD && git add . && goes "pre-commit makes pointers whatever the size" commit -qm one
  is_pointer "a tracked extension" m.safetensors ../want.m
  is_pointer "a tracked folder" data/x ../want.x
  check "other files stay as they are" "o p 0" "$(git show HEAD:other/y) $(git show HEAD:data/plain) $(git cat-file -s HEAD:empty.safetensors)"
  check "the extension is covered by one pattern" "*.safetensors filter=lfs diff=lfs merge=lfs -text" "$(grep safetensors .gitattributes)"
  is_clean "after it"
  goes "and the push goes" push -q ../track.git main
}

case_growth() {
  guarded_repository growth
  printf 'growth = "allow"\n' >.lfsguard.toml && bytes 900 1 >small.bin && bytes 5000 2 >old.dat && git add . && git -c core.hooksPath=/dev/null commit -qm before
  check "what a first commit brings in is new" "oversize error old.dat 5000 1000" "$(rules_of)"
  bytes 2000 3 >small.bin && bytes 6000 4 >old.dat && bytes 7000 5 >new.bin && ln -sf "$(printf 'x%.0s' $(seq 1100))" link
  check "in the work tree: what is new, and what no file was before" "oversize error link 1100 1000
oversize error new.bin 7000 1000" "$(rules_of --worktree)"
  rm link && git add . && check "staged" "oversize error new.bin 7000 1000" "$(rules_of --staged --strict)"
  check "--above asks for all of it" "oversize error new.bin 7000 1000
oversize error old.dat 6000 1000
oversize error small.bin 2000 1000" "$(rules_of --staged --above 1000)"
  cp new.bin ../want && goes "the commit goes" commit -qm grown
  is_pointer "the new file" new.bin ../want
  check "the others stay plain, and no pattern covers them" "2000 6000 /new.bin filter=lfs diff=lfs merge=lfs -text" "$(git cat-file -s HEAD:small.bin) $(git cat-file -s HEAD:old.dat) $(cat .gitattributes)"
  is_clean "a commit with files that grew"
  check "in a range" "" "$(rules_of --range HEAD~1..HEAD)"
  git init -q --bare ../growth.git && git push -q --no-verify ../growth.git HEAD~1:refs/heads/main && git remote add origin ../growth.git && git fetch -q
  goes "the push goes" push -q origin main
  git mv old.dat moved.dat && bytes 6001 4 >moved.dat && git add . && check "at another path it is new" "oversize error moved.dat 6001 1000" "$(rules_of --staged)"
  git reset -q --hard && bytes 7001 5 >new.bin && git update-index --cacheinfo "100644,$(git hash-object -w --no-filters new.bin),new.bin" && git rm -q --cached .gitattributes
  check "what was a pointer is no file that git held" "oversize error new.bin 7001 1000" "$(rules_of --staged)"
  git reset -q --hard && git checkout -q -b theirs HEAD~1 && bytes 900 6 >both.txt && git add . && git commit -qm theirs && git checkout -q main && git merge -q --no-ff --no-commit theirs
  bytes 2000 7 >both.txt && git add . && check "a file of the branch that is being merged may grow in the merge" "" "$(rules_of --staged)"
  goes "which is committed" commit -qm merge
  check "and judged so in history" "" "$(rules_of --range HEAD~1..HEAD)"
  small_host 'reject = "3000"' && bytes 2500 8 >both.txt && bytes 3500 9 >small.bin && git add .
  check "what the host refuses is found all the same, by its limit" "oversize error small.bin 3500 3000" "$(rules_of --staged)"
  check_contains "and named" "small.bin   3.4 KiB   limit 2.9 KiB (small)" "$("$lfsguard" scan --staged 2>&1)"
  printf 'track = ["both.*"]\n' >>.lfsguard.toml && git add . && check "what \`track\` names is LFS whatever it was" "oversize error both.txt 2500 1000
oversize error small.bin 3500 3000" "$(rules_of --staged)"
  no_profile
}

case_missing_object() {
  guarded_repository missing
  printf '*.bin filter=lfs diff=lfs merge=lfs -text\n' >.gitattributes && pointer 7 12 >p && git add .gitattributes
  git update-index --add --cacheinfo "100644,$(git hash-object -w --no-filters p),a.bin" && git -c core.hooksPath=/dev/null commit -qm one
  git init -q --bare ../store.git && printf '[server]\nobjects = "here"\n' >../store.git/lfsguard.toml && put_hooks ../store.git/hooks pre-receive
  stopped "a server whose objects are here refuses a pointer without one" push -q --no-verify ../store.git main
  check_contains "by name" "a.bin   12 B   LFS object is missing" "$(cat ../said)"
  printf '[server]\nobjects = "elsewhere"\n' >../store.git/lfsguard.toml && goes "one whose objects are elsewhere takes it" push -q --no-verify ../store.git main
}

# The command that many findings end with is run as it stands, and then nothing is left to mend.
mended() { # NAME FLAGS...
  local name=$1 command; shift
  command=$("$lfsguard" scan "$@" --top 1 2>/dev/null | sed -n 's/.*Mend it: //p')
  check_contains "$name: a command" "lfsguard rewrite" "$command"
  sh -c "$lfsguard${command#lfsguard} --yes" >/dev/null 2>../said || cat ../said
  check "$name: after it nothing is found" "" "$(rules_of "$@")"
}
case_one_command_for_many() {
  guarded_repository crowd
  for i in 1 2 3 4 5 6 7 8 9 10; do yes $i | head -c 4000 >f$i.dat; done
  git add -A && git -c core.hooksPath=/dev/null commit -qm one && cp -a . ../crowd-raw
  mended "--above is named where it was given" --above 4000
  cd ../crowd-raw && printf '*.dat filter=lfs\n' >.gitattributes && git add .gitattributes && git -c core.hooksPath=/dev/null commit -qm covered
  mended "what attributes cover, small as it is" --strict
}
# followed NAME EXPECTED FLAGS...: what the commands that a scan names are, and that nothing is found once they were run.
followed() {
  local name=$1 expected=$2
  shift 2
  "$lfsguard" scan --format json "$@" | json '"\n".join(dict.fromkeys(f["remedy"] for f in d["findings"]))' >../remedies
  check "$name: the command" "$expected" "$(cat ../remedies)"
  (PATH=$LFSGUARD_BUILD:$PATH && . ../remedies) >../said 2>&1 || fail "$name: it runs" "$(cat ../said)"
  check "$name: after it nothing is found" "" "$(rules_of "$@")"
}

case_remedies_of_what_is_staged() {
  guarded_repository staged_remedies
  bytes 2000 >'a b.bin' && cp 'a b.bin' ../want && git add .
  followed "a large file" "lfsguard track '/a b.bin' && git add .gitattributes && git add --renormalize -- 'a b.bin'" --staged --strict
  goes "and the commit goes" commit -qm one
  is_pointer "with its pattern" 'a b.bin' ../want
  is_clean "a large file"
  bytes 2001 >w.dat && cp w.dat ../want
  followed "a large file in the work tree" "lfsguard track /w.dat && git add -- .gitattributes w.dat" --worktree
  echo '*.raw filter=lfs diff=lfs merge=lfs -text' >>.gitattributes && git add . && bytes 2002 >r.raw && git update-index --add --cacheinfo "100644,$(git hash-object -w --no-filters r.raw),r.raw"
  followed "a raw file under a pattern" "git add --renormalize -- r.raw" --staged --strict
  pointer 1 2000 | sed 's/$/\r/' >p.raw && git update-index --add --cacheinfo "100644,$(git hash-object -w --no-filters p.raw),p.raw"
  followed "a pointer with other line ends" "LFSGUARD_MODE=fix LFSGUARD_RULES_BAD_POINTER=error lfsguard hook pre-commit" --staged --strict
  git cat-file blob :w.dat >moved && git add moved
  followed "a pointer that no pattern covers" "lfsguard track /moved && git add .gitattributes" --staged --strict
  goes "and all that can be committed" commit -qm two
}

# From below the top, too: git tells a hook where that is.
case_remedies_from_below() {
  local top command
  guarded_repository 'be low' && git config lfsguard.mode block
  mkdir -p sub/dir && bytes 2000 >sub/dir/big.bin && git add . && bytes 2001 >sub/dir/untracked.bin && top=$(pwd) && cd sub/dir || return
  git commit -qm one >../../../said 2>&1 && fail "it went through"
  check_contains "a hook's command goes to the top" "Mend it: cd '$top' && lfsguard track /sub/dir/big.bin && git add .gitattributes" "$(cat ../../../said)"
  command=$(sed -n 's/.*Mend it: //p' ../../../said)
  check "as that of a scan does" "$command" "$("$lfsguard" scan --staged | sed -n 's/.*Mend it: //p')"
  check "and of one started elsewhere" "$command" "$(cd / && "$lfsguard" -C "$top/sub" scan --staged | sed -n 's/.*Mend it: //p')"
  check "what programs read is the same from anywhere" "$("$lfsguard" -C "$top" scan --staged --format json | json '[d["findings"], d["summary"]]')" \
    "$("$lfsguard" scan --staged --format json | json '[d["findings"], d["summary"]]')"
  (PATH=$LFSGUARD_BUILD:$PATH && eval "$command") >../../../said 2>&1 || fail "it runs" "$(cat ../../../said)"
  check "and mends it" "" "$("$lfsguard" scan --staged --format json | json '"".join(f["path"] for f in d["findings"])')"
  cd ../..
  check_contains "at the top nothing is gone to" "Mend it: lfsguard track /sub/dir/untracked.bin" "$("$lfsguard" scan --worktree)"
}

run_cases
