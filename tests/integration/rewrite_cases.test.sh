#!/usr/bin/env bash
# What a rewrite selects, which lines it writes, and odd objects that it must carry over byte for byte. Each case has a repository of its own.
set -u
lfsguard=$LFSGUARD_BUILD/lfsguard
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 LC_ALL=C.UTF-8
unset XDG_CONFIG_HOME GIT_DIR LFSGUARD_SKIP HF_ENDPOINT
mkdir -p "$HOME" && git config --global user.name t && git config --global user.email t@example.com && git config --global init.defaultBranch main
git config --global gc.auto 0 && git config --global advice.detachedHead false
failed=0
ok() { if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | cat -A | head -20; failed=1; fi; }
new() { rm -rf "${work:?}/$1"; git init -q "$work/$1" && cd "$work/$1" || exit 1; }
big() { mkdir -p "$(dirname "./$1")"; yes "${2:-$1}" | head -c "${3:-4000}" > "$1"; }
commit() { git add -A . && git commit -q --allow-empty -m "${1:-c}"; }
rewrite() { "$lfsguard" rewrite --yes "$@" > "$work/out" 2> "$work/err"; code=$?; [ $code = 0 ] || [ $code = 2 ] || cat "$work/err"; }
kind() { if [ "$(git cat-file blob "$1" | head -c 23)" = "version https://git-lfs" ]; then echo pointer; else echo plain; fi; }
attributes() { git show "${1:-HEAD}:.gitattributes"; }
pointers() { git ls-tree -r -z --name-only HEAD | while IFS= read -r -d '' path; do [ "$(kind "HEAD:$path")" = pointer ] && printf '%q\n' "$path"; done; }
covered() { git ls-files -z | git check-attr -z --stdin filter | while IFS= read -r -d '' path && IFS= read -r -d '' _ && IFS= read -r -d '' value; do [ "$value" = lfs ] && printf '%q\n' "$path"; done; }
sound() { ok "$1: status is clean, fsck finds nothing, pointers are what attributes cover" "" "$(git status --porcelain 2>/dev/null; git fsck --strict 2>/dev/null | grep -v dangling; diff <(pointers) <(covered))"; }
line=' filter=lfs diff=lfs merge=lfs -text'
object() { git hash-object --literally -w -t "$1" --stdin; }

# ---- selection
new selection; big a.bin; big b.dat; big sub/c.bin; echo small > small.bin; commit
cp -r "$work/selection" "$work/plain"
rewrite --above 4000; ok "at the size is at or above it" "a.bin
b.dat
sub/c.bin" "$(pointers)"; sound above
ok "the lines are these, below what is there" "/a.bin$line
/b.dat$line
/sub/c.bin$line" "$(attributes)"
cp -r "$work/plain" "$work/p2"; cd "$work/p2" || exit 1; rewrite --above 4001; ok "one byte more and nothing is selected" "" "$(pointers)"
rewrite --include '*.bin'; ok "a glob without a slash crosses directories, of any size" "a.bin
small.bin
sub/c.bin" "$(pointers)"; sound include
cp -r "$work/plain" "$work/p3"; cd "$work/p3" || exit 1; rewrite --include '*.bin' --include 'b.*' --exclude sub/ --exclude nothing --above 4k; ok "4k is 4096, nobody is so large" "" "$(pointers)"
rewrite --include '*.bin' --include 'b.*' --exclude sub/ --exclude nothing --above 4kB; ok "size and include, repeated, exclude wins" "a.bin
b.dat" "$(pointers)"; sound combined
cp -r "$work/plain" "$work/p4"; cd "$work/p4" || exit 1; rewrite --include '/*.bin' ; ok "an anchored glob stays in its directory" "a.bin
small.bin" "$(pointers)"
cp -r "$work/plain" "$work/p5"; cd "$work/p5" || exit 1; rewrite --above 1000 --exclude '*.dat'; ok "what was excluded is named, exit code 2" "2 b.dat" "$code $(pointers | grep -c dat >/dev/null; grep -o 'b\.dat' "$work/out" | head -1)"
new below; big a.bin; commit; rewrite; ok "with no selection it is the policy's threshold" "0 plain" "$code $(kind HEAD:a.bin)"
printf 'version = 1\nthreshold = "1000"\n' > .lfsguard.toml; commit; rewrite; ok "which the settings file gives" "0 pointer" "$code $(kind HEAD:a.bin)"
new negated; big a.bin; big b.bin; commit; rewrite --include '*.bin' --include '!a.bin'; ok "a file that a later glob takes out is covered by no line" "b.bin|/b.bin$line" "$(pointers)|$(attributes)"; sound negated

