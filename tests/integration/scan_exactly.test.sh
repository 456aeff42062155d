#!/usr/bin/env bash
# `lfsguard scan`: one case for each thing that its description promises, beside the random histories of scan_differential.
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/support/guarded_repository.sh"
. "$LFSGUARD_SOURCE/tests/support/differential.sh"

repository() { cd "$work" && rm -rf "$1" && git init -q "$@" && cd "$1" || exit 1; }
big() { mkdir -p "$(dirname "./$1")" && bytes "${2:-5000}" "$1" >"./$1" && git add -- "./$1" && git commit -qm "add" ; }
scan() { "$lfsguard" scan --format json --above 1000 "$@" 2>"$work/stderr"; }
paths() { json '[f["path"] for f in d["findings"]]'; }

case_nothing_to_find() {
  repository nothing && echo x >x && git add x && git commit -qm one
  out=$("$lfsguard" scan --above 1000)
  check "nothing found: exit 0" 0 $?
  check_contains "nothing found is said" "3 objects" "$out"
  repository void
  check_contains "a scan of nothing says 0 objects scanned" "0 objects scanned" "$("$lfsguard" scan)"
  check "an empty repository: whole report" '{"findings": [], "allowed": [], "unreachable": {"blobs": 0, "bytes": 0}}' "$(scan | json '{k: d[k] for k in ("findings", "allowed", "unreachable")}')"
}

case_exit_codes() {
  repository codes && big m.bin
  scan >/dev/null
  check "a finding of severity error: exit 1" 1 $?
  printf '[rules]\noversize = "warn"\n' >.lfsguard.toml && scan >/dev/null
  check "warnings alone: exit 0" 0 $?
  printf 'threshold = = 1\n' >.lfsguard.toml && "$lfsguard" scan >/dev/null 2>../said
  check "a broken .lfsguard.toml: exit 128" 128 $?
  check_contains "with file and line" ".lfsguard.toml:1" "$(cat ../said)"
  check_contains "and a caret" "^" "$(cat ../said)"
  printf 'treshold = 1\n' >.lfsguard.toml && "$lfsguard" scan >/dev/null 2>../said
  check "an unknown key: exit 0" 0 $?
  check_contains "and a warning with its line" ".lfsguard.toml:1" "$(cat ../said)"
  rm .lfsguard.toml
  "$lfsguard" scan --range HEAD~5...HEAD 2>/dev/null
  check "A...B is refused: exit 129" 129 $?
  "$lfsguard" scan --staged --worktree 2>/dev/null
  check "two sources: exit 129" 129 $?
  "$lfsguard" scan --ref nowhere 2>/dev/null
  check "a ref that is not there: exit 129" 129 $?
  cd "$work" && mkdir -p none && cd none && "$lfsguard" scan 2>/dev/null
  check "no repository: exit 128" 128 $?
}

case_heads() {
  repository heads && big m.bin && git checkout -q --detach && git commit -q --allow-empty -m e && git branch -q -D main
  check "a detached HEAD is a ref of its own" '["HEAD"]' "$(scan | json 'd["findings"][0]["refs"]')"
  git worktree add -q --detach ../heads.linked && git checkout -q -b topic
  check "that of a linked work tree is worktrees/ID/HEAD; HEAD on a branch adds no name" '["refs/heads/topic", "worktrees/heads.linked/HEAD"]' "$(scan | json 'd["findings"][0]["refs"]')"
  check "started in the linked work tree" "$(scan | comparable whole)" "$(cd ../heads.linked && scan | comparable whole)"
  mkdir -p deep && cd deep && check "started below the top" "$(cd .. && scan | comparable whole)" "$(scan | comparable whole)"
  cd .. && rm -rf ../heads.linked
  check "a prunable work tree still counts" '["refs/heads/topic", "worktrees/heads.linked/HEAD"]' "$(scan | json 'd["findings"][0]["refs"]')"
}

case_backups_are_left_out() {
  repository backups && echo x >x && git add x && git commit -qm one && git checkout -q -b old && big m.bin && git update-ref refs/lfsguard/backup/r/refs/heads/old old && git checkout -q main && git branch -q -D old
  check "refs/lfsguard is left out of all refs" '[[], 1, 5000]' "$(scan | json '[d["findings"], d["unreachable"]["blobs"], d["unreachable"]["bytes"]]')"
}

