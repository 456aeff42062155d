#!/usr/bin/env bash
# status, push --dry-run, fsck, prune, env and locks: what scripts read must be what git-lfs prints.
set -u
git lfs version > /dev/null 2>&1 || { echo "skipped: git-lfs is not installed"; exit 0; }
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server 2> /dev/null; rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
for v in $(env | grep -iE '^[a-z]+_proxy=|_ASKPASS=|^(GIT_SSL|SSL_CERT|CURL_CA|GIT_TRACE|GIT_CURL|LFSGUARD_TRACE|HF_)' | cut -d= -f1); do unset "$v"; done
unset XDG_CONFIG_HOME GIT_DIR
mkdir -p "$HOME" && cd "$work" || exit 1
. "$LFSGUARD_SOURCE/tests/server/server.sh"
lfsguard=$LFSGUARD_BUILD/lfsguard
c="git config --global"
$c user.name t; $c user.email t@example.com; $c init.defaultBranch main
$c filter.lfs.clean "$lfsguard lfs clean -- %f"; $c filter.lfs.smudge "$lfsguard lfs smudge -- %f"
$c filter.lfs.process "$lfsguard lfs filter-process"; $c filter.lfs.required true
failed=0
check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); failed=1; fi
}
same() { # NAME COMMAND...: both programs, standard output and exit code
  check "$1" "$(git lfs "${@:2}" 2> /dev/null; echo "[$?]")" "$("$lfsguard" lfs "${@:2}" 2> /dev/null; echo "[$?]")"
}
statuses() { same "$1: status" status; same "$1: status --porcelain" status --porcelain; same "$1: status --json" status --json; }

git init -q a && cd a || exit 1
echo '*.bin filter=lfs diff=lfs merge=lfs -text' > .gitattributes
echo a > a.bin; echo plain > t; mkdir d; echo d > d/d.bin; git add -A
statuses "before the first commit"
git commit -qm 1
git init -q --bare ../a.git; git remote add origin ../a.git
same "push --dry-run" push --dry-run origin main
"$lfsguard" lfs push origin main && git push -qu origin main
statuses "all pushed"
echo b > b.bin; echo aa > a.bin; echo txt > t; git add -A; git commit -qm 2
statuses "something to push"
same "push --dry-run of what is new" push --dry-run origin main
git clone -q .git ../partly; git -C ../partly commit -q --allow-empty -m theirs; theirs=$(git -C ../partly rev-parse HEAD)
mkdir -p .git/refs/remotes/gone && echo "$theirs" > .git/refs/remotes/gone/main; git config remote.gone.url ../a.git
check "a remote's id that is not here is left out of account" "4" "$("$lfsguard" lfs push --dry-run gone main | wc -l)"
rm -r .git/refs/remotes/gone; git config --remove-section remote.gone
git mv b.bin c.bin; echo more >> t; git rm -q --cached d/d.bin; echo new > n.bin; git add n.bin
statuses "renamed, removed, added, modified"
echo changed > a.bin; rm .gitattributes
statuses "modified and deleted in the work tree"
cd d || exit 1
same "status below the top" status
cd ..
git reset -q --hard; for i in 1 2 3 4 5 6 7; do echo $i > $i.bin; done; git add -A; git commit -qm seven
echo s > 1.bin; git add 1.bin; echo s > 2.bin; git add 2.bin; echo t > 2.bin; rm 3.bin; git rm -q 4.bin; chmod +x 5.bin; git rm -q --cached 6.bin; rm 7.bin; ln -s x 7.bin
echo n > n.bin; git add n.bin; rm n.bin
statuses "every kind of change"
git reset -q --hard HEAD~1; rm -f 6.bin
git checkout -qf --detach HEAD
statuses "on no branch"
git checkout -qf main; git reset -q --hard
same "fsck when all is well" fsck
same "ls-files of two refs" ls-files HEAD~1 HEAD
object=.git/lfs/objects/$(echo aa | sha256sum | sed -E 's|^(..)(..)(.{60}).*|\1/\2/\1\2\3|')
mv "$object" ../kept
same "fsck when an object is gone" fsck --objects
chmod u+w ../kept; cp ../kept "$object"; chmod u+w "$object"; echo damaged > "$object"; git lfs fsck --objects > ../theirs; echo "$?" >> ../theirs; rm -r .git/lfs/bad; echo damaged > "$object"
"$lfsguard" lfs fsck --objects > ../mine; echo "$?" >> ../mine
check "fsck when an object is damaged" "$(cat ../theirs)" "$(cat ../mine)"
check "the damaged object is out of the way" "damaged 0" "$(cat ".git/lfs/bad/$(basename "$object")") $(find .git/lfs/objects -name "$(basename "$object")" | wc -l)"
cp ../kept "$object"
echo raw > raw.bin; git cat-file blob HEAD:a.bin | sed 's/$/\r/' > crlf.bin
id=$(git hash-object -w --no-filters crlf.bin); raw=$(git hash-object -w --no-filters raw.bin)
git update-index --add --cacheinfo "100644,$id,crlf.bin" --cacheinfo "100644,$raw,raw.bin"; git commit -qm bad
check "fsck --pointers names the same" "$(git lfs fsck --pointers | sort; echo "${PIPESTATUS[0]}")" "$("$lfsguard" lfs fsck --pointers | sort; echo "${PIPESTATUS[0]}")"
same "fsck of an older commit" fsck HEAD~1
same "fsck of a range" fsck HEAD~2..HEAD~1
git reset -q --hard HEAD~1