new threshold; echo small > grows.bin; big shrinks.bin; commit one; big grows.bin; echo small > shrinks.bin; commit two; cp -r . "$work/threshold2"
rewrite --above 1000; ok "a path that crosses the size either way is converted in all its versions" "pointer pointer pointer pointer" \
  "$(kind HEAD~:grows.bin) $(kind HEAD~:shrinks.bin) $(kind HEAD:grows.bin) $(kind HEAD:shrinks.bin)"; sound threshold
cd "$work/threshold2" || exit 1; rewrite --above 1000 --only-large-versions; ok "--only-large-versions: only those" "plain pointer pointer plain" \
  "$(kind HEAD~:grows.bin) $(kind HEAD~:shrinks.bin) $(kind HEAD:grows.bin) $(kind HEAD:shrinks.bin)"
ok "and each commit's lines name its own pointers" "/shrinks.bin$line|/grows.bin$line" "$(attributes HEAD~)|$(attributes HEAD)"

new order; echo x > keep; commit base; git checkout -q -b side; big side.bin; commit side; git checkout -q main; big main.bin; commit main
rewrite --above 1000; ok "attributes of one branch do not leak into another" "/main.bin$line|/side.bin$line" "$(attributes main)|$(attributes side)"
ok "commits before the first large file keep their id" "$(git -C . rev-parse "refs/lfsguard/backup/$("$lfsguard" rewrite --runs | cut -d' ' -f1)/refs/heads/main~")" "$(git rev-parse main~)"

new twice; big a/x.bin same; big b/x.bin same; commit; rewrite --above 1000 --exclude a/; ok "one blob at two paths, one excluded" "plain pointer 2" "$(kind HEAD:a/x.bin) $(kind HEAD:b/x.bin) $code"; sound twice

new never; for f in .gitattributes .gitignore .gitmodules .lfsconfig .lfsguard.toml .mailmap d/.gitignore; do mkdir -p d; yes '# comment' | head -c 4000 > $f; echo >> $f; done
ln -s "$(printf 'x%.0s' $(seq 2000))" link; : > empty; commit; before=$(git rev-parse HEAD)
rewrite --above 1000; ok "control files and links stay, nothing is written, they are named" "$before 2 8" "$(git rev-parse HEAD) $code $(grep -c '^stays large: ' "$work/out")"
rewrite --include '*'; ok "nor by a glob" "$before 0" "$(git rev-parse HEAD) $code"
new never-glob; echo '*.txt text' > .gitattributes; big x.gitattributes; commit; rewrite --include '*.gitattributes'
ok "nor do lines cover them" "x.gitattributes|*.txt text
/x.gitattributes$line" "$(pointers)|$(attributes)"; sound never-glob

new fixup; big a.bin; big b.bin; commit one; echo "*.bin$line" > .gitattributes; git -c filter.lfs.clean=cat -c filter.lfs.process= -c filter.lfs.required=false add .gitattributes; git commit -qm two; echo "a.bin !filter" >> .gitattributes; git -c filter.lfs.process= -c filter.lfs.required=false commit -qam three
rewrite --fixup; ok "--fixup follows each commit's own attributes" "plain plain pointer pointer plain pointer" \
  "$(for c in HEAD~2 HEAD~ HEAD; do for f in a b; do kind $c:$f.bin; done; done | xargs)"
ok "and writes no line" "*.bin$line" "$(attributes HEAD~)"

new half; "$lfsguard" install --no-check >/dev/null 2>&1; echo "*.big$line" > .gitattributes; big one.big; commit one; big two.dat; big three.big; commit two; one=$(git rev-parse HEAD:one.big) first=$(git rev-parse HEAD~)
rewrite --above 100; ok "half in LFS already: pointers stay, the rest follows" "$one $first pointer pointer" "$(git rev-parse HEAD:one.big) $(git rev-parse HEAD~) $(kind HEAD:two.dat) $(kind HEAD:three.big)"; sound half
ok "and one line is appended" "*.big$line
/two.dat$line" "$(attributes)"
head=$(git rev-parse HEAD); rewrite --above 100; ok "a second run is no run" "$head" "$(git rev-parse HEAD)"