case_index_and_reflog_reach_nothing() {
  repository reach && echo x >x && git add x && git commit -qm one && big gone.bin && git reset -q --hard HEAD~1 && bytes 3000 staged >staged.bin && git add staged.bin
  check "index, reflog and ORIG_HEAD reach nothing" '[[], {"blobs": 2, "bytes": 8000}]' "$(scan | json '[d["findings"], d["unreachable"]]')"
}

case_staged() {
  repository staged && big old.bin && echo x >x && git add x && git commit -qm x
  bytes 2000 >new.bin && git add new.bin && bytes 2001 >ita.bin && git add -N ita.bin && chmod +x old.bin && git add old.bin && git mv x y && bytes 2002 >a.bin && git add a.bin && git update-index --assume-unchanged a.bin
  bytes 2003 >s.bin && git add s.bin && git update-index --skip-worktree s.bin
  check "staged: what HEAD does not have at that path; no intent-to-add; marked entries are judged" '["s.bin", "a.bin", "new.bin"]' "$(scan --staged | paths)"
  check "staged: source and fields" '["staged", "oversize", "error", 2003, 1000, null, []]' "$(scan --staged | json '[d["source"]] + [d["findings"][0][k] for k in ("rule", "severity", "size", "limit", "commit", "refs")]')"
  mkdir sub && cd sub && check "staged: started below the top" '["s.bin", "a.bin", "new.bin"]' "$(scan --staged | paths)"
  cd .. && git commit -qm two && git mv old.bin moved.bin
  check "staged: a renamed file is at a path that HEAD does not have" '["moved.bin"]' "$(scan --staged | paths)"
  printf '*.bin filter=lfs\n' >.gitattributes && git add .gitattributes 2>/dev/null
  check "staged: the index's attributes count" '["raw-in-lfs"]' "$(scan --staged | json '[f["rule"] for f in d["findings"]]')"
  printf '*.bin -filter\n' >.gitattributes
  check "staged: not the work tree's" '["raw-in-lfs"]' "$(scan --staged | json '[f["rule"] for f in d["findings"]]')"
  repository conflict && echo a >c && git add c && git commit -qm a && git checkout -q -b b && bytes 3000 1 >c && git commit -qam b && git checkout -q main && bytes 3000 2 >c && git commit -qam m && git merge -q b >/dev/null 2>&1
  check "staged: conflicts are not judged" '[]' "$(scan --staged | paths)"
  repository merging && echo a >a && git add a && git commit -qm a && git checkout -q -b b && big b.bin && git checkout -q main && big m.bin && git merge -q --no-commit b
  bytes 4000 3 >evil.bin && git add evil.bin
  check "staged: during a merge what any parent holds is not judged" '["evil.bin"]' "$(scan --staged | paths)"
  repository first && bytes 2000 >f.bin && git add f.bin && check "staged: before the first commit" '["f.bin"]' "$(scan --staged | paths)"
}

case_work_tree() {
  repository files && echo '*.log' >.gitignore && echo '*.lfs filter=lfs' >.gitattributes && echo x >tracked && git add . && git commit -qm one
  bytes 2000 1 >new.bin && bytes 2000 2 >tracked && bytes 2000 3 >ignored.log && bytes 2000 4 >covered.lfs
  check "--worktree: what git add -A would take" '["new.bin", "tracked"]' "$(scan --worktree | paths)"
  check "--worktree: source" worktree "$(scan --worktree | json 'd["source"]')"
}

case_ranges() {
  repository ranges && big one.bin && git checkout -q -b side && big two.bin && git checkout -q main && big three.bin 4000 && git merge -q -m m side
  check "A..B: what B reaches and A does not" '["two.bin"]' "$(scan --range main~1..main | paths)"
  check "a merge is judged against all parents, also those outside" '[]' "$(scan --range side..main -- two.bin | paths)"
  check "an empty side is HEAD" '["three.bin"]' "$(git checkout -q side && scan --range ..main | paths)"
  git checkout -q main
  check "refs of a range: B's full name" '["refs/heads/main"]' "$(scan --range main~1..main | json 'd["findings"][0]["refs"]')"
  check "none where B is an id" '[]' "$(scan --range "main~1..$(git rev-parse main)" | json 'd["findings"][0]["refs"]')"
  check "source" range "$(scan --range main~1..main | json 'd["source"]')"
  check "an empty range" '[]' "$(scan --range main..main | paths)"
  git branch one main~1 && git branch two main
  check "--ref takes several, and may be given again" '[["refs/heads/one", "refs/heads/two"], ["refs/heads/one", "refs/heads/two"]]' \
    "[$(scan --ref one two | json 'max((f["refs"] for f in d["findings"]), key=len)'), $(scan --ref one --ref two | json 'max((f["refs"] for f in d["findings"]), key=len)')]"
}

