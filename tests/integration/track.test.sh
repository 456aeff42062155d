#!/bin/bash
# `lfsguard track` and `untrack` beside `git lfs track` and `untrack`: the same words, the same lines, the same listing.
set -u
export HOME GIT_CONFIG_NOSYSTEM=1 GIT_LFS_TRACK_NO_INSTALL_HOOKS=1
unset XDG_CONFIG_HOME
HOME=$(mktemp -d)
trap 'chmod -R u+w "$HOME"; rm -rf "$HOME"' EXIT
git config --global user.name t
git config --global user.email t@example.org
git config --global init.defaultBranch main
ours="$LFSGUARD_BUILD/lfsguard"
failures=0

report() {  # NAME STATUS
  if [ "$2" = 0 ]; then echo "ok: $1"; else echo "FAILED: $1"; failures=$((failures + 1)); fi
}
same() {  # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then report "$1" 0; else printf 'expected: %q\nactual:   %q\n' "$2" "$3"; report "$1" 1; fi
}

# A repository with files, some of them in directories, and attributes of every kind.
make_repository() {
  rm -rf "$1"
  git init -q "$1"
  (
    cd "$1" || exit
    mkdir -p .git/info sub/deep other
    touch a.bin 'sp ace.bin' '#hash' 'w[1].dat' sub/b.bin sub/deep/c.bin other/d.dat .gitignore sub/.lfsconfig
    git add -A
    git commit -qm one
  )
}
fill_attributes() {
  cat > .gitattributes <<'END'
# a comment
[attr]big filter=lfs diff=lfs merge=lfs -text
*.dat filter=lfs diff=lfs merge=lfs -text
/root.bin filter=lfs
sub/dir/** filter=lfs -text lockable
foo[[:space:]]bar filter=lfs
\#x filter=lfs
"q uoted\t<&>" filter=lfs
*.mac big
*.png -filter
*.jpg !filter
*.lock lockable
*.nolock -lockable
*.x filter=other
*.y text
dir/ filter=lfs
**/deep filter=lfs
a/../b filter=lfs
[ab]*.z filter=lfs lockable=false
*.f filter
*.nomac !big
END
  printf '*.n filter=lfs\n/r.n filter=lfs\n[attr]no filter=lfs\n*.q no\n' > sub/deep/.gitattributes
  printf '*.s filter=lfs\n' > sub/.gitattributes
  printf '*.info filter=lfs\n' > .git/info/attributes
  mkdir -p "$HOME/.config/git"
  printf '*.glob filter=lfs\n[attr]huge filter=lfs\n' > "$HOME/.config/git/attributes"
}

# both NAME DIRECTORY ARGUMENTS...: runs git-lfs in one copy and ours in another, compares output, status, and the file.
# The wording and the listing are those of git-lfs 3.3 (Debian 12). Later ones list patterns as they are written and keep "/a" and "a" apart: against
# them nothing is compared, and that is said.
case $(git lfs version) in
git-lfs/3.3.*) comparable=yes ;;
*) comparable=no; echo "not compared with $(git lfs version | cut -d' ' -f1): only with git-lfs 3.3" ;;
esac
both() {
  local name=$1 directory=$2 expected actual
  shift 2
  expected=$(cd "$HOME/theirs/$directory" && git lfs "$@" 2>&1; echo "status $?"; cat .gitattributes 2>/dev/null | od -c)
  actual=$(cd "$HOME/ours/$directory" && "$ours" "$@" 2>&1; echo "status $?"; cat .gitattributes 2>/dev/null | od -c)
  if [ $comparable = yes ]; then same "$name" "$expected" "$actual"; else echo "not compared: $name"; fi
}
fresh() {
  make_repository "$HOME/theirs"
  make_repository "$HOME/ours"
  rm -rf "$HOME/.config"
}
with_attributes() { (cd "$HOME/theirs" && "$@"); (cd "$HOME/ours" && "$@"); }

