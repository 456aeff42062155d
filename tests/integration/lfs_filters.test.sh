#!/usr/bin/env bash
# Filters and the store, with git and beside git-lfs: what one cleans the other reads, crashes, full disks, read-only stores, work trees, alternates.
set -u
work=$(mktemp -d) && trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
unset XDG_CONFIG_HOME GIT_TRACE LFSGUARD_TRACE GIT_DIR
mkdir -p "$HOME" && cd "$work" || exit 1
lfsguard=$LFSGUARD_BUILD/lfsguard
c="git config --global"
$c user.name t; $c user.email t@example.com; $c init.defaultBranch main
ours() {
  $c filter.lfs.clean "$lfsguard lfs clean -- %f"; $c filter.lfs.smudge "$lfsguard lfs smudge -- %f"
  $c filter.lfs.process "$lfsguard lfs filter-process"; $c filter.lfs.required true
}
theirs() {
  $c filter.lfs.clean "git-lfs clean -- %f"; $c filter.lfs.smudge "git-lfs smudge -- %f"
  $c filter.lfs.process "git-lfs filter-process"; $c filter.lfs.required true
}
failed=0
check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); failed=1; fi
}
objects() { find "${1:-.git/lfs/objects}" -type f 2> /dev/null | wc -l; }
ours