# prune keeps what is not pushed, and what the remote is not known to have.
echo unneeded | "$lfsguard" lfs clean > /dev/null
same "prune --dry-run" prune --dry-run
"$lfsguard" lfs prune > /dev/null
check "prune deletes what nothing needs and keeps the rest" "0 $(git lfs ls-files --all -l | sort -u | wc -l)" "$? $(find .git/lfs/objects -type f | wc -l)"
"$lfsguard" lfs push origin main; git push -q origin main; git rm -q a.bin; git commit -qm 3; git push -q origin main
git config lfs.fetchrecentrefsdays 0
"$lfsguard" lfs prune --verify-remote > /dev/null
check "prune --verify-remote deletes what the remote has" "0 0" "$? $(find .git/lfs/objects -type f -path "*$(basename "$object")" | wc -l)"
cd ..

# Endpoints: `env` shows what a configuration comes to.
endpoint() { # NAME CONFIG...: KEY=VALUE pairs in a fresh repository
  rm -rf e; git init -q e; cd e || exit 1
  for pair in "${@:2}"; do git config "${pair%%=*}" "${pair#*=}"; done
  check "endpoint: $1" "$(git lfs env | grep -A1 '^Endpoint=' | grep -E '^Endpoint=|^  SSH=')" "$("$lfsguard" lfs env | grep -A1 '^Endpoint=' | grep -E '^Endpoint=|^  SSH=')"
  cd ..
}
endpoint "https" remote.origin.url=https://example.com/o/r
endpoint "https with .git" remote.origin.url=https://example.com/o/r.git
endpoint "https with a slash" remote.origin.url=https://example.com/o/r/
endpoint "ssh" remote.origin.url=ssh://git@example.com/o/r.git
endpoint "ssh with a port" remote.origin.url=ssh://git@example.com:2222/o/r.git
endpoint "scp-like" remote.origin.url=git@example.com:o/r.git
endpoint "scp-like without .git" remote.origin.url=git@example.com:o/r
endpoint "git protocol" remote.origin.url=git://example.com/o/r.git
endpoint "lfs.url" remote.origin.url=https://example.com/o/r lfs.url=https://lfs.example.com/x
endpoint "remote.<name>.lfsurl" remote.origin.url=https://example.com/o/r remote.origin.lfsurl=https://lfs.example.com/y
endpoint "lfs.url over remote.<name>.lfsurl" remote.origin.url=https://example.com/o/r remote.origin.lfsurl=https://lfs.example.com/y lfs.url=https://lfs.example.com/x
endpoint "insteadOf" remote.origin.url=gh:o/r url.https://example.com/.insteadOf=gh:
endpoint "the longest insteadOf" remote.origin.url=https://example.com/o/r url.https://a/.insteadOf=https://example.com/ url.https://b/.insteadOf=https://example.com/o/
endpoint "insteadOf of lfs.url" remote.origin.url=https://example.com/o/r lfs.url=short:x url.https://example.com/.insteadOf=short:
endpoint "access" remote.origin.url=https://example.com/o/r lfs.https://example.com/o/r.git/info/lfs.access=basic
endpoint "an ssh lfs.url" remote.origin.url=https://example.com/o/r lfs.url=ssh://git@example.com/o/r
rm -rf e; git init -q e; cd e || exit 1
git config remote.origin.url https://example.com/o/r; git config -f .lfsconfig lfs.url https://lfs.example.com/z
check "endpoint: .lfsconfig" "$(git lfs env | grep ^Endpoint=)" "$("$lfsguard" lfs env | grep ^Endpoint=)"
git config -f .lfsconfig lfs.storage /elsewhere; git config -f .lfsconfig http.proxy http://evil
check "other keys of .lfsconfig are ignored with a warning each" "LfsStorageDir=$PWD/.git/lfs 2" "$("$lfsguard" lfs env 2> ../warnings | grep ^LfsStorageDir) $(grep -c 'ignored in .lfsconfig' ../warnings)"
git config lfs.url https://lfs.example.com/own
check "git's configuration goes before .lfsconfig" "Endpoint=https://lfs.example.com/own (auth=none)" "$("$lfsguard" lfs env 2> /dev/null | grep ^Endpoint=)"
git config --unset lfs.url; git add .lfsconfig; rm .lfsconfig
check "a staged .lfsconfig counts where the work tree has none" "Endpoint=https://lfs.example.com/z (auth=none)" "$("$lfsguard" lfs env 2> /dev/null | grep ^Endpoint=)"
git commit -qm c; git rm -q --cached .lfsconfig
check "and the committed one where the index has none" "Endpoint=https://lfs.example.com/z (auth=none)" "$("$lfsguard" lfs env 2> /dev/null | grep ^Endpoint=)"
cd ..

