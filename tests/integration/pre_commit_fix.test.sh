#!/usr/bin/env bash
# pre-commit in mode fix: whatever way a commit is made, it holds a pointer, the object is stored, and the user's own edits stay as they were.
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/support/guarded_repository.sh"

case_plain_commit() {
  guarded_repository plain
  echo small >small.txt && git add small.txt && git commit -qm one && bytes 5000 >big.bin && cp big.bin ../want && git add big.bin
  said=$(git commit -qm two 2>&1) || fail "a plain commit goes through" "$said"
  check "a fixed commit says what was done" "lfsguard: big.bin (4.9 KiB) is now an LFS pointer
lfsguard: added to .gitattributes: *.bin filter=lfs diff=lfs merge=lfs -text" "$said"
  is_pointer "plain commit" big.bin ../want
  is_clean "plain commit"
  check "the pattern is in the commit" "*.bin filter=lfs diff=lfs merge=lfs -text" "$(git show HEAD:.gitattributes)"
  check "the file in the work tree is untouched" "$(sha256sum <../want)" "$(sha256sum <big.bin)"
  check "the small file is as it was" small "$(git show HEAD:small.txt)"
}

case_first_commit() {
  guarded_repository first
  bytes 1000 >at.bin && bytes 999 >below.dat && cp at.bin ../want && git add . && git commit -qm one 2>/dev/null
  is_pointer "first commit" at.bin ../want
  check "a file below the threshold stays plain" "$(sha256sum <below.dat)" "$(git show HEAD:below.dat | sha256sum)"
  is_clean "first commit"
}

case_commit_all() {
  guarded_repository all
  echo v1 >model.bin && echo x >other && git add . && git commit -qm one
  bytes 3000 >model.bin && cp model.bin ../want && echo y >other && git commit -qam two 2>/dev/null
  is_pointer "commit -a" model.bin ../want
  check "commit -a takes the rest, too" y "$(git show HEAD:other)"
  is_clean "commit -a"
}

case_commit_path() {
  guarded_repository path
  echo base >a.txt && echo base >staged.txt && printf '*.md text\n' >.gitattributes && git add . && git commit -qm one
  echo staged >staged.txt && printf '*.md text\n*.staged -text\n' >.gitattributes && git add staged.txt .gitattributes
  printf '*.md text\n*.staged -text\n*.unstaged -text\n' >.gitattributes
  bytes 3000 >big.bin && cp big.bin ../want && git add big.bin
  git commit -qm two big.bin 2>../said || fail "commit PATH goes through" "$(cat ../said)"
  is_pointer "commit PATH" big.bin ../want
  check "commit PATH: staged lines of .gitattributes do not leak into the commit" "*.md text
*.bin filter=lfs diff=lfs merge=lfs -text" "$(git show HEAD:.gitattributes)"
  check "commit PATH: the index keeps its staged line" "*.md text
*.staged -text
*.bin filter=lfs diff=lfs merge=lfs -text" "$(git show :.gitattributes)"
  check "commit PATH: the work tree keeps its own" "*.md text
*.staged -text
*.unstaged -text
*.bin filter=lfs diff=lfs merge=lfs -text" "$(cat .gitattributes)"
  is_clean "commit PATH" "MM .gitattributes
M  staged.txt"
  check "commit PATH: other staged files are not in the commit" base "$(git show HEAD:staged.txt)"
}

case_commit_path_beside_a_small_file() {
  guarded_repository beside
  bytes 50 >small.bin && git add small.bin && bytes 3000 >big.bin && cp big.bin ../want && git add big.bin
  git commit -qm one big.bin 2>../said || fail "commit PATH beside a small file" "$(cat ../said)"
  is_pointer "commit PATH beside a small file" big.bin ../want
  check "no pattern covers what stays staged as it is" "/big.bin filter=lfs diff=lfs merge=lfs -text" "$(git show HEAD:.gitattributes)"
  is_clean "commit PATH beside a small file" "A  small.bin"
}

