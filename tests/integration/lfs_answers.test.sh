#!/usr/bin/env bash
# Answers of client commands in corners where they once differed from git-lfs's, beside it: same lines, same verdicts.
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
git lfs version >/dev/null 2>&1 || { echo "FAILED: git-lfs is not installed"; exit 1; }
export PATH=$LFSGUARD_BUILD:$PATH
git config --global filter.lfs.process "lfsguard lfs filter-process"
git config --global filter.lfs.clean "lfsguard lfs clean -- %f"
git config --global filter.lfs.smudge "lfsguard lfs smudge -- %f"
git config --global filter.lfs.required true
input=/dev/null
ours() { "$lfsguard" lfs "$@" 2>&1 < "$input"; echo "exit $?"; }
theirs() { git lfs "$@" 2>&1 < "$input"; echo "exit $?"; }
same() { # NAME ARGUMENT...: output and exit code
  local name=$1; shift
  check "$name" "$(theirs "$@")" "$(ours "$@")"
}
refused() { # NAME PART ARGUMENT...: both refuse, ours says why
  local name=$1 part=$2 code theirs_code; shift 2
  git lfs "$@" >/dev/null 2>&1; theirs_code=$?
  "$lfsguard" lfs "$@" >out 2>&1; code=$?
  if [ $code != 0 ] && [ $theirs_code != 0 ]; then check_contains "$name" "$part" "$(cat out)"; else fail "$name" "exit $code, git-lfs $theirs_code: $(cat out)"; fi
}

git init -q --bare r.git
git init -q a && cd a && git remote add origin ../r.git || exit 1
echo '*.bin filter=lfs diff=lfs merge=lfs -text' > .gitattributes
mkdir d; echo one > a.bin; echo two > d/b.bin; : > empty.bin; echo plain > p.txt
git add -A
same "status shows an empty file as LFS" status
same "status --json has it, too" status --json
git commit -qm one
git mv d/b.bin d/c.bin
check "status of a file that was moved names the move, and nothing that is not there" "On branch main

Objects to be committed:

	d/b.bin -> d/c.bin (LFS: 27dd8ed -> LFS: 27dd8ed)

Objects not staged for commit:


exit 0" "$(ours status)"
echo three > a.bin; rm p.txt
ours status > out; check_contains "also beside other changes" "a.bin (LFS: 2c8b08d -> File: " "$(cat out)"
git reset -q --hard

input=p.txt; same "smudge warns of what is no pointer" smudge f; input=/dev/null
printf 'x' > x; same "pointer says so, too" pointer --pointer=x
git show HEAD:a.bin > ptr
same "pointer shows another program's pointer" pointer --pointer=ptr
input=ptr; same "pointer from standard input" pointer --stdin; input=/dev/null
same "a pointer is compared with the one that is made" pointer --file=a.bin --pointer=ptr

refused "push to a remote that is none is refused" "no such remote: nosuch" push nosuch main
refused "so is fetch" "no such remote: nosuch" fetch nosuch
refused "and pull" "no such remote: nosuch" pull nosuch
refused "fetch of a ref that is none is refused" "no such ref: nosuch" fetch origin nosuch
refused "push --object-id needs an id" "at least one object id" push --object-id origin
git push -q origin main && git branch -q -u origin/main
same "fetch says what it fetches" fetch
same "also with a ref and --recent" fetch --recent origin main
cd "$work" && refused "outside of a repository there is no status" "not a git repository" status
check "outside of a repository env still says the versions" "0 git version" "$("$lfsguard" lfs env >out 2>&1; echo $?) $(sed -n '2s/^\(git version\).*/\1/p' out)"

# What checkout has git compare is not stored again.
(cd a && rm a.bin && GIT_LFS_SKIP_SMUDGE=1 git checkout -q a.bin && "$lfsguard" lfs checkout && rm -rf .git/lfs/objects && touch a.bin)
check "files are compared with the index without being stored" " 0" "$(cd a && LFSGUARD_COMPARE_ONLY=1 git status --short --untracked-files=no) $(find a/.git/lfs -type f -path '*objects*' | wc -l)"
check "and what differs is seen" " M a.bin" "$(cd a && echo x > a.bin && LFSGUARD_COMPARE_ONLY=1 git status --short --untracked-files=no; git checkout -q a.bin 2>/dev/null)"
(cd a && echo one > a.bin && git add a.bin && cp -r "$work/r.git/lfs/objects" .git/lfs/ && git reset -q --hard)

# Under git-lfs's name its exit codes.
mkdir "$work/bin" && ln -s "$lfsguard" "$work/bin/git-lfs"
for line in "nosuchcommand" "ls-files --nosuch" "fetch nosuch" "fetch origin nosuch" "fsck nosuch" "push nosuch main"; do
  # shellcheck disable=SC2086
  check "under git-lfs's name the exit code of: $line" "$(cd a && git lfs $line >/dev/null 2>&1; echo $?)" "$(cd a && "$work/bin/git-lfs" $line >/dev/null 2>&1; echo $?)"
done
check "and outside of a repository" "$(git lfs ls-files >/dev/null 2>&1; echo $?)" "$("$work/bin/git-lfs" ls-files >/dev/null 2>&1; echo $?)"

# fsck of a range, beside git-lfs.
cd a || exit 1
echo raw > raw.bin && git -c filter.lfs.process= -c filter.lfs.clean=cat -c filter.lfs.required=false add raw.bin && git commit -qm raw
git rm -q --cached raw.bin && rm raw.bin && printf '%s\r\n' "$(cat ptr)" > crlf.bin && git add -A . && git commit -qm crlf
for range in HEAD HEAD~1 HEAD~2 HEAD~1..HEAD HEAD~2..HEAD; do
  check "fsck of $range finds what git-lfs finds" "$(theirs fsck "$range" | sort)" "$(ours fsck "$range" | sort)"
done
check "a range costs no process for each commit" "same" "$(
  count() { GIT_TRACE=$work/trace "$lfsguard" lfs fsck "$1" >/dev/null; grep -c 'trace: built-in' "$work/trace"; rm "$work/trace"; }
  [ "$(count HEAD~1..HEAD)" = "$(count HEAD~2..HEAD)" ] && echo same)"
finish
