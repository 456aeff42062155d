#!/usr/bin/env bash
# Damaged, crafted, missing and unreadable objects: a clear error that names the thing, exit 128 (or 0 to 2 where the answer does not need it), no
# crash, nothing changed.
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/support/guarded_repository.sh"

repository() { cd "$work" && rm -rf "$1" && git init -q "$1" && cd "$1"; }
# Address space for the next commands of this subshell, where the program starts in it: a build with AddressSanitizer reserves terabytes.
little_memory() { if (ulimit -v 4000000 && "$lfsguard" --version >/dev/null 2>&1); then ulimit -v 4000000; fi; }
# ends NAME CODES WORDS FLAGS...: a scan's exit code is one of CODES and, where it is 128, its message holds WORDS.
ends() {
  local name=$1 codes=$2 words=$3 code
  shift 3
  timeout 60 "$lfsguard" scan --no-cache --format json "$@" >../out 2>../said
  code=$?
  case " $codes " in
    *" $code "*) ;;
    *) fail "$name" "exit $code: $(head -c 500 ../said)"; return ;;
  esac
  if [ $code = 128 ] && ! grep -q -- "$words" ../said; then fail "$name" "the message does not name $words: $(cat ../said)"; else pass "$name"; fi
}
packed() {
  repository "$1"
  for i in $(seq 30); do seq $((i * 3)) 400 >"f$((i % 7))"; bytes $((i * 90)) "$i" >"b$i.bin"; git add . && git commit -qm "$i"; done
  git repack -adfq && pack=$(echo .git/objects/pack/*.pack) && chmod u+w .git/objects/pack/*
}

case_cut_short() {
  packed cut
  for part in pack idx; do
    file=${pack%.pack}.$part && cp "$file" ../whole
    for size in 0 5 40 1100 $(($(stat -c %s ../whole) / 2)) $(($(stat -c %s ../whole) - 25)) $(($(stat -c %s ../whole) - 1)); do
      head -c "$size" ../whole >"$file"
      ends "a $part of $size bytes" "128" "pack-" --above 1000 --strict
    done
    cp ../whole "$file"
  done
}

case_flipped_bits() {
  packed flips
  for part in pack idx; do
    file=${pack%.pack}.$part && cp "$file" ../whole
    for try in $(seq 60); do
      python3 -c '
import random, sys
dice = random.Random(int(sys.argv[1])); data = bytearray(open(sys.argv[2], "rb").read())
for _ in range(dice.choice([1, 1, 4])): data[dice.randrange(8, len(data))] ^= 1 << dice.randrange(8)
open(sys.argv[3], "wb").write(data)' "$try" ../whole "$file"
      cp "$file" ../flipped
      ends "flipped $part, try $try" "0 1 2 128" "[0-9a-f]\{40\}" --above 1000 --strict >../line
      grep -v ^ok ../line && failed=$((failed + 1))
      cmp -s "$file" ../flipped || fail "a damaged $part is not changed"
    done
    pass "60 flips in a $part: no crash, every error names what is damaged"
    cp ../whole "$file"
  done
}

case_crafted_packs() {
  for kind in cycle self bomb-tree bomb-delta chain; do
    repository "crafted" && echo x >x && git add x && git commit -qm x && mkdir -p .git/objects/pack
    oid=$(python3 "$LFSGUARD_SOURCE/tests/support/craft_pack.py" $kind .git/objects/pack)
    codes="128" && case $kind in chain) codes="0 1" ;; bomb-*) codes="0 1 128" ;; esac
    (little_memory && ends "$kind: what is stored is surveyed, or the pack named" "$codes" "pack-\|$oid" --above 1000 && exit $failed) || failed=$((failed + 1))
    case $kind in bomb-*)
      commit=$(printf 'tree %s\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nbomb\n' "$oid" | git hash-object -t commit -w --literally --stdin)
      echo "$commit" >.git/refs/heads/bomb
      (little_memory && ends "$kind: a commit with it: no memory is taken for what a header says" "128" "pack-\|$oid" --above 1 --strict && exit $failed) || failed=$((failed + 1)) ;;
    esac
  done
}

case_missing_objects() {
  repository missing && bytes 3000 >m.bin && echo t >t && git add . && git commit -qm one && bytes 3100 1 >n.bin && git add . && git commit -qm two
  loose() { echo ".git/objects/$(git rev-parse "$1" | sed 's/^../&\//')"; }
  blob=$(loose HEAD:m.bin) && mv "$blob" ../kept
  ends "a tree that names a missing blob: what is here is judged" "1" "" --above 1000
  check "the blob that is here is found" '["n.bin"]' "$(json '[f["path"] for f in d["findings"]]' <../out)"
  mv ../kept "$blob" && commit=$(loose HEAD~1) && mv "$commit" ../kept
  ends "a missing commit" "128" "$(basename "$(dirname "$commit")")$(basename "$commit")" --above 1000
  mv ../kept "$commit" && for bytes in 0 1 20; do
    chmod u+w "$commit" && cp "$commit" ../kept && head -c $bytes ../kept >"$commit"
    ends "a loose commit of $bytes bytes" "128" "$(basename "$commit")" --above 1000
    cp ../kept "$commit"
  done
  mkdir -p .git/objects/ab && echo "not an object" >.git/objects/ab/"$(printf 'c%.0s' {1..38})"
  ends "a loose file that is no object" "128" "ab/cccc" --above 1000
  rm .git/objects/ab/cccc* && echo 1234567890123456789012345678901234567890 >.git/refs/heads/lost
  ends "a ref that names nothing" "128" "1234567890123456789012345678901234567890\|refs/heads/lost" --above 1000
  ends "also where nothing is large" "128" "refs/heads/lost" --above 1MiB
  ends "a scan of another ref does not ask for it" "0" "" --above 1MiB --ref main
  rm .git/refs/heads/lost && mv "$commit" ../kept
  ends "a range with a commit that is missing is no mistake of who asks" "128" "cannot list the commits of this range" --range "$(git commit-tree -m other "HEAD^{tree}")..main"
  mv ../kept "$commit" && git repack -adq && for index in .git/objects/pack/*.idx; do mv "$index" ../kept.idx; done
  ends "a pack whose index is gone" "128" "object is missing" --above 1MiB
}

case_alternates() {
  repository alternates && bytes 3000 >m.bin && git add . && git commit -qm one && echo "$PWD/.git/objects" >.git/objects/info/alternates
  ends "an alternate that names itself" "1" "" --above 1000
  echo /nowhere/objects >.git/objects/info/alternates
  ends "an alternate that is gone" "1" "" --above 1000
  cd .. && rm -rf borrower && git clone -qs alternates borrower && mv alternates elsewhere && cd borrower
  ends "one that is gone with what refs name" "128" "refs/heads/main" --above 1MiB
}

case_unreadable() {
  [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || { not_run "unreadable files" "not root, or no setpriv"; return; }
  packed locked && cp -r .git ../locked.git.kept && chmod 755 "$work" && chown -R 65534 . && git config --global --add safe.directory '*' && chmod -R a+rX "$HOME"
  as_nobody() { setpriv --reuid 65534 --clear-groups --inh-caps=-all "$@"; }
  chmod 000 "$pack"
  as_nobody "$lfsguard" scan --above 1000 >/dev/null 2>../said
  check "an unreadable pack: exit 128" 128 $?
  check_contains "and it is named" "$(basename "$pack")" "$(cat ../said)"
  chmod 444 "$pack" && echo 'threshold = 1' >.lfsguard.toml && chmod 000 .lfsguard.toml
  as_nobody "$lfsguard" scan --above 1000 >/dev/null 2>../said
  check "an unreadable .lfsguard.toml: exit 128" 128 $?
  check_contains "and it is named" ".lfsguard.toml" "$(cat ../said)"
  rm -f .lfsguard.toml && bytes 4000 new >new.bin && chown 65534 new.bin && as_nobody git add new.bin && cp .git/index ../index && mkdir -p .git/lfs && chown 0 .git/lfs && chmod 755 .git/lfs && git config lfsguard.threshold 3000
  as_nobody "$lfsguard" hook pre-commit >/dev/null 2>../said
  check "a store that cannot be written: the commit stops" 128 $?
  check_contains "and the folder is named" ".git/lfs" "$(cat ../said)"
  check "the staged blob is still staged" "$(sha256sum <new.bin)" "$(git show :new.bin | sha256sum)"
}

case_full_disk() {
  [ "$(id -u)" = 0 ] && command -v unshare >/dev/null || { not_run "a full disk" "not root"; return; }
  # In a chroot, whose root is no mount point, propagation cannot be changed.
  own_mounts=(unshare -m)
  "${own_mounts[@]}" true 2>/dev/null || own_mounts=(unshare -m --propagation unchanged)
  "${own_mounts[@]}" true 2>/dev/null || { not_run "a full disk" "no mounts of its own"; return; }
  mkdir -p "$work/small" && "${own_mounts[@]}" bash -c '
    mount -t tmpfs -o size=4m none "$1/small" 2>/dev/null || exit 77
    cd "$1/small" && git init -q . && git config lfsguard.threshold 1000 && head -c 1100000 /dev/urandom >f.bin && sha256sum <f.bin >"$1/sum" && git add f.bin
    head -c 1300000 /dev/urandom >fill && sync
    "$2" hook pre-commit >/dev/null 2>"$1/said"
    echo $? >"$1/code"
    git show :f.bin | sha256sum >"$1/staged"; sha256sum <f.bin >"$1/file"; rm fill
    "$2" hook pre-commit 2>/dev/null && git show :f.bin | head -1 >"$1/after"' sh "$work" "$lfsguard"
  [ $? != 77 ] || { not_run "a full disk" "no tmpfs"; return; }
  check "a full disk: the commit stops" 128 "$(cat "$work/code")"
  check_contains "and says so" "No space left" "$(cat "$work/said")"
  check "the staged blob and the file are untouched" "$(cat "$work/sum" "$work/sum")" "$(cat "$work/staged" "$work/file")"
  check "with room again it works" "version https://git-lfs.github.com/spec/v1" "$(cat "$work/after")"
}

case_broken_index() {
  repository index && echo x >x && git add x && git commit -qm x && echo garbage >.git/index
  "$hook" pre-commit >/dev/null 2>../said
  check "a broken index: exit 128" 128 $?
  check_contains "in git's own words" index "$(cat ../said)"
  ends "a history scan does not need it" "0" "" --above 1000
}

case_flipped_midx_and_commit_graph() {
  packed graphs && git commit-graph write --reachable 2>/dev/null && echo y >y && git add y && git commit -qm y && git repack -dq && git multi-pack-index write && chmod -R u+w .git/objects
  for file in .git/objects/pack/multi-pack-index .git/objects/info/commit-graph; do
    cp "$file" ../whole
    for try in $(seq 40); do
      python3 -c '
import random, sys
dice = random.Random(int(sys.argv[1])); data = bytearray(open(sys.argv[2], "rb").read())
if dice.random() < 0.2: data = data[:dice.randrange(len(data))]
else: data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
open(sys.argv[3], "wb").write(data)' "$try" ../whole "$file"
      ends "flipped $file, try $try" "0 1 2 128" "" --above 1000 --strict >../line
      grep -v ^ok ../line && failed=$((failed + 1))
    done
    pass "40 flips in $(basename $file): no crash"
    cp ../whole "$file"
  done
}
run_cases