case_amend() {
  guarded_repository amend
  echo one >a && git add a && git commit -qm one && bytes 2000 >b.bin && cp b.bin ../want && git add b.bin && git commit -q --amend --no-edit 2>/dev/null
  is_pointer "--amend" b.bin ../want
  check "--amend leaves one commit" 1 "$(git rev-list --count HEAD)"
  is_clean "--amend"
}

case_partial_staging() {
  guarded_repository partial
  python3 -c 'print("\n".join("line %d" % i for i in range(400)))' >log.txt && cp log.txt ../want && git add log.txt
  echo "not staged" >>log.txt && cp log.txt ../edited
  said=$(git commit -qm one 2>&1)
  is_pointer "partly staged" log.txt ../want
  check "partly staged: the unstaged edit is still there" "$(sha256sum <../edited)" "$(sha256sum <log.txt)"
  is_clean "partly staged" " M log.txt"
  check_contains "partly staged: a note says what the object was made of" "made of what is staged" "$said"
  git commit -qam two 2>/dev/null
  is_pointer "the next commit takes the edit" log.txt ../edited
  is_clean "the next commit"
}

case_crlf() {
  guarded_repository crlf
  git config core.autocrlf true
  python3 -c 'import sys; sys.stdout.write("".join("line %d\r\n" % i for i in range(300)))' >t.txt && cp t.txt ../want && git add t.txt 2>/dev/null
  git commit -qm one 2>/dev/null
  is_pointer "autocrlf: the object is made of the file's bytes" t.txt ../want
  is_clean "autocrlf"
  git rm -q --cached t.txt && rm t.txt && git reset -q --hard && check "autocrlf: a checkout brings the same bytes" "$(sha256sum <../want)" "$(sha256sum <t.txt)"
}

case_ident_and_encoding() {
  guarded_repository ident
  printf '*.id ident\n*.u16 text working-tree-encoding=UTF-16LE\n' >.gitattributes && git add . && git commit -qm one
  { echo '$Id: 0123456789012345678901234567890123456789 $'; python3 -c 'print("x" * 2000)'; } >f.id && cp f.id ../want.id
  python3 -c 'import sys; sys.stdout.buffer.write(("line\n" * 800).encode("utf-16-le"))' >f.u16 && cp f.u16 ../want.u16
  git add . && git commit -qm two 2>../said || fail "ident and working-tree-encoding" "$(cat ../said)"
  is_pointer "ident" f.id ../want.id
  is_pointer "working-tree-encoding" f.u16 ../want.u16
  is_clean "ident and working-tree-encoding"
}

case_linked_work_tree() {
  guarded_repository main_tree
  echo x >x && git add x && git commit -qm one && git worktree add -q ../linked -b other && cd ../linked || exit 1
  bytes 2000 >w.bin && cp w.bin ../want && git add w.bin && git commit -qm two 2>../said || fail "linked work tree" "$(cat ../said)"
  is_pointer "linked work tree" w.bin ../want
  is_clean "linked work tree"
  [ -d ../main_tree/.git/lfs/objects ] && pass "objects of a linked work tree go to the common store" || fail "objects of a linked work tree go to the common store"
}

case_submodule() {
  guarded_repository inner && echo i >i && git add i && git commit -qm i
  guarded_repository outer && git submodule add -q ../inner sub 2>/dev/null && git commit -qm sub
  cd sub || { fail "a submodule"; return; }
  put_hooks "$(git rev-parse --git-path hooks)" pre-commit && git config lfsguard.threshold 1000
  git config filter.lfs.clean "'$lfsguard' lfs clean -- %f" && git config filter.lfs.smudge "'$lfsguard' lfs smudge -- %f"
  bytes 2000 >s.bin && cp s.bin ../../want && git add s.bin && git commit -qm in 2>../../said || fail "inside a submodule" "$(cat ../../said)"
  is_pointer "inside a submodule" s.bin ../../want
  is_clean "inside a submodule"
  cd .. && git add sub && git commit -qm bump && is_clean "a submodule entry is no blob"
}