# ---- names
new names; big '[x].bin'; big 'star*.bin'; big 'q?.bin'; big 'two words.bin'; big 'two  more.bin'; big $'new\nline.bin'; big $'tab\t.bin'; big $'\xff\xfe.bin'; big 'quo"te.bin'; big '#hash.bin'; big '!bang.bin'; big 'back\slash.bin'; big ' lead'; big 'trail '
echo s > starX.bin; echo s > qq.bin; echo s > x.bin; commit; rewrite --above 1000
ok "names with every odd character are pointers" 14 "$(git ls-tree -r -z HEAD | tr '\n' '?' | tr '\0' '\n' | wc -l | awk '{print $1-4}')"
ok "their small neighbours are not" "plain plain plain" "$(kind HEAD:starX.bin) $(kind HEAD:qq.bin) $(kind HEAD:x.bin)"; sound names
ok "a space is written as git-lfs writes it" "/two[[:space:]]words.bin$line" "$(attributes | grep words)"
ok "a new line as a quoted pattern" "\"/new\\nline.bin\"$line" "$(attributes | grep 'new')"
new neighbour; big 'a b.bin'; printf 'small' > $'a\tb.bin'; commit; rewrite --above 1000; ok "a space whose neighbour would match is quoted" "\"/a b.bin\"$line" "$(attributes)"; sound neighbour
new long; deep=$(for i in $(seq 12); do printf '%0200d/' $i; done); big "${deep}f.bin"; commit; rewrite --above 1000; ok "a line of 2048 bytes goes into a nested file" "0 pointer 0" "$code $(kind "HEAD:${deep}f.bin") $(git ls-tree -r HEAD --name-only | grep -c '^.gitattributes')"; sound long

# ---- attributes
new nested; mkdir sub; echo '*.bin -filter' > sub/.gitattributes; big sub/x.bin; big y.bin; commit; rewrite --above 1000; sound "a nested -filter gets a line of its own"
ok "appended below it" "*.bin -filter" "$(git show HEAD:sub/.gitattributes | head -1)"
new crlf; printf '# note\r\n*.txt text\r\n*.txt text\r\n' > .gitattributes; big x.bin; git -c core.autocrlf=false add -A; git commit -qm c; rewrite --above 1000
ok "CRLF lines and duplicates stay, ours ends as they do" "$(printf '# note\r\n*.txt text\r\n*.txt text\r\n/x.bin%s\r\n' "$line" | od -c)" "$(attributes | od -c)"; sound crlf
new final; printf '*.txt text\n# end' > .gitattributes; big x.bin; commit; rewrite --above 1000
ok "a missing final newline is no part of our line" "$(printf '*.txt text\n# end\n/x.bin%s' "$line")" "$(attributes)"; sound final
new mode; echo '*.txt text' > .gitattributes; chmod +x .gitattributes; big x.bin; commit; rewrite --above 1000; ok "an executable .gitattributes keeps its mode, and is there once" "100755 .gitattributes" "$(git ls-tree HEAD .gitattributes | awk '{print $1, $4}')"; sound mode
new link; echo '*.txt text' > real; ln -s real .gitattributes; big sub/x.bin; commit; cp -r . "$work/link2"; cp -r . "$work/link3"; big y.bin; commit; before=$(git rev-parse HEAD)
rewrite --above 1000 > /dev/null; ok "a symlinked .gitattributes is refused before writing, the flag is named" "128 1 $before" "$code $(head -1 "$work/err" | grep -c '^lfsguard: ') $(git rev-parse HEAD)"
ok "with the way out" 1 "$(grep -c -- '--replace-attributes-symlink' "$work/err" | sed 's/^[1-9].*/1/')"
cd "$work/link2" || exit 1; rewrite --above 1000 --replace-attributes-symlink; ok "--replace-attributes-symlink puts its content there" "100644 *.txt text
/sub/x.bin$line" "$(git ls-tree HEAD .gitattributes | cut -c1-6) $(attributes)"; sound link2
cd "$work/link3" || exit 1; rewrite --above 1000 --attributes nested; ok "--attributes nested writes beside the file" "120000 /x.bin$line" "$(git ls-tree HEAD .gitattributes | cut -c1-6) $(git show HEAD:sub/.gitattributes)"; sound link3
new folder; mkdir .gitattributes; echo x > .gitattributes/x; big d/x.bin; commit; cp -r . "$work/folder2"; big y.bin; commit; before=$(git rev-parse HEAD)
rewrite --above 1000 > /dev/null; ok "a directory named .gitattributes: what needs a line in its place is refused before writing" "128 $before lfsguard: cannot make LFS cover a path in the rewritten history: y.bin
  it is a directory (--attributes nested writes below it): .gitattributes
  cannot be covered by filter=lfs: y.bin" "$code $(git rev-parse HEAD) $(cat "$work/err")"