fresh
both "nothing tracked lists nothing" . track
both "nothing tracked lists an empty array in JSON" . track --json
with_attributes fill_attributes
both "patterns of all files are listed as git-lfs lists them" . track
both "so they are from a directory below" sub track
both "excluded patterns can be left out" . track --no-excluded
both "the listing as JSON" . track --json

fresh
both "a pattern is added to a new file" . track '*.bin'
both "a second pattern goes behind it" . track 'sub/deep/*.x'
both "a pattern that is there is already supported" . track '*.bin'
both "a leading ./ is dropped" . track './*.zip'
both "spaces are escaped" . track 'sp ace.bin'
both "so is #" . track '#hash'
both "escaped patterns are known again" . track 'sp ace.bin'
both "several patterns come in order, known ones are skipped" . track '*.bin' 'only*.new'
both "in a directory the file of that directory is changed" sub track '*.bin'
both "what the file of a directory below has is known from the top" . track 'sub/*.bin'
both "--filename escapes what a pattern gives a meaning" . track --filename 'w[1]*.dat'
both "an absolute pattern" . track '/abs.bin'
both "an absolute pattern is known without its slash" . track 'abs.bin'
both "untrack takes a pattern out" . untrack '*.bin'
both "untrack finds escaped names and a leading ./" . untrack './sp ace.bin' '#hash'
both "untrack of what is not there changes nothing" . untrack '*.none'
same "lfs untrack without arguments prints its usage" "$(cd "$HOME/theirs" && git lfs untrack 2>&1; echo "status $?")" "$(cd "$HOME/ours" && "$ours" lfs untrack 2>&1; echo "status $?")"
(cd "$HOME/ours" && "$ours" untrack 2>/dev/null); same "untrack without arguments is a usage error" 129 $?
both "untrack in a directory without the file says nothing" other untrack '*.bin'

fresh
both "lockable patterns" . track --lockable '*.bin'
both "lockable patterns are listed so" . track
both "lockable again is already supported" . track -l '*.bin'
both "--not-lockable replaces the line" . track --not-lockable '*.bin'
both "--not-lockable again is already supported" . track --not-lockable '*.bin'
same "after --not-lockable files are as writable as git-lfs leaves them" \
  "$(cd "$HOME/theirs" && stat -c '%a %n' a.bin sub/b.bin)" "$(cd "$HOME/ours" && stat -c '%a %n' a.bin sub/b.bin)"
both "a line's place is kept when it is replaced" . track '*.dat'
both "lockable in place" . track --lockable '*.bin'
same "lockable files are as read-only as git-lfs makes them" \
  "$(cd "$HOME/theirs" && stat -c '%a %n' a.bin sub/b.bin other/d.dat)" "$(cd "$HOME/ours" && stat -c '%a %n' a.bin sub/b.bin other/d.dat)"

fresh
both "--verbose tells of tracked files" . track -v '*.bin'
both "--verbose with a pattern that matches none" . track --verbose '*.none'
both "--verbose in a directory" sub track -v '*.bin'
both "forbidden files are named and nothing is touched" . track -v '.git*'
both "--no-modify-attrs touches only" . track --no-modify-attrs -v '*.dat'
with_attributes sh -c 'printf "*.old filter=lfs diff=lfs merge=lfs -text\r\n*.txt text\r\n" > .gitattributes'
both "a file with CRLF gets CRLF" . track '*.new'

fresh
git -C "$HOME/theirs" config core.autocrlf true
git -C "$HOME/ours" config core.autocrlf true
both "a new file gets CRLF where core.autocrlf is true" . track '*.bin'

# Where git-lfs does harm, lfsguard does not follow it.
fresh
cd "$HOME/ours" || exit 1
before=$(git status --porcelain; ls -la)
output=$("$ours" track --dry-run '*.bin')
same "--dry-run says what would be touched" $'Tracking "*.bin"\nTouching "a.bin"\nTouching "sp ace.bin"\nTouching "sub/b.bin"\nTouching "sub/deep/c.bin"' "$output"
same "--dry-run changes nothing" "$before" "$(git status --porcelain; ls -la)"
printf '# top\n\n*.a  text\n\n\n*.b -diff' > .gitattributes
"$ours" track '*.bin' > /dev/null
same "other lines keep every byte" $'# top\n\n*.a  text\n\n\n*.b -diff\n*.bin filter=lfs diff=lfs merge=lfs -text' "$(cat .gitattributes)"
printf '*.a text\r\n*.bin filter=lfs -text\r\n\r\nx' > .gitattributes
"$ours" untrack '*.bin' > /dev/null
same "untrack keeps every byte of other lines" "$(printf '*.a text\r\n\r\nx' | od -c)" "$(od -c < .gitattributes)"
rm .gitattributes

