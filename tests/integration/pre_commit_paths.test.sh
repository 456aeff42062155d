#!/usr/bin/env bash
# pre-commit: names that are hard to write, index forms and bits, and what stands in the way in .gitattributes.
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/support/guarded_repository.sh"

case_hard_names() {
  guarded_repository names
  # One with a plain neighbour of the same extension each, so that the path itself must be written into .gitattributes.
  local names=("with space.dat" $'new\nline.dat' $'tab\tin.dat' 'quo"te.dat' "apos'trophe.dat" 'brackets[a].dat' 'star*.dat' 'what?.dat' '#hash.dat' '!bang.dat' 'back\slash.dat'
    $'bad\xff\xfeutf8.dat' 'ünïcode.dat' 'trailing ' '-dash.dat' ':colon.dat' '(paren).dat' 'dir with space/x y.dat' $'d\nir/[x].dat' '.gitattributes.dat' '"quoted"' $'\x01ctl.dat' 'cr'$'\r''.dat')
  echo plain >plain.dat && git add . && git commit -qm one
  local n=0 name
  for name in "${names[@]}"; do
    n=$((n + 1))
    mkdir -p "./$(dirname -- "$name")"
    bytes 2000 $n >"./$name"
  done
  git add -A && git commit -qm two 2>../said || fail "hard names" "$(cat ../said)"
  for name in "${names[@]}"; do is_pointer "$(printf %q "$name")" "$name" "./$name"; done
  is_clean "hard names"
  check "the plain neighbour is not covered" "plain.dat: filter: unspecified" "$(git check-attr filter plain.dat)"
  git clone -q . ../names.clone 2>/dev/null
  for name in "${names[@]}"; do check "a clone of $(printf %q "$name") has the pointer's pattern" lfs "$(git -C ../names.clone check-attr -z filter -- "$name" | tr '\0' '\n' | tail -1)"; done
}

# git, or this program, would read the pointer's text as the file.
case_control_files() {
  guarded_repository control
  printf '#%0300d\n' 0 >.gitattributes && cp .gitattributes ../want && git config lfsguard.threshold 250 && git add .
  stopped "a control file over the threshold is not made a pointer" commit -qm one
  check "and the way to keep it is named" ".gitattributes   302 B   limit 250 B (git config)   not in LFS
1 file, 302 B staged must not be committed. Mend it: printf '%s\n' '[[allow]]' 'path = \"/.gitattributes\"' 'reason = \"read as it is stored\"' >>.lfsguard.toml && git add .lfsguard.toml" "$(cat ../said)"
  eval "$(sed -n 's/.* Mend it: //p' ../said)"
  goes "which works" commit -qm one
  check "it is stored as it is" "$(cat ../want)" "$(git show HEAD:.gitattributes)"
  is_clean "control files"
  guarded_repository covered_control
  echo '* filter=lfs diff=lfs merge=lfs -text' >.gitattributes && git update-index --add --cacheinfo "100644,$(git hash-object -w --no-filters .gitattributes),.gitattributes"
  bytes 2000 >a && cp a ../want && git add a
  stopped "nor is one that a pattern covers" commit -qm two
  check "and the line that takes it away from LFS is named" ".gitattributes   38 B   tracked by LFS, but not a pointer
1 file, 38 B staged must not be committed. Mend it: printf '%s\n' '/.gitattributes !filter !diff !merge' >>.gitattributes && git add -- .gitattributes .gitattributes" "$(cat ../said)"
  eval "$(sed -n 's/.* Mend it: //p' ../said)"
  goes "which works, too" commit -qm two
  check "it is stored as it is, too" "* filter=lfs diff=lfs merge=lfs -text
/.gitattributes !filter !diff !merge" "$(git show HEAD:.gitattributes)"
  is_pointer "beside it, what the pattern is for" a ../want
  is_clean "control files under a pattern"
}

case_extension_glob() {
  guarded_repository globs
  bytes 1000 >a.ckpt && bytes 2000 >b.ckpt && echo x >notes.txt && bytes 3000 >big.txt && git add . && git commit -qm one 2>/dev/null
  check "a glob where every file of the extension is big, else the path" "*.ckpt filter=lfs diff=lfs merge=lfs -text
/big.txt filter=lfs diff=lfs merge=lfs -text" "$(sort .gitattributes)"
  is_clean "globs"
}