# One repository, both tools.
git init -q both && cd both || exit 1
echo '*.bin filter=lfs diff=lfs merge=lfs -text' > .gitattributes
head -c 3000000 /dev/urandom > big.bin; : > empty.bin; printf 'a\r\nb\r\n' > crlf.bin; echo x > $'new\nline.bin'; echo y > $'\xff\xfe.bin'; echo z > 'sp ace.bin'
git add -A && git commit -qm all
check "the blobs are pointers" "$(printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 3000000' "$(sha256sum big.bin | cut -c1-64)")" "$(git cat-file blob :big.bin)"
check "an empty file stays empty" "0" "$(git cat-file -s :empty.bin)"
check "one object for each file with content, none left in tmp" "5 0" "$(objects) $(objects .git/lfs/tmp)"
if git lfs version > /dev/null 2>&1; then
  check "git-lfs finds all objects and pointers right" "Git LFS fsck OK" "$(git lfs fsck 2>&1)"
  cp -r . ../theirs-reads; cd ../theirs-reads || exit 1
  theirs; rm -- *.bin; git checkout -q . ; cd ../both || exit 1
  check "git-lfs smudges what we cleaned" "" "$(diff -r -x .git . ../theirs-reads)"
  git init -q ../theirs-cleans; cd ../theirs-cleans || exit 1
  cp ../both/.gitattributes ../both/*.bin .; git add -A; git commit -qm all
  check "git-lfs cleans to the same tree" "$(git -C ../both rev-parse 'HEAD^{tree}')" "$(git rev-parse 'HEAD^{tree}')"
  ours; rm -- *.bin; git checkout -q .
  check "we smudge what git-lfs cleaned" "" "$(diff -r -x .git . ../both)"
  for flags in "" "-l" "-s" "-n" "-d" "--all -l" "HEAD" "--deleted -n" "-I big*" "-X big*"; do
    check "ls-files $flags prints what git-lfs prints" "$(git lfs ls-files $flags)" "$("$lfsguard" lfs ls-files $flags)"
  done
  cd ../both || exit 1
fi
check "fsck says so" "Git LFS fsck OK" "$("$lfsguard" lfs fsck)"
# One-shot filters, without filter-process.
$c --unset filter.lfs.process
rm -- *.bin; git checkout -q .
check "the one-shot smudge filter writes the same" "" "$(git status --porcelain)"
touch big.bin; git add big.bin
check "the one-shot clean filter gives the same pointer" "" "$(git status --porcelain)"
ours
cd ..

# Raw blobs at covered paths.
git init -q raw && cd raw || exit 1
head -c 200000 /dev/urandom > a.bin; echo small > b.bin; git add -A; git commit -qm raw
echo '*.bin filter=lfs -text' > .gitattributes; git add .gitattributes; git commit -qm attributes
rm -- *.bin; git -c advice.detachedHead=false checkout -f HEAD -- a.bin b.bin 2> ../warning
check "a blob that is no pointer passes smudge as it is" "$(git rev-parse HEAD:a.bin HEAD:b.bin)" "$(git hash-object --no-filters a.bin b.bin)"
check "with a warning that names both" "Encountered 2 files that should have been pointers, but weren't:
	a.bin
	b.bin" "$(cat ../warning)"
cd ..

# Linked work trees share the store; a clone with alternates borrows.
git -C both worktree add -q ../tree
check "a linked work tree gets its files from the common store" "" "$(diff -r -x .git both tree)"
echo more > tree/more.bin; git -C tree add more.bin
check "and puts new objects there" "6" "$(objects both/.git/lfs/objects)"
git clone -q --shared both borrows
check "a clone with alternates gets its files from there" "" "$(diff -r -x .git both borrows)"
git init -q moved && cd moved || exit 1
git config lfs.storage "$work/storage"; echo '*.bin filter=lfs -text' > .gitattributes; echo moved > a.bin; git add -A
check "lfs.storage moves the store" "1 0" "$(objects "$work/storage/objects") $(objects)"
cd ..

# A crash in the middle leaves no object and a store that works.
git init -q crash && cd crash || exit 1
mkfifo feed; sha=$(head -c 9000000 /dev/zero | sha256sum | cut -c1-64)
"$lfsguard" lfs clean -- big < feed > /dev/null 2>&1 &
cleaner=$!
exec 9> feed; head -c 8000000 /dev/zero >&9
until [ -n "$(find .git/lfs/tmp -type f -size +1000k 2> /dev/null)" ]; do kill -0 $cleaner || break; done
kill -9 $cleaner; wait $cleaner 2> /dev/null; exec 9>&-
check "kill -9 in the middle of clean leaves no object" "0" "$(objects)"
head -c 9000000 /dev/zero | "$lfsguard" lfs clean -- big > pointer
check "and the next clean makes it" "oid sha256:$sha 1" "$(sed -n 2p pointer) $(objects)"
touch -d '2 hours ago' .git/lfs/tmp/*; git commit -q --allow-empty -m x; "$lfsguard" lfs prune --force > /dev/null
check "prune removes what the crash left" "0" "$(objects .git/lfs/tmp)"
cd ..

# Failures are told, and leave nothing.
git init -q refused && cd refused || exit 1
mkdir -p .git/lfs; printf 'no folder' > .git/lfs/tmp
echo content | "$lfsguard" lfs clean -- a.bin > ../out 2> ../err
check "a store that cannot be written to: exit 128, no output, the store named with a hint" "128 0 1 1" "$? $(wc -c < ../out) $(grep -c "cannot write to the LFS store: $PWD/.git/lfs" ../err) $(grep -c '^hint: ' ../err)"
rm .git/lfs/tmp
if [ "$(id -u)" = 0 ] && unshare -m true 2> /dev/null; then
  cat > ../full.sh << 'SH'
mkdir -p .git/lfs && mount -t tmpfs -o size=1m tmpfs .git/lfs && head -c 3000000 /dev/urandom | "$1" lfs clean -- a.bin > ../out 2> ../err
echo "$? $(wc -c < ../out) $(find .git/lfs -type f | wc -l)"
SH
  check "a full disk: exit 128, no output, nothing left behind" "128 0 0" "$(unshare -m bash ../full.sh "$lfsguard")"
  check "said in words" "1" "$(grep -c 'No space left on device' ../err)"
fi
echo '*.bin filter=lfs -text' > .gitattributes; git add .gitattributes; printf 'no folder' > .git/lfs/tmp; echo content > a.bin
git add a.bin > /dev/null 2> ../err
check "git add fails then, and nothing is staged" "128 0" "$? $(git ls-files a.bin | wc -l)"
cd ..

# Eight processes insert one object at once.
git init -q race && cd race || exit 1
head -c 4000000 /dev/urandom > ../content
for i in 1 2 3 4 5 6 7 8; do "$lfsguard" lfs clean -- f < ../content > "../p$i" & done; wait
check "eight processes may insert one object at once" "1 1 0" "$(cat ../p? | sort -u | grep -c oid) $(objects) $(objects .git/lfs/tmp)"
cd ..

# Extensions, beside git-lfs.
git init -q extended && cd extended || exit 1
git config lfs.extension.upper.clean "tr a-z A-Z"; git config lfs.extension.upper.smudge "tr A-Z a-z"; git config lfs.extension.upper.priority 1
git config lfs.extension.rot.clean "tr A-Z N-ZA-M"; git config lfs.extension.rot.smudge "tr A-Z N-ZA-M"; git config lfs.extension.rot.priority 2
echo '*.bin filter=lfs -text' > .gitattributes; echo "some text" > a.bin; git add -A; git commit -qm x
! git lfs version > /dev/null 2>&1 || check "extensions: the pointer is git-lfs's" "$(git lfs clean -- a.bin < a.bin)" "$(git cat-file blob :a.bin)"
rm a.bin; git checkout -q .
check "and the way back works" "some text" "$(cat a.bin)"
rm a.bin; git config --unset lfs.extension.rot.smudge; git config --unset lfs.extension.rot.clean
git checkout -q . 2> ../err
check "an extension that is not set up is named" "1" "$(grep -c 'not set up here: rot' ../err)"
cd ..

# checkout writes the work tree itself.
GIT_LFS_SKIP_SMUDGE=1 git clone -q both later 2> /dev/null && cd later || exit 1
cp -r ../both/.git/lfs .git/
chmod +x big.bin; git update-index --chmod=+x big.bin; git commit -qm mode; echo changed > crlf.bin; rm empty.bin
"$lfsguard" lfs checkout
check "checkout writes pointers out, keeps the executable bit and what was changed" "0 $(sha256sum < ../both/big.bin) 755 changed" "$? $(sha256sum < big.bin) $(stat -c %a big.bin) $(cat crlf.bin)"
check "git sees only what was changed" " M crlf.bin
 D empty.bin" "$(git status --porcelain)"
rm big.bin; GIT_LFS_SKIP_SMUDGE=1 git checkout -q big.bin; rm -rf .git/lfs/objects
"$lfsguard" lfs checkout big.bin 2> ../err
check "an object that is not here is named" "0 1" "$? $(grep -c 'Skipped checkout for "big.bin", content not local' ../err)"
cd ..
exit $failed