cd "$work/folder2" || exit 1; rewrite --above 1000; ok "what does not, has its line below" "040000 /x.bin$line" "$(git ls-tree HEAD .gitattributes | cut -c1-6) $(git show HEAD:d/.gitattributes)"
new directory; big x.model/part.bin; big y.model; commit; rewrite --include '*.model'; ok "*.model that matches a directory takes what is in it" "x.model/part.bin
y.model" "$(pointers)"; sound directory
new many; for i in $(seq 60); do big "m/$i.ckpt"; done; commit; cp -r . "$work/many2"; rewrite --above 1000; ok "one glob where every file of an extension is converted" "*.ckpt$line" "$(attributes)"; sound many
cd "$work/many2" || exit 1; echo s > small.ckpt; commit; rewrite --above 1000; ok "not where one stays" "*.ckpt$line|60" "$(attributes HEAD~)|$(attributes | grep -c '^/m/')"; sound many2

# ---- objects
new tags; big x.bin; commit one; c=$(git rev-parse HEAD)
t() { printf 'object %s\ntype %s\ntag %s\n%b' "$2" "$3" "$1" "$4" | object tag; }
git update-ref refs/tags/untagged-by "$(t untagged-by "$c" commit '\nno tagger\n')"
git update-ref refs/tags/header "$(t header "$c" commit 'tagger t <t@x> 1 +0000\nunknown yes\n more\n\nm\n')"
git update-ref refs/tags/cut "$(t cut "$c" commit 'tagger t <t@x> 1 +0000\n\nno newline')"
git update-ref refs/tags/outer "$(t outer "$(t inner "$c" commit 'tagger t <t@x> 1 +0000\n\ninner\n')" tag 'tagger t <t@x> 1 +0000\n\nouter\n')"
git update-ref refs/tags/tree "$(t tree "$c^{tree}" tree '' >/dev/null 2>&1; t tree "$(git rev-parse "$c^{tree}")" tree 'tagger t <t@x> 1 +0000\n\ntree\n')"
git update-ref refs/tags/blob "$(t blob "$(git rev-parse "$c:x.bin")" blob 'tagger t <t@x> 1 +0000\n\nblob\n')"
git update-ref refs/elsewhere/tag "$(t elsewhere "$c" commit 'tagger t <t@x> 1 +0000\n\nelsewhere\n')"
git tag main; git for-each-ref --format='%(refname)' > "$work/tag-names"; for r in $(cat "$work/tag-names"); do git cat-file -p "$r" > "$work/before.$(echo $r | tr / _)"; done; blob=$(git rev-parse refs/tags/blob)
rewrite --above 1000; ok "a tag of a blob is named, exit code 2" "2 1 $blob" "$code $(grep -hc 'refs/tags/blob' "$work/out" "$work/err" | sort -n | tail -1) $(git rev-parse refs/tags/blob)"
n=$(git rev-parse refs/heads/main)
for tag in refs/tags/untagged-by refs/tags/header refs/tags/cut refs/elsewhere/tag; do
  ok "$tag: only its object line changed" "$(sed "1s/.*/object $n/" "$work/before.$(echo $tag | tr / _)" | od -c)" "$(git cat-file -p "$tag" | od -c)"; done
ok "a tag of a tag whose inner ref is gone" "tag tag $n" "$(git cat-file -t refs/tags/outer) $(git cat-file -p refs/tags/outer | sed -n '2s/type //p') $(git rev-parse 'refs/tags/outer^{commit}')"
ok "a tag of a tree" "pointer" "$(kind refs/tags/tree:x.bin)"
ok "a branch and a tag of one name" "$n $n" "$(git rev-parse refs/tags/main) $(git rev-parse refs/heads/main)"