# One side of a conflict.
rm -rf sides; git init -q -b main sides; cd sides || exit 1
git config filter.lfs.clean "'$lfsguard' lfs clean -- %f"; git config filter.lfs.smudge "'$lfsguard' lfs smudge -- %f"; git config filter.lfs.required true
mkdir d; echo '*.bin filter=lfs diff=lfs merge=lfs -text' > .gitattributes; echo base > d/a.bin; git add -A; git commit -qm base
git checkout -q -b other; echo theirs > d/a.bin; git commit -qam theirs; git checkout -q main; echo ours > d/a.bin; git commit -qam ours; git merge other > /dev/null 2>&1
cd d || exit 1
mkdir folder
for side in base ours theirs; do "$lfsguard" lfs checkout --to "../$side" "--$side" a.bin; done; "$lfsguard" lfs checkout --to folder --ours a.bin
check "checkout --to: each side of a conflict, an empty folder replaced" "base ours theirs ours" "$(cat ../base ../ours ../theirs folder | xargs)"
for words in "--to x a.bin" "--ours a.bin" "--to x --ours --base a.bin" "--to x --ours"; do
  # shellcheck disable=SC2086
  "$lfsguard" lfs checkout $words > /dev/null 2>&1
  check "checkout $words is a usage error" 129 $?
done
"$lfsguard" lfs checkout --to x --ours nosuch > /dev/null 2> ../err
check "a path that is in no conflict is named" "128 1 no" "$? $(grep -c 'd/nosuch' ../err) $([ -e x ] && echo yes || echo no)"
cd ../..

# SSH: git-lfs-authenticate names the address and the header. A script stands for ssh and its other side.
start_server ssh-server --auth alice:s3cret
cat > ssh << SH
#!/bin/sh
echo "\$*" >> $work/ssh.log
case "\$*" in *git-lfs-authenticate*) echo '{"href":"$url/r.git/info/lfs","header":{"Authorization":"Basic YWxpY2U6czNjcmV0"},"expires_in":600}';; *) exit 127;; esac
SH
chmod +x ssh
rm -rf s; git init -q s; cd s || exit 1
echo '*.bin filter=lfs -text' > .gitattributes; echo 1 > 1.bin; echo 2 > 2.bin; git add -A; git commit -qm 1
git remote add origin "ssh://git@example.com:2222/o/r 1.git"
GIT_SSH_COMMAND=$work/ssh "$lfsguard" lfs push origin main
check "an SSH remote's objects go where git-lfs-authenticate says, with its header" "0 2" "$? $(find "$work/ssh-server" -type f | wc -l)"
check "ssh is asked once, with port, host and quoted path" "-p 2222 git@example.com git-lfs-authenticate '/o/r 1.git' upload" "$(cat ../ssh.log)"
cd ..
stop_server

# Locks.
start_server locks-server
cd a || exit 1
git config lfs.url "$url/r.git/info/lfs"; git config lfs.locksverify false
check "lock" "Locked a.bin" "$("$lfsguard" lfs lock a.bin)"
"$lfsguard" lfs lock d/d.bin c.bin theirs.bin > /dev/null
"$lfsguard" lfs lock a.bin > ../out 2>&1
check "a lock that is taken: exit 2, the holder is named" "2 1" "$? $(grep -c 'already locked by alice: a.bin' ../out)"
same "locks, over several pages" locks
same "locks of a path" locks --path=a.bin
same "locks as JSON" locks --json
same "locks with a limit" locks --limit=1
cd d || exit 1
check "unlock from below the top" "Unlocked d/d.bin" "$("$lfsguard" lfs unlock d.bin)"
cd ..
check "unlock by id" "Unlocked Lock 1" "$("$lfsguard" lfs unlock --id=1)"
"$lfsguard" lfs unlock theirs.bin > ../out 2>&1
check "somebody else's lock stays without --force" "128 1" "$? $(grep -c 'not yours' ../out)"
check "and goes with it" "Unlocked theirs.bin" "$("$lfsguard" lfs unlock --force theirs.bin)"
check "one lock is left" "1" "$("$lfsguard" lfs locks | wc -l)"
stop_server
exit $failed