case_split_index() {
  guarded_repository split
  git config core.splitIndex true && for i in $(seq 60); do echo "$i" >"f$i"; done && git add . && git commit -qm one && git update-index --split-index
  bytes 2000 >s.bin && cp s.bin ../want && git add s.bin && git commit -qm two 2>../said || fail "split index" "$(cat ../said)"
  is_pointer "split index" s.bin ../want
  is_clean "split index"
}

case_index_version_4() {
  guarded_repository v4
  git config index.version 4 && mkdir d && for i in $(seq 20); do echo "$i" >"d/file$i"; done && git add . && git commit -qm one
  bytes 2000 >d/file21 && cp d/file21 ../want && git add . && git commit -qm two 2>../said || fail "index version 4" "$(cat ../said)"
  is_pointer "index version 4" d/file21 ../want
  is_clean "index version 4"
}

case_sparse_index() {
  guarded_repository sparse
  mkdir in out && echo i >in/i && echo o >out/o && echo 'x' >out/.gitattributes && : >out/.gitattributes && git add . && git commit -qm one
  git sparse-checkout set --cone --sparse-index in 2>/dev/null || { not_run "sparse index" "git too old"; return; }
  bytes 2000 >in/s.bin && cp in/s.bin ../want && git add in/s.bin && git commit -qm two 2>../said || fail "sparse index" "$(cat ../said)"
  is_pointer "sparse index" in/s.bin ../want
  is_clean "sparse index"
  check "sparse index: what is left out stays out" "" "$(ls out 2>/dev/null)"
  check "sparse index: what is left out stays in the commit" o "$(git show HEAD:out/o)"
}

case_skip_worktree_and_assume_unchanged() {
  guarded_repository bits
  echo one >skip.dat && echo one >assume.dat && echo t >plain.dat && git add . && git commit -qm one
  bytes 2000 1 >skip.dat && cp skip.dat ../want.skip && bytes 2000 2 >assume.dat && cp assume.dat ../want.assume && git add .
  git update-index --skip-worktree skip.dat && git update-index --assume-unchanged assume.dat
  rm skip.dat && bytes 2500 3 >assume.dat
  git commit -qm two 2>../said || fail "marked entries" "$(cat ../said)"
  is_pointer "skip-worktree" skip.dat ../want.skip
  is_pointer "assume-unchanged: the staged bytes are committed, not the edited file's" assume.dat ../want.assume
  check "the marks stay" "h assume.dat
H plain.dat
S skip.dat" "$(git ls-files -v -- '*.dat')"
}

case_intent_to_add() {
  guarded_repository ita
  echo a >a && git add a && git commit -qm one && bytes 2000 >later.bin && git add -N later.bin && echo b >a
  git commit -qm two a 2>../said || fail "intent-to-add" "$(cat ../said)"
  check "an intent-to-add file is not judged and not committed" "" "$(git ls-tree HEAD later.bin)"
  is_clean "intent-to-add" " A later.bin"
}

case_nested_attributes_override() {
  guarded_repository nested
  mkdir -p d/e && printf '*.bin -filter\n' >d/.gitattributes && echo 1 >d/e/one.bin && git add . && git commit -qm one
  bytes 2000 >d/e/two.bin && cp d/e/two.bin ../want && git add . && git commit -qm two 2>../said || fail "a nested -filter" "$(cat ../said)"
  is_pointer "a nested .gitattributes with -filter" d/e/two.bin ../want
  check "the path is covered in the commit" lfs "$(git check-attr -z --cached filter d/e/two.bin | tr '\0' '\n' | tail -1)"
  is_clean "a nested -filter"
}