new messages; big x.bin; git add .; tree=$(git write-tree)
m() { { printf 'tree %s\n%bauthor %s\ncommitter %s\n%b\n' "$tree" "$5" "$2" "$3" "$6"; cat; } | object commit | xargs git update-ref "refs/heads/$1"; git cat-file commit "refs/heads/$1" > "$work/m.$1"; } 
who='t <t@x> 1 +0000'
printf 'bad \xff byte\n' | m nonutf "$who" "$who" x '' ''; printf 'cr\r\nlf\r' | m cr "$who" "$who" x '' ''; printf 'cut' | m cut "$who" "$who" x '' ''; printf '' | m nothing "$who" "$who" x '' ''
yes long | head -c 10000000 | m long "$who" "$who" x '' ''; echo z | m zone 't <t@x> 1 +051800' 't <t@x> 1 -051800' x '' ''; echo e | m author ' <> 1 +0000' '<> 1 +0000' x '' ''
echo e | m encoding "$who" "$who" x '' 'encoding latin-1\nunknown header\n continued\n'; echo d | m dates 't <t@x> 99999999999999 +0000' 't  t < t@x > 1 +0000' x '' ''
git symbolic-ref HEAD refs/heads/cut; git reset -q --hard; rewrite --above 1000
for b in nonutf cr cut nothing long zone author encoding dates; do
  git cat-file commit refs/heads/$b > "$work/n"; ok "message, idents and headers of '$b' stay byte for byte" "$(sed '1d' "$work/m.$b" | sha256sum)" "$(sed '1d' "$work/n" | sha256sum)"; done
ok "and each has moved" 9 "$(for b in $(git for-each-ref --format='%(refname)' refs/heads); do kind "$b:x.bin"; done | grep -c pointer)"

new odd; big x.bin; b=$(git hash-object -w x.bin); s=$(echo s | git hash-object -w --stdin); raw() { printf '%s %s\0' "$1" "$2"; printf "$(echo "$3" | sed 's/../\\x&/g')"; }
odd_tree=$({ raw 100664 a.txt "$s"; raw 100644 dup.txt "$s"; raw 100644 dup.txt "$s"; raw 100664 x.bin "$b"; raw 0100644 z.txt "$s"; } | object tree)
sub_tree=$({ raw 040000 dir "$odd_tree"; raw 100644 x.bin "$b"; } | object tree)
printf 'tree %s\nauthor %s\ncommitter %s\n\nodd\n' "$sub_tree" "$who" "$who" | object commit | xargs git update-ref refs/heads/odd
rewrite --above 1000; ok "odd trees are rewritten" "0 pointer" "$code $(kind odd:x.bin)"
ok "odd modes, duplicates and padding are spliced as they are" "100664 a.txt 100644 dup.txt 100644 dup.txt 100664 x.bin 0100644 z.txt" "$(git cat-file tree odd:dir | tr '\0' '\n' | grep -aoE '0?100(644|664) [a-z.]+' | xargs)"
ok "and reported" 1 "$(grep -c '^warning: .*duplicate or misordered entries or odd modes' "$work/out")"

new shapes; big x.bin; commit root; for b in a b c; do git checkout -q -b $b main; echo $b > $b.txt; commit $b; done; git checkout -q main; git merge -q -m octopus a b c >/dev/null
git checkout -q --orphan second; git rm -rqf .; big y.bin; commit second; git checkout -q main; git merge -q --allow-unrelated-histories -m roots second >/dev/null
git update-index --add --cacheinfo 160000,"$(git rev-parse second)",moves; git commit -qm submodule; git rm -q --cached moves; rmdir moves 2>/dev/null; big moves; git add moves; git commit -qm file; git rm -q --cached moves; rm moves; git update-index --add --cacheinfo 160000,"$(git rev-parse second)",moves; git commit -qm back; link=$(git rev-parse HEAD:moves)
mkdir moves; shape=$(git log --format='%s %p' main | awk '{print $1, NF}'); rewrite --above 1000; ok "octopus merges and several roots keep their shape" "$shape" "$(git log --format='%s %p' main | awk '{print $1, NF}')"
ok "a submodule that was a file for a while stays a submodule" "$link pointer" "$(git rev-parse HEAD:moves) $(kind HEAD~:moves)"
ok "fsck is strict" "" "$(git fsck --strict 2>&1 | grep -v dangling)"