case_tags_of_other_things() {
  repository tags && big d/m.bin && blob=$(git rev-parse HEAD:d/m.bin) && git tag of-blob "$blob" && git tag -a -m t of-tree 'HEAD^{tree}' && git tag -a -m t of-tag of-tree && git checkout -q --orphan other && git rm -q -rf . && git commit -q --allow-empty -m e && git branch -q -D main
  check "a tag of a tree is judged by its own attributes, commit null; a tag of a blob at path \"\"" '[["", null, ["refs/tags/of-blob"]], ["d/m.bin", null, ["refs/tags/of-tag", "refs/tags/of-tree"]]]' "$(scan | json '[[f["path"], f["commit"], f["refs"]] for f in d["findings"]]')"
  git update-ref refs/data/x of-blob && git tag 'of=blob' of-blob
  check "the remedy of the tag of a blob takes away every ref that names it" "git tag -d of-blob of=blob && git update-ref -d refs/data/x" "$(scan | json 'd["findings"][0]["remedy"]')"
  eval "$(scan | json 'd["findings"][0]["remedy"]')" >/dev/null
  check "and does" '["d/m.bin"]' "$(scan | paths)"
}

case_symlinks_and_submodules() {
  repository links && printf '* filter=lfs\n' >.gitattributes && git add .gitattributes && ln -s "$(printf 'x%.0s' {1..1200})" link && git update-index --add --cacheinfo 160000,1234567890123456789012345678901234567890,sub && git -c filter.lfs.clean= add link && git commit -qm one
  check "a long symbolic link is oversize, never covered" '[["oversize", "link"]]' "$(scan | json '[[f["rule"], f["path"]] for f in d["findings"]]')"
  check_contains "the remedy says that LFS cannot hold it" "LFS cannot hold symbolic links" "$(scan | json 'd["findings"][0]["remedy"]')"
}

case_cover_and_uncover() {
  repository cover && big m.bin && echo '*.bin filter=lfs' >.gitattributes && git add .gitattributes && git commit -qm cover
  check "covered in one commit and not in another: both rules" "[[\"oversize\", \"$(git rev-parse HEAD~1)\"], [\"raw-in-lfs\", \"$(git rev-parse HEAD)\"]]" "$(scan | json '[[f["rule"], f["commit"]] for f in d["findings"]]')"
  check "without --strict small raw files pass" '[]' "$("$lfsguard" scan --format json --above 1MB | paths)"
  check "--strict finds what was committed before its pattern" "[[\"raw-in-lfs\", \"$(git rev-parse HEAD)\"]]" "$("$lfsguard" scan --strict --format json --above 1MB | json '[[f["rule"], f["commit"]] for f in d["findings"]]')"
  : >empty.bin && git add empty.bin && git commit -qm empty && check "an empty blob at a covered path is right" '["m.bin"]' "$("$lfsguard" scan --strict --format json --above 1MB | paths)"
}

case_attributes_outside_the_tree() {
  repository outside && big m.bin && printf '*.bin filter=lfs\n' >"$work/global" && git config core.attributesFile "$work/global"
  check "core.attributesFile does not cover history" '["oversize"]' "$(scan | json '[f["rule"] for f in d["findings"]]')"
  bytes 2000 >n.bin && git -c filter.lfs.clean= add n.bin && check "but what is staged" '["raw-in-lfs"]' "$(scan --staged | json '[f["rule"] for f in d["findings"]]')"
  echo '*.bin filter=lfs' >.git/info/attributes && check "info/attributes covers history" '["raw-in-lfs"]' "$(scan | json '[f["rule"] for f in d["findings"]]')"
  git clone -q --bare . ../outside.git && mkdir -p ../outside.git/info && cp .git/info/attributes ../outside.git/info/ && cd ../outside.git && check "also in a bare repository" '["raw-in-lfs"]' "$(scan | json '[f["rule"] for f in d["findings"]]')"
  repository folded && echo '*.BIN filter=lfs' >.gitattributes && git -c filter.lfs.clean= add . && big m.bin && check "attributes are case sensitive" '["oversize"]' "$(scan | json '[f["rule"] for f in d["findings"]]')"
  git config core.ignoreCase true && check "core.ignoreCase folds" '["raw-in-lfs"]' "$(scan | json '[f["rule"] for f in d["findings"]]')"
}

