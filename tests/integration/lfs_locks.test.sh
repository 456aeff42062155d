#!/usr/bin/env bash
# File locks: what lock, unlock and locks do to files and say, and what a push does about files that others hold. git-lfs is asked about the same.
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/server/server.sh"
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
server=
trap '[ -z "$server" ] || stop_server; rm -rf --one-file-system "$work"' EXIT
have_peer=no
if git lfs version >/dev/null 2>&1; then have_peer=yes; fi
mode() { stat -c %A "$@" | paste -sd' '; }

git init -q repo && cd repo || exit 1
git config filter.lfs.process "$lfsguard lfs filter-process"
git config filter.lfs.clean "$lfsguard lfs clean -- %f"
git config filter.lfs.smudge "$lfsguard lfs smudge -- %f"
git config filter.lfs.required true
git remote add origin "$work/origin.git"
mkdir d
printf '*.bin filter=lfs diff=lfs merge=lfs -text lockable\n' > .gitattributes
for file in a.bin b.bin theirs.bin d/c.bin plain; do echo "$file" > "$file"; done
git add -A && git commit -qm one
cd "$work" && start_server s && cd repo || exit 1
lfs_url=$url/r.git/info/lfs
key=lfs.$lfs_url.locksverify
git config lfs.url "$lfs_url"
guard() { "$lfsguard" lfs "$@"; }

# Modes.
chmod a-w a.bin plain
check "a file that is locked becomes writable" "Locked a.bin 0 -rw-r--r--" "$(guard lock a.bin) $? $(mode a.bin)"
check "one that is given back becomes read-only" "Unlocked a.bin 0 -r--r--r--" "$(guard unlock a.bin) $? $(mode a.bin)"
check "a file that is not lockable stays writable when it is given back" "Locked plain 0 -rw-r--r-- Unlocked plain 0 -rw-r--r--" \
  "$(guard lock plain) $? $(mode plain) $(guard unlock plain) $? $(mode plain)"
git config lfs.setlockablereadonly false
guard lock b.bin >/dev/null; guard unlock b.bin >/dev/null
check "with lfs.setlockablereadonly false modes are left alone" "-rw-r--r--" "$(mode b.bin)"
git config --unset lfs.setlockablereadonly
guard lock a.bin >/dev/null
rm a.bin b.bin d/c.bin && GIT_LFS_SKIP_SMUDGE=1 git checkout -q . && guard checkout >/dev/null
check "checkout makes lockable files read-only but for those that are locked" "-rw-r--r-- -r--r--r-- -r--r--r--" "$(mode a.bin b.bin d/c.bin)"
check "and leaves a clean work tree" "" "$(git status --short)"
chmod u+w a.bin b.bin
guard post-checkout 0 0 1
check "post-checkout sets the modes of all lockable files" "0 -rw-r--r-- -r--r--r--" "$? $(mode a.bin b.bin)"
guard unlock a.bin >/dev/null

# unlock.
chmod u+w a.bin; guard lock a.bin >/dev/null; echo more >> a.bin
guard unlock a.bin > out 2>&1
check "a file with uncommitted changes is not unlocked" "128 lfsguard: cannot unlock a file with uncommitted changes: a.bin" "$? $(head -1 out)"
check "with --force it is" "Unlocked a.bin 0" "$(guard unlock --force a.bin 2>/dev/null) $?"
git checkout -q a.bin
check "unlock --json is git-lfs's" '[{"path":"a.bin","unlocked":true}]' "$(guard lock a.bin >/dev/null; guard unlock --json a.bin)"
guard lock d a.bin > out 2>&1
check "a folder cannot be locked, the file beside it is" "2 1 1" "$? $(grep -c 'cannot lock directory: d' out) $(grep -c 'Locked a.bin' out)"
guard unlock a.bin >/dev/null

# A push of a file that bob holds.
guard lock theirs.bin >/dev/null
line() { echo "refs/heads/main $(git rev-parse HEAD) refs/heads/main $(printf %040d 0)"; }
push() { line | "$hook" pre-push origin "$work/origin.git" > "$work/out" 2>&1; echo $?; }
said() { sed "s#$url#URL#" "$work/out" | grep -v '^lfsguard\|^Uploaded'; }
git config "$key" true
check "a push of a file that somebody else holds is stopped" "1" "$(push)"
check "and says whose it is" "Unable to push locked files:
* theirs.bin - bob (refs: main)
Cannot update locked files." "$(said)"
check "before anything is sent" "0" "$(count batch)"
guard push origin main > "$work/out" 2>&1
check "so is lfs push" "2" "$?"
git config "$key" false
asked=$(count locks)
check "with locksverify false nobody is asked" "0 0" "$(push) $(($(count locks) - asked))"
git config --unset "$key"
check "without the setting it is only told" "0 Locking support detected on remote \"origin\". Consider enabling it with:
  \$ git config lfs.URL/r.git/info/lfs.locksverify true
Unable to push locked files:
* theirs.bin - bob (refs: main)
warning: The above files would have halted this push." "$(push) $(said)"
printf '*.bin filter=lfs diff=lfs merge=lfs -text\n' > .gitattributes
asked=$(count locks)
check "and where no file of the push is lockable nobody is asked" "0 0" "$(push) $(($(count locks) - asked))"
git checkout -q .gitattributes
git config "$key" true
git update-ref refs/remotes/origin/main HEAD
echo new > b.bin; chmod u+w b.bin; git commit -qam two
check "a push that does not touch the held file goes through" "0 " "$(push) $(said)"
guard lock b.bin >/dev/null
check "one of a file that is locked by oneself, too, with a reminder" "0 Consider unlocking your own locked files: (\`git lfs unlock <path>\`)
* b.bin" "$(push) $(said)"
stop_server

# Servers without locks, or that refuse, beside git-lfs.
refused() { # STATUS LOCKSVERIFY: exit codes of hook and peer, and what the setting is afterwards
  for who in guard peer; do
    rm -rf "$work"/s.script "$work/s"
    echo "[{\"leg\":\"locks\",\"status\":$1,\"times\":-1}]" > "$work/s.script"
    cd "$work" && start_server s && cd repo || exit 1
    local setting=lfs.$url/r.git/info/lfs.locksverify
    git config lfs.url "$url/r.git/info/lfs"
    # A server before this one may have had the same port.
    git config --unset-all "$setting"
    [ -z "$2" ] || git config "$setting" "$2"
    if [ $who = guard ]; then
      [ "$(push)" = 0 ] && echo 0 > code || echo 1 > code
    else
      line | git lfs pre-push origin "$work/origin.git" > "$work/out" 2>&1; [ $? = 0 ] && echo 0 > code || echo 1 > code
    fi
    echo "$who $(cat code) $(git config --get-all "$setting" | paste -sd' ')"
    stop_server
  done
}
git update-ref -d refs/remotes/origin/main
if [ $have_peer = yes ]; then
  for case in "404 " "501 " "403 " "500 " "404 true" "403 true" "500 true"; do
    result=$(refused "${case% *}" "${case#* }")
    check "an answer of ${case% *} with locksverify '${case#* }' is taken as git-lfs takes it" "$(sed -n 's/^peer //p' <<< "$result")" "$(sed -n 's/^guard //p' <<< "$result")"
  done
else
  not_run "refusals of servers beside git-lfs" "git-lfs is not installed"
fi
server=
finish