new deep; { printf 'blob\nmark :1\ndata 4000\n'; yes deep | head -c 4000; printf '\ncommit refs/heads/main\ncommitter t <t@x> 1 +0000\ndata 1\nx\nM 100644 :1 '; for i in $(seq 600); do printf d/; done; echo x.bin; } | git fast-import --quiet; git reset -q --hard
rewrite --above 1000; ok "600 directories deep" "0 pointer" "$code $(kind "main:$(printf 'd/%.0s' $(seq 600))x.bin")"
new linear; python3 - <<'PY' | git fast-import --quiet
import sys
out=["blob\nmark :1\ndata 4000\n"+"x"*4000+"\n"]
for i in range(20000):
    out.append("commit refs/heads/main\ncommitter t <t@x> %d +0000\ndata 2\nc\n\n%s" % (i, "M 100644 :1 x.bin\n\n" if i==10 else "\n"))
sys.stdout.write("".join(out))
PY
tenth=$(git rev-parse main~19990); git reset -q --hard; rewrite --above 1000; ok "20,000 commits in a line, those before the file as they were" "0 pointer 20000 $tenth" "$code $(kind main:x.bin) $(git rev-list --count main) $(git rev-parse main~19990)"; sound linear
ok "no loose objects" "0 objects, 0 kilobytes" "$(git count-objects)"

# ---- signatures
new signed; echo a > a; git add a; base=$(git write-tree); sig='gpgsig -----BEGIN SSH SIGNATURE-----\n abc\n -----END SSH SIGNATURE-----\n'
one=$(printf "tree %s\nauthor $who\ncommitter $who\n$sig\none\n" "$base" | object commit); big x.bin; git add x.bin; full=$(git write-tree)
two=$(printf "tree %s\nparent %s\nauthor $who\ncommitter $who\n${sig}gpgsig-sha256 -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\nother header\n\ntwo %s\n" "$full" "$one" "${one:0:12}" | object commit)
merge=$(printf "tree %s\nparent %s\nparent %s\nauthor $who\ncommitter $who\nmergetag object %s\n type commit\n tag t\n \n m\n\nmerge of %s\n" "$full" "$one" "$two" "$two" "${two:0:10}" | object commit)
git update-ref refs/heads/main "$merge"; git reset -q --hard; git tag -a -m "about ${two:0:12}" about "$two"; printf "object %s\ntype commit\ntag s\ntagger $who\n\ns\n-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n" "$two" | object tag | xargs git update-ref refs/tags/s
for d in keep abort dry hashes; do cp -r . "$work/signed-$d"; done
rewrite --above 1000 --format json; ok "stripped and counted: a commit, a stale mergetag, a tag" "0 3" "$code $(python3 -c 'import json,sys;print(json.load(open(sys.argv[1]))["signatures_removed"])' "$work/out")"
ok "unchanged ancestors keep theirs" "$one" "$(git rev-parse main^1)"
ok "of the commit only they are gone" "other header|two ${one:0:12}" "$(git cat-file commit main^2 | sed -n '5p;7p' | paste -sd'|')"
ok "and of the tag" "s" "$(git cat-file tag s | sed 1,5d)"
cd "$work/signed-keep" || exit 1; rewrite --above 1000 --signatures keep; ok "--signatures keep leaves all" "2 1 1" "$(git cat-file commit main^2 | grep -c '^gpgsig') $(git cat-file commit main | grep -c '^mergetag') $(git cat-file tag s | grep -c BEGIN)"
cd "$work/signed-abort" || exit 1; rewrite --above 1000 --signatures abort > /dev/null; ok "--signatures abort refuses" "128 $merge" "$code $(git rev-parse main)"
cd "$work/signed-dry" || exit 1; "$lfsguard" rewrite --dry-run --above 1000 --format json > "$work/out"; ok "the plan counts them too" 3 "$(python3 -c 'import json,sys;print(json.load(open(sys.argv[1]))["signatures_removed"])' "$work/out")"
new signed-tag; big x.bin; commit; printf "object %s\ntype commit\ntag s\ntagger $who\n\ns\n-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n" "$(git rev-parse HEAD)" | object tag | xargs git update-ref refs/tags/s
before=$(git rev-parse HEAD); rewrite --above 1000 --signatures abort > /dev/null; ok "a signed tag alone is enough" "128 $before" "$code $(git rev-parse HEAD)"
cd "$work/signed-hashes" || exit 1; rewrite --above 1000 --message-hashes rewrite; two=$(git rev-parse main^2); ok "--message-hashes rewrite: abbreviated ids follow" "merge of ${two:0:10}|two ${one:0:12}" "$(git log -1 --format=%s main)|$(git log -1 --format=%s main^2)"
ok "in tags, too" "about ${two:0:12}" "$(git cat-file tag about | tail -1)"
exit $failed