case_info_attributes() {
  guarded_repository info
  echo 1 >x && git add . && git commit -qm one && echo '*.bin -filter' >.git/info/attributes
  bytes 2000 >i.bin && git add i.bin && cp .git/index ../index.before
  if git commit -qm two 2>../said; then fail "info/attributes in the way stops the commit"; else pass "info/attributes in the way stops the commit"; fi
  check_contains "and the path is named" i.bin "$(cat ../said)"
  check_contains "and the file that stands in the way is named" info/attributes "$(cat ../said)"
  check "the blob is still staged" "$(sha256sum <i.bin)" "$(git show :i.bin | sha256sum)"
  is_clean "a refused file" "A  i.bin"
}

case_symlinked_attributes() {
  guarded_repository linked
  echo '*.x text' >real && ln -s real .gitattributes && git add . && git commit -qm one
  bytes 2000 >l.bin && git add l.bin
  if git commit -qm two 2>../said; then
    check "covered in effect although .gitattributes is a symbolic link" lfs "$(git check-attr -z --cached filter l.bin | tr '\0' '\n' | tail -1)"
    is_pointer "symbolic link as .gitattributes" l.bin l.bin
  else
    check_contains "a symbolic link as .gitattributes is refused by name" "l.bin" "$(cat ../said)"
    check_contains "with the reason" "symbolic link" "$(cat ../said)"
    check "a symbolic link as .gitattributes: status" "A  l.bin" "$(git status --porcelain 2>/dev/null)"
  fi
  check "the link stays a link" real "$(readlink .gitattributes)"
}

case_attributes_line_endings() {
  guarded_repository endings
  printf '*.a text\r\n*.b text\r\n' >.gitattributes && git add . && git commit -qm one && bytes 2000 >c.bin && git add c.bin && git commit -qm two 2>/dev/null
  check "CRLF of .gitattributes is kept" "$(printf '*.a text\r\n*.b text\r\n*.bin filter=lfs diff=lfs merge=lfs -text\r\n' | od -c)" "$(od -c <.gitattributes)"
  is_clean "CRLF in .gitattributes"
  guarded_repository no_newline
  printf '*.a text' >.gitattributes && git add . && git commit -qm one && bytes 2000 >c.bin && git add c.bin && git commit -qm two 2>/dev/null
  check "a missing final newline does not join lines" "$(printf '*.a text\n*.bin filter=lfs diff=lfs merge=lfs -text')" "$(cat .gitattributes)"
  is_clean "no final newline in .gitattributes"
}

case_untracked_attributes() {
  guarded_repository untracked
  echo 1 >x && git add . && git commit -qm one && printf '*.mine text\n' >.gitattributes && bytes 2000 >c.bin && cp c.bin ../want && git add c.bin
  git commit -qm two 2>../said || fail "untracked .gitattributes" "$(cat ../said)"
  is_pointer "untracked .gitattributes" c.bin ../want
  check "an untracked line does not get into the commit" "*.bin filter=lfs diff=lfs merge=lfs -text" "$(git show HEAD:.gitattributes)"
  check "and is kept in the work tree" "*.mine text
*.bin filter=lfs diff=lfs merge=lfs -text" "$(cat .gitattributes)"
  guarded_repository unstaged_cover
  echo 1 >x && git add . && git commit -qm one && bytes 2000 >c.bin && cp c.bin ../want && git add c.bin && printf '*.bin filter=lfs diff=lfs merge=lfs -text\n' >.gitattributes
  git commit -qm two 2>../said || fail "a pattern in the work tree only" "$(cat ../said)"
  is_pointer "a pattern in the work tree only" c.bin ../want
  check "the pattern is in the commit" "*.bin filter=lfs diff=lfs merge=lfs -text" "$(git show HEAD:.gitattributes)"
  is_clean "a pattern in the work tree only"
}

case_many_files() {
  guarded_repository many
  mkdir d && python3 -c '
import random
for i in range(400): open("d/%d.w%d" % (i, i % 3), "wb").write(random.Random(i).randbytes(1500))' && git add . && git commit -qm many 2>../said || fail "many files" "$(tail -3 ../said)"
  check "400 files become pointers in one commit" 400 "$(git ls-tree -r HEAD d | cut -c13-52 | git cat-file --batch-check | awk '$3 < 200' | wc -l)"
  is_clean "400 files"
}
run_cases