"$ours" lfs track --filename $'new\nline' '!bang' > /dev/null
"$ours" lfs track '*.bin' > /dev/null
same "git finds names with newlines and exclamation marks" $'new\nline|filter|lfs|!bang|filter|lfs|' \
  "$(git check-attr -z filter $'new\nline' '!bang' | tr '\0' '|')"
"$ours" lfs untrack $'new\nline' > /dev/null
same "a quoted pattern is taken out again" $'\\!bang filter=lfs diff=lfs merge=lfs -text\n*.bin filter=lfs diff=lfs merge=lfs -text' "$(cat .gitattributes)"

printf '*.png -filter\n' > .gitattributes
same "an excluded pattern is not already supported" 'Tracking "*.png"' "$("$ours" track '*.png')"
same "and is in LFS afterwards" "x.png: filter: lfs" "$(git check-attr filter x.png)"

printf '*.bin -filter\n' > sub/.gitattributes
output=$("$ours" track '*.bin' 2>&1 > /dev/null)
same "files that a deeper file keeps out are named" \
  $'lfsguard: warning: sub/b.bin is still not in LFS: sub/.gitattributes:1 says filter: unset\nlfsguard: warning: sub/deep/c.bin is still not in LFS: sub/.gitattributes:1 says filter: unset' "$output"
rm -f sub/.gitattributes .gitattributes

touch -d '2001-01-01' a.bin other/d.dat
git update-index --refresh -q
"$ours" track '*.bin' > /dev/null
[ "$(stat -c %Y a.bin)" -gt 1000000000 ]; report "files of a new pattern are touched" $?
same "other files are not" "$(date -d 2001-01-01 +%s)" "$(stat -c %Y other/d.dat)"

output=$("$ours" track 'sub/' 2>&1 >/dev/null)
same "a directory pattern, which covers no file, is warned of" \
  'lfsguard: warning: a pattern that ends with a slash covers no file; what is in the directory: sub/**' "$output"

rm .gitattributes
"$ours" track --merge-union '*.bin' > /dev/null
"$ours" track --merge-union > /dev/null
same "--merge-union adds its line once" $'/.gitattributes merge=union\n*.bin filter=lfs diff=lfs merge=lfs -text' "$(cat .gitattributes)"
same "git reads it" ".gitattributes: merge: union" "$(git check-attr merge .gitattributes)"

mv .gitattributes elsewhere
ln -s elsewhere .gitattributes
"$ours" track '*.zip' > /dev/null 2> "$HOME/err"
same "a symbolic link is refused" 128 $?
grep -q 'symbolic link' "$HOME/err"; report "and named" $?
same "the file behind it stays" $'/.gitattributes merge=union\n*.bin filter=lfs diff=lfs merge=lfs -text' "$(cat elsewhere)"
rm .gitattributes

"$ours" track "$(printf 'x%.0s' $(seq 2040))" > /dev/null 2> "$HOME/err"
same "a pattern too long for git is refused" 128 $?
[ ! -e .gitattributes ]; report "and nothing is written" $?
"$ours" track --json '*.bin' > /dev/null 2>&1
same "--json with a pattern is a usage error" 129 $?

git init -q --bare "$HOME/bare.git"
(cd "$HOME/bare.git" && "$ours" track '*.bin' > /dev/null 2>&1)
same "there is no work tree to track in" 128 $?
(cd "$HOME" && "$ours" track > /dev/null 2>&1)
same "nor outside of repositories" 128 $?

[ "$failures" = 0 ]