case_renamed_pointer() {
  guarded_repository moved
  bytes 2000 >m.bin && cp m.bin ../want && printf '/m.bin filter=lfs diff=lfs merge=lfs -text\n' >.gitattributes && git add . && git commit -qm one
  git mv m.bin moved.dat && git commit -qm two 2>../said || fail "a moved pointer" "$(cat ../said)"
  is_pointer "a pointer moved to an uncovered path" moved.dat ../want
  check "a moved pointer gets a pattern" "filter: lfs" "$(git check-attr --cached filter moved.dat | sed 's/.*filter/filter/')"
  is_clean "a moved pointer"
}

case_raw_at_covered_path() {
  guarded_repository raw
  printf '*.bin filter=lfs diff=lfs merge=lfs -text\n' >.gitattributes && git add . && git commit -qm one
  bytes 50 >tiny.bin && cp tiny.bin ../want && git -c filter.lfs.required=false -c filter.lfs.clean= -c filter.lfs.process= add tiny.bin
  check "the raw blob is staged" "$(sha256sum <tiny.bin)" "$(git show :tiny.bin | sha256sum)"
  git commit -qm two 2>../said || fail "a raw file at a covered path" "$(cat ../said)"
  check "a raw file at a covered path: its file is not said to differ" "lfsguard: tiny.bin (50 B) is now an LFS pointer" "$(cat ../said)"
  is_pointer "a raw file at a covered path" tiny.bin ../want
  is_clean "a raw file at a covered path"
  : >empty.bin && git add empty.bin && git commit -qm three && check "an empty file at a covered path is right as it is" 0 "$(git cat-file -s HEAD:empty.bin)"
}

case_environment() {
  guarded_repository seat
  echo x >x && git add x && git commit -qm one
  mkdir ../elsewhere && bytes 2000 >../elsewhere/e.bin && cp ../elsewhere/e.bin ../want && echo x >../elsewhere/x
  cd / && git --git-dir="$work/seat/.git" --work-tree="$work/elsewhere" add e.bin 2>/dev/null || (cd "$work/elsewhere" && git --git-dir="$work/seat/.git" --work-tree=. add e.bin)
  (cd "$work/elsewhere" && GIT_DIR=$work/seat/.git GIT_WORK_TREE=$work/elsewhere git commit -qm two 2>"$work/said") || fail "GIT_DIR and GIT_WORK_TREE" "$(cat "$work/said")"
  cd "$work/seat" && is_pointer "--git-dir and GIT_WORK_TREE" e.bin ../want
  check "--git-dir and GIT_WORK_TREE: status" "" "$(git --work-tree="$work/elsewhere" status --porcelain)"
  cd "$work/seat" && git reset -q --hard && mkdir -p deep/er && cd deep/er && bytes 1500 >d.dat && cp d.dat "$work/want" && git add d.dat && git commit -qm deep 2>/dev/null
  is_pointer "started below the top" deep/er/d.dat "$work/want"
  is_clean "started below the top"
  bytes 1501 9 >l.img && cp l.img "$work/want" && git add l.img && git --literal-pathspecs commit -qm literal 2>/dev/null
  is_pointer "--literal-pathspecs" deep/er/l.img "$work/want"
}

case_executable_and_type() {
  guarded_repository modes
  bytes 2000 >run.bin && chmod +x run.bin && cp run.bin ../want && ln -s "$(printf 'x%.0s' {1..1500})" long && git add run.bin && git commit -qm one 2>/dev/null
  is_pointer "an executable" run.bin ../want
  check "the executable bit stays" 100755 "$(git ls-tree HEAD run.bin | cut -c-6)"
  chmod -x run.bin && git commit -qam mode && check "a change of mode alone is not judged" 100644 "$(git ls-tree HEAD run.bin | cut -c-6)"
  is_clean "modes" "?? long"
  git add long && said=$(git commit -qm link 2>&1) && fail "a symbolic link over the threshold stops the commit" "$said" || pass "a symbolic link over the threshold stops the commit"
  check_contains "and the remedy says that LFS cannot hold it" "LFS cannot hold symbolic links" "$said"
}
run_cases