case_top_and_pathspecs() {
  repository top && big a.bin 5000 && big d/b.bin 4000 && big d/c.dat 3000
  check "findings are sorted by size" '["a.bin", "d/b.bin", "d/c.dat"]' "$(scan | paths)"
  check "--top shortens findings, not the summary" '[["a.bin"], {"errors": 3, "warnings": 0, "bytes": 12000}]' "$(scan --top 1 | json '[[f["path"] for f in d["findings"]], d["summary"]]')"
  check "a pathspec" '["d/b.bin", "d/c.dat"]' "$(scan -- d | paths)"
  check "a glob" '["a.bin", "d/b.bin"]' "$(scan -- '*.bin' | paths)"
  check "an exclusion" '["a.bin"]' "$(scan -- . ':!d' | paths)"
  cd d && check "relative to where it is started" '["d/b.bin"]' "$(scan -- b.bin | paths)"
  check "top magic" '["a.bin"]' "$(scan -- :/a.bin | paths)"
  check "an absolute path" '["d/b.bin", "d/c.dat"]' "$(scan -- "$work/top/d" | paths)"
  local outside
  for outside in ../../x /etc "$work/top2"; do
    check "$outside is refused, not called clean" "129 lfsguard: this path is outside the repository: $outside
hint: paths are relative to the folder it is run in; ':/' is the top" "$("$lfsguard" scan -- "$outside" >../../said 2>&1; echo $? "$(cat ../../said)")"
  done
  check "an empty word, too" "129 lfsguard: an empty word is no path: ''
hint: write . for everything below this folder" "$("$lfsguard" scan -- '' >../../said 2>&1; echo $? "$(cat ../../said)")"
}

case_policy_from() {
  repository from && echo 'threshold = 1000' >.lfsguard.toml && git add . && git commit -qm p && big m.bin 2000 && echo 'threshold = 9000' >.lfsguard.toml
  check "the work tree's .lfsguard.toml holds" '[]' "$("$lfsguard" scan --format json | paths)"
  check "--policy-from takes a commit's" '["m.bin"]' "$("$lfsguard" scan --format json --policy-from HEAD | paths)"
  printf 'threshold = 1000\nwarn = 500\n[[limit]]\npath = "*.csv"\nthreshold = 100\n[[allow]]\npath = "/ok.bin"\nreason = "reviewed"\n[[allow]]\npath = "/late.bin"\nreason = "old"\nuntil = 2020-01-01\n' >.lfsguard.toml
  big ok.bin 3000 && big late.bin 2500 && big warn.bin 600 && big t.csv 150 && big below.bin 400
  check "thresholds by path, warnings, allowances with a date" '[["late.bin", "error", 1000], ["m.bin", "error", 1000], ["warn.bin", "warning", 500], ["t.csv", "error", 100]]' "$("$lfsguard" scan --format json | json '[[f["path"], f["severity"], f["limit"]] for f in d["findings"]]')"
  check "what is allowed is listed with its reason" '[["ok.bin", "reviewed"]]' "$("$lfsguard" scan --format json | json '[[f["path"], f["reason"]] for f in d["allowed"]]')"
  check "--above replaces threshold, limits and warnings" '["m.bin", "late.bin"]' "$("$lfsguard" scan --format json --above 2000 | json 'sorted([f["path"] for f in d["findings"]], reverse=True)')"
}

case_odd_names() {
  repository odd && bytes 5000 >$'bad\xff.bin' && git add . && git commit -qm odd && big $'new\nline.bin' 4000 && big 'ünï.bin' 3000
  check "a path that is not UTF-8 has its exact bytes in path_base64" "[[\"bad\\ufffd.bin\", \"$(printf 'bad\xff.bin' | base64)\"], [\"new\\nline.bin\", null], [\"\\u00fcn\\u00ef.bin\", null]]" "$(scan | json '[[f["path"], f.get("path_base64")] for f in d["findings"]]')"
  check "its remedy is written in ASCII" "lfsguard rewrite --include \$'/bad\\377.bin'" "$(scan | json 'd["findings"][0]["remedy"]')"
  local format
  for format in json sarif github html; do
    "$lfsguard" scan --above 1000 --format "$format" >../out
    if iconv -f UTF-8 -t UTF-8 <../out >/dev/null 2>&1; then pass "$format is UTF-8"; else fail "$format is UTF-8"; fi
  done
  check "html shows the bad byte as U+FFFD, and control characters as escapes" "bad�.bin
new\\nline.bin
ünï.bin" "$(sed -n 's|^<tr class="error"><td><code>\([^<]*\)<.*|\1|p' ../out)"
  git mv 'ünï.bin' $'turn\u202eed\u009b\e[31m.bin' && git commit -qm turn
  check "in text nothing commands the terminal" 'turn\xe2\x80\xaeed\xc2\x9b\x1b[31m.bin   2.9 KiB   limit 1000 B (--above)   not in LFS' \
    "$("$lfsguard" scan --above 1000 | grep 'turn.*limit')"
  check "github's file does" "::error file=bad�.bin,title=oversize" "$("$lfsguard" scan --above 1000 --format github | sed -n '1s/::The .*//p')"
}

case_partial_clone() {
  repository whole && big d/m.bin && echo x >d/x && git add . && git commit -qm x && git config uploadpack.allowFilter true && git config uploadpack.allowAnySHA1InWant true
  git clone -q --filter=blob:none --no-checkout "file://$work/whole" ../blobless && cd ../blobless
  scan >../out
  check "a blobless clone: exit 0" 0 $?
  check "blobs that were left out are not judged" '[]' "$(paths <../out)"
  check "and not fetched" "" "$(git rev-list --objects --all --missing=print | grep -v '^?' | cut -c-40 | git cat-file --batch-check='%(objecttype)' | grep blob)"
  cd "$work/whole" && echo '*.x filter=lfs' >.gitattributes && git add . && git commit -qm attributes && git clone -q --filter=blob:none --no-checkout "file://$work/whole" ../attributeless && cd ../attributeless
  git remote set-url origin /nowhere && git read-tree HEAD && bytes 5000 >../n.bin && git update-index --add --cacheinfo "100644,$(git hash-object -w --no-filters ../n.bin),n.bin" && git commit -qm n 2>/dev/null
  scan >../out
  check "an attributes file that was left out: exit 2" 2 $?
  check_contains "and it is named" "not looked at: .gitattributes $(git rev-parse HEAD:.gitattributes)" "$(cat ../stderr)"
  git clone -q --filter=tree:0 --no-checkout "file://$work/whole" ../treeless && cd ../treeless && big n.bin 2>/dev/null
  git -C ../treeless update-ref refs/heads/old origin/main~1
  "$lfsguard" scan >../out 2>../stderr
  check "a treeless clone in which nothing is large: exit 2" 2 $?
  check_contains "it is not called clean without a word" "3 directories and attributes files are not stored here and could not be looked at." "$(cat ../out)"
  check "what lacks is named, trees with the commits that hold them" "lfsguard: warning: not looked at: .gitattributes $(git rev-parse origin/main:.gitattributes) is not stored here
$(for c in old old~1; do echo "lfsguard: warning: not looked at: tree $(git -C ../whole rev-parse "$(git rev-parse $c)^{tree}") at \"\" of commit $(git rev-parse $c) is not stored here"; done | sort)" "$(grep -v ^hint ../stderr | sort)"
  (cd ../blobless && "$lfsguard" scan >/dev/null 2>&1); check "a blobless one: exit 0" 0 $?
  scan >../out
  check "a treeless clone: exit 2" 2 $?
  check_contains "what was not looked at is named" "not looked at: tree" "$(cat ../stderr)"
  check "what is here is judged" '["n.bin"]' "$(paths <../out)"
  for i in $(seq 1 14); do git -C ../whole commit -q --allow-empty -m e && echo "$i" >../whole/z && git -C ../whole add z && git -C ../whole commit -qm z; done
  git -C ../whole config uploadpack.allowFilter true && git fetch -q origin main:refs/heads/many
  "$lfsguard" scan >../out 2>../stderr
  check "of many directories that lack some are named, and how many more" "10 1" "$(grep -c 'not looked at: tree' ../stderr) $(grep -c 'not looked at: [0-9]* more like these' ../stderr)"
  check_contains "with what brings them" "hint: git fetch --refetch --filter=blob:none" "$(cat ../stderr)"
}

case_other_formats_of_repositories() {
  repository sha256 --object-format=sha256 && echo x >x && git add x && git commit -qm x
  "$lfsguard" scan >/dev/null 2>../said
  check "a SHA-256 repository: exit 128" 128 $?
  check_contains "and a line that names it" sha256 "$(cat ../said)"
  for name in pre-commit pre-push; do
    "$hook" $name origin url </dev/null >/dev/null 2>../said
    check "$name in a SHA-256 repository: exit 128" 128 $?
  done
  if [ -n "$git2" ]; then
    (PATH=$(dirname "$git2"):$PATH && repository reftable --ref-format=reftable && big m.bin && git checkout -q --detach && git worktree add -q --detach ../reftable.linked &&
      check "a reftable repository" '["HEAD", "refs/heads/main", "worktrees/reftable.linked/HEAD"]' "$(scan | json 'd["findings"][0]["refs"]')" && exit $failed) || failed=$((failed + 1))
  else
    not_run "a reftable repository" "no git 2.54 or later"
  fi
}

case_cache() {
  repository cache && python3 -c '
import random
for i in range(2300): open("f%d" % i, "w").write(str(random.random()))' && bytes 5000 >m.bin && git add . && git commit -qm many && git repack -adq
  first=$(scan | comparable whole)
  ls .git/lfsguard/cache/* >/dev/null 2>&1 && pass "the cache lies in the git directory's lfsguard/cache" || fail "the cache lies in the git directory's lfsguard/cache"
  check "with the cache the answer is the same" "$first" "$(scan | comparable whole)"
  for file in .git/lfsguard/cache/*; do python3 -c 'import sys; b = bytearray(open(sys.argv[1], "rb").read()); b[len(b) // 2] ^= 1; open(sys.argv[1], "wb").write(b)' "$file"; done
  check "a damaged cache is thrown away" "$first" "$(scan | comparable whole)"
  for file in .git/lfsguard/cache/*; do truncate -s 10 "$file"; done
  check "so is one cut short" "$first" "$(scan | comparable whole)"
  check "a lower threshold asks again" '2301' "$("$lfsguard" scan --format json --above 1 | json 'len(d["findings"])')"
  rm -r .git/lfsguard && scan --no-cache >/dev/null
  check "--no-cache writes none" "" "$(ls .git/lfsguard 2>/dev/null)"
  tree_hash .git >../before && scan >/dev/null && scan --staged >/dev/null && scan --worktree >/dev/null
  check "no scan changes a file outside a folder named lfsguard" "$(cat ../before)" "$(tree_hash .git)"
}

case_profiles() {
  repository profiles && big m.bin 2000 && echo text >t.txt && git add . && git commit -qm t
  check "a profile's limit: huggingface refuses binaries" '[["binary", "m.bin"]]' "$("$lfsguard" scan --format json --strict --profile huggingface | json '[[f["rule"], f["path"]] for f in d["findings"]]')"
  check "threshold of github" 104857600 "$("$lfsguard" scan --format json --profile github | json 'd["threshold"]')"
}

case_formats() {
  repository formats && big 'a b.bin'
  check "text: the finding, then the command that mends it" "a b.bin   4.9 KiB   limit 1000 B (--above)   not in LFS
  first in $(git rev-parse --short=7 HEAD) \"add\" ($(git log -1 --format=%cd --date=format:%Y-%m-%d)), reached by main
1 file, 4.9 KiB in history must not be pushed. Mend it: lfsguard rewrite --include '/a b.bin'" "$("$lfsguard" scan --above 1000 | grep -v scanned)"
  check "sarif: version and result" '["2.1.0", "oversize", "a%20b.bin"]' "$("$lfsguard" scan --above 1000 --format sarif | json '[d["version"], d["runs"][0]["results"][0]["ruleId"], d["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]]')"
  check_contains "github: an annotation" "::error file=a b.bin" "$("$lfsguard" scan --above 1000 --format github)"
  check_contains "html: a page" "</html>" "$("$lfsguard" scan --above 1000 --format html)"
  "$lfsguard" scan --above 1000 --format json --output ../out.json && fail "exit code with --output" || check "--output writes a file" '["a b.bin"]' "$(paths <../out.json)"
}
run_cases
