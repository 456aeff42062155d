#!/usr/bin/env bash
# `lfsguard install`, `uninstall`, `status`: stubs, chaining, filters, what comes back.
set -u
lfsguard=$LFSGUARD_BUILD/lfsguard
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
unset XDG_CONFIG_HOME XDG_DATA_HOME GIT_DIR HF_ENDPOINT LFSGUARD_SKIP
mkdir -p "$HOME"
git config --global user.name t && git config --global user.email t@example.com && git config --global init.defaultBranch main
failed=0
check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); failed=1; fi
}
has() { # NAME TEXT PATTERN
  if printf '%s\n' "$2" | grep -qF -- "$3"; then echo "ok: $1"; else echo "FAILED: $1: no \"$3\" in"; printf '%s\n' "$2"; failed=1; fi
}
install() { "$lfsguard" install --no-check "$@"; }
# Names, modes, bytes, link targets of everything below.
snapshot() { (cd "$1" && find . \( -type l -printf '%p -> %l\n' -o -printf '%p %m\n' \) | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum); }
new() { cd "$work" && rm -rf "$1" && git init -q "$1" && cd "$1" || exit 1; }
big() { head -c 20000 /dev/zero > "$1"; git add "$1"; }

new plain
before=$(snapshot .git)
check "each change is said on a line of its own" "wrote $work/plain/.git/hooks/pre-commit
wrote $work/plain/.git/hooks/pre-merge-commit
wrote $work/plain/.git/hooks/pre-applypatch
wrote $work/plain/.git/hooks/pre-push
set filter.lfs.clean in $work/plain/.git/config
set filter.lfs.smudge in $work/plain/.git/config
set filter.lfs.process in $work/plain/.git/config
set filter.lfs.required = true in $work/plain/.git/config" "$(install)"
after=$(snapshot .git)
check "a second run changes nothing" "nothing to change" "$(install)"
check "not a byte" "$after" "$(snapshot .git)"
check "the repository is registered" "$work/plain/.git" "$("$lfsguard" uninstall --list)"
has "the filters run the program by its absolute path" "$(git config filter.lfs.clean)" "$lfsguard lfs clean -- %f"
"$lfsguard" uninstall >/dev/null
check "uninstalling brings every byte back" "$before" "$(snapshot .git)"
check "and it is registered no more" "" "$("$lfsguard" uninstall --list)"
check "a dry run says what it would do" "would write $work/plain/.git/hooks/pre-commit" "$(install --dry-run | head -1)"
check "and does nothing" "$before" "$(snapshot .git)"

has "the self-test calls the hook" "$("$lfsguard" install)" "self-test: a commit over the limit was stopped"
"$lfsguard" uninstall >/dev/null

new stopped
install --mode block --threshold 10KB >/dev/null
check "--mode and --threshold are written to the repository's configuration" "block 10KB" "$(git config --local lfsguard.mode) $(git config --local lfsguard.threshold)"
big big.bin
out=$(git commit -qm x 2>&1); check "the hook stops a commit" 1 $?
has "and names the file" "$out" "big.bin"
out=$(LFSGUARD_SKIP=1 git commit -qm x 2>&1); check "LFSGUARD_SKIP=1 lets one through" 0 $?
has "says so" "$out" "lfsguard: pre-commit was skipped (LFSGUARD_SKIP=1)"
check "and logs it" "pre-commit skipped (LFSGUARD_SKIP=1)" "$(cut -d' ' -f2- .git/lfsguard/log | head -1)"
out=$("$lfsguard" install --mode loud 2>&1); check "a wrong mode is a usage error" 129 $?
out=$("$lfsguard" install --profile nowhere 2>&1); check "so is a profile that there is not" 129 $?

new chained
mkdir -p .git/hooks
printf '#!/bin/sh\necho "kept $0 ($#)" >> "%s/calls"\nexit ${KEPT_STATUS:-0}\n' "$work" > .git/hooks/pre-commit
printf '#!/bin/sh\n{ echo "push $*"; cat; } >> "%s/calls"\nexit ${KEPT_STATUS:-0}\n' "$work" > .git/hooks/pre-push
chmod 755 .git/hooks/pre-commit; chmod 700 .git/hooks/pre-push
echo 'not for running' > .git/hooks/pre-applypatch
ln -s ../../team/merge .git/hooks/pre-merge-commit; mkdir team; printf '#!/bin/sh\necho merge >> "%s/calls"\n' "$work" > team/merge; chmod 755 team/merge
before=$(snapshot .git/hooks) config=$(cat .git/config)
install --mode block --threshold 10KB >/dev/null
: > "$work/calls"
echo a > a; git add a; git commit -qm a || failed=1
check "a hook that was there runs first, under its own name" "kept .git/hooks/pre-commit.d/pre-commit (0)" "$(cat "$work/calls")"
echo b > b; git add b; KEPT_STATUS=3 git commit -qm b 2>/dev/null; check "its failure is the hook's" 1 $?
LFSGUARD_SKIP=1 KEPT_STATUS=3 git commit -qm b 2>/dev/null; check "which LFSGUARD_SKIP does not skip" 1 $?
git commit -qm b; git init -q --bare "$work/to.git"; git remote add origin "$work/to.git"
: > "$work/calls"; git push -q origin HEAD:main
check "pre-push gives it the same arguments and input" "push origin $work/to.git
HEAD $(git rev-parse HEAD) refs/heads/main $(git rev-parse main | tr '0-9a-f' '0')" "$(cat "$work/calls")"
git checkout -qb side HEAD~1; echo c > c; git add c; git commit -qm c; : > "$work/calls"
git checkout -q main; : > "$work/calls"; git merge -q --no-edit side 2>/dev/null
check "a kept hook that is a link is run, too" "merge" "$(cat "$work/calls")"
big big.bin; out=$(git commit -qm big 2>&1); check "and lfsguard judges after it" 1 $?
git reset -q big.bin
"$lfsguard" uninstall >/dev/null
check "uninstalling brings hooks back, with modes and links" "$before" "$(snapshot .git/hooks)"
check "and the configuration, what was added meanwhile kept" "$config" "$(sed "/remote/,\$d" .git/config)"

new stock
mkdir -p "$work/stock-bin" .git/hooks
# git-lfs's own hook, as it writes it.
printf '#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || { echo >&2 "no git-lfs"; exit 2; }\ngit lfs pre-push "$@"\n' > .git/hooks/pre-push; chmod 755 .git/hooks/pre-push
printf '#!/bin/sh\n{ echo "git-lfs $*"; cat; } >> "%s/calls"\n' "$work" > "$work/stock-bin/git-lfs"; chmod 755 "$work/stock-bin/git-lfs"
install >/dev/null; printf '#!/bin/sh\necho "lfsguard-hook $*" >> "%s/calls"\n' "$work" > "$work/stock-bin/hook"; chmod 755 "$work/stock-bin/hook"
sed -i "s|^hook_program=.*|hook_program='$work/stock-bin/hook'|" .git/hooks/pre-push; : > "$work/calls"
printf 'a b c d\n' | PATH=$work/stock-bin:$PATH .git/hooks/pre-push origin url; check "git-lfs's own pre-push is run" 0 $?
check "after lfsguard, which has sent everything by then" "lfsguard-hook pre-push origin url
git-lfs pre-push origin url
a b c d" "$(cat "$work/calls")"
: > "$work/calls"; mkdir "$work/few"; for tool in sh cat grep git; do ln -s "$(command -v $tool)" "$work/few/$tool"; done
printf 'a b c d\n' | PATH=$work/few .git/hooks/pre-push origin url; check "without git-lfs nothing is left for it to do" 0 $?
check "and it is not run" "lfsguard-hook pre-push origin url" "$(cat "$work/calls")"

new input
mkdir -p .git/hooks
printf '#!/bin/sh\nod -An -c > "%s/bytes"\n' "$work" > .git/hooks/pre-push; chmod 755 .git/hooks/pre-push
install >/dev/null
echo a > a; git add a; git commit -qm a
sha=$(git rev-parse HEAD); zero=$(echo "$sha" | tr '0-9a-f' '0')
line="refs/heads/main $sha refs/heads/main $zero"
printf '%s\n' "$line" | .git/hooks/pre-push origin "$work/to.git"
check "the kept hook gets every byte of the input" "$(printf '%s\n' "$line" | od -An -c)" "$(cat "$work/bytes")"
.git/hooks/pre-push origin "$work/to.git" < /dev/null; check "no input is no input, and fine" 0 $?
check "also for the kept hook" "" "$(cat "$work/bytes")"

new missing
install >/dev/null
sed -i 's|^hook_program=.*|hook_program=/gone/lfsguard-hook|' .git/hooks/pre-commit
echo a > a; git add a; out=$(git commit -qm a 2>&1); check "a missing program stops the commit" 1 $?
check "with one line that says how to mend it" "lfsguard: /gone/lfsguard-hook is missing; install lfsguard again, or take this hook out: rm '.git/hooks/pre-commit'" "$out"
for part in clean smudge process; do
  git config filter.lfs.$part "$(git config filter.lfs.$part | sed "s|$lfsguard|/gone/lfsguard|g")"
done
printf '*.bin filter=lfs\n' > .gitattributes; echo x > x.bin; out=$(git add x.bin 2>&1)
has "so does a filter" "$out" "lfsguard: /gone/lfsguard is missing, install lfsguard again or run: git config --remove-section filter.lfs"
check "an update puts stubs right again" "updated $work/missing/.git/hooks/pre-commit" "$(install | head -1)"

new edited
install --threshold 1MiB >/dev/null
git config core.editor ed
"$lfsguard" uninstall >/dev/null
check "after other edits of the configuration only lfsguard's keys go" "ed  " "$(git config core.editor) $(git config lfsguard.threshold) $(git config filter.lfs.clean)"
git config lfsguard.mode warn; install --mode block >/dev/null; git config core.pager cat; "$lfsguard" uninstall >/dev/null
check "and an old value comes back" "warn" "$(git config lfsguard.mode)"

# git that ends the installer before it sets this key, and does not set it.
mkdir -p "$work/killing"; real_git=$(command -v git)
cat > "$work/killing/git" <<EOF
#!/bin/sh
case "\$*" in *"--replace-all filter.lfs.process "*) kill -9 \$PPID; exit 1 ;; esac
exec $real_git "\$@"
EOF
chmod 755 "$work/killing/git"
new cut_short
git config core.editor ed
before=$(git config --local --list)
(PATH=$work/killing:$PATH install >/dev/null 2>&1) 2>/dev/null
check "an install that was killed half-way leaves half" "yes no" "$(git config filter.lfs.clean >/dev/null && echo yes) $(git config filter.lfs.process >/dev/null || echo no)"
touch .git/hooks/pre-push.lfsguard-abcdef .git/hooks/pre-push.lfsguard-mine  # a file half written, and one of the user's
cp -r "$work/cut_short" "$work/cut_shorter"; "$lfsguard" uninstall >/dev/null
check "which uninstalling takes out" "$before none" "$(git config --local --list) $(test -e .git/hooks/pre-push || echo none)"
check "with what was half written" ".git/hooks/pre-push.lfsguard-mine" "$(find .git/hooks -name '*.lfsguard-*')"
cd "$work/cut_shorter" && install >/dev/null
check "or the next install completes" "true yes" "$(git config filter.lfs.required) $(test -x .git/hooks/pre-push && echo yes)"
check "and changes nothing then" "nothing to change" "$(install)"
git config core.pager cat; "$lfsguard" uninstall >/dev/null
check "of which uninstalling takes out all" "$before
core.pager=cat none" "$(git config --local --list) $(test -e .git/hooks/pre-push || echo none)"

new keeping
install >/dev/null
echo '*.bin filter=lfs' > .gitattributes; git add .gitattributes; git commit -qm a
out=$("$lfsguard" uninstall --keep-filters); has "--keep-filters keeps the filters" "$(git config filter.lfs.required)" true
install >/dev/null
has "uninstalling says that LFS files lose their filters" "$("$lfsguard" uninstall)" "filters: LFS files are in this repository, and their filters go too (--keep-filters keeps them)"

new owned
git config --global filter.lfs.process 'git-lfs filter-process'; git config --global filter.lfs.clean 'git-lfs clean -- %f'
mkdir -p "$work/bin"; printf '#!/bin/sh\n' > "$work/bin/git-lfs"; chmod 755 "$work/bin/git-lfs"
has "filters that git-lfs owns are left to it" "$(PATH=$work/bin:$PATH install)" "filters: left to git-lfs, which owns them (global)"
check "and not set" "" "$(git config --local filter.lfs.clean)"
git config --global --remove-section filter.lfs

new husky
mkdir -p .husky/_; git config core.hooksPath .husky/_
before=$(snapshot .)
out=$(install 2>&1); check "a folder of husky's: partly done" 2 $?
has "the line for its own configuration is offered" "$out" "$work/husky/.husky/pre-commit: lfsguard hook pre-commit \"\$@\""
check "nothing is written there" "$(cd .husky && find . | sort)" "$(printf '.\n./_')"
printf 'lfsguard hook %s "$@"\n' pre-commit > .husky/pre-commit
for name in pre-push pre-merge-commit pre-applypatch; do printf 'lfsguard hook %s "$@"\n' $name > .husky/$name; done
install >/dev/null 2>&1; check "where the lines are there, all is done" 0 $?

new linked
echo a > a; git add a; git commit -qm a; git worktree add -q ../linked-tree
(cd ../linked-tree && install --mode block --threshold 10KB >/dev/null && big big.bin && ! git commit -qm x 2>/dev/null)
check "in a linked work tree the common hook folder is meant" 0 $?
git worktree remove --force ../linked-tree

new super
git init -q "$work/sub-origin" && (cd "$work/sub-origin" && echo a > a && git add a && git commit -qm a)
git -c protocol.file.allow=always submodule --quiet add "$work/sub-origin" sub 2>/dev/null
(cd sub && install >/dev/null && test -x ../.git/modules/sub/hooks/pre-commit && ! test -e ../.git/hooks/pre-commit)
check "a submodule has hooks of its own" 0 $?

new 'sp ace'"'"'s'
install --mode block --threshold 10KB >/dev/null; big big.bin; git commit -qm x >/dev/null 2>&1; check "a folder with spaces and quotes works" 1 $?

cd "$work" && git init -q --bare server.git && printf '#!/bin/sh\ncat > "%s/received"\n' "$work" > server.git/hooks/pre-receive && chmod 755 server.git/hooks/pre-receive
before=$(snapshot server.git)
"$lfsguard" install --no-check --server server.git --threshold 10KB >/dev/null
check "a server's settings go to its own file" 'version = 1
threshold = "10KB"' "$(cat server.git/lfsguard.toml)"
new pusher; git remote add origin ../server.git; echo a > a; git add a; git commit -qm a; git push -q origin main; check "a push passes" 0 $?
check "the server's own hook got the input" "$(echo a | tr a 0 | cut -c1)$(printf '%039d' 0) $(git rev-parse HEAD) refs/heads/main" "$(cat "$work/received")"
big big.bin; git commit -qm big; out=$(LFSGUARD_SKIP=1 git push origin main 2>&1); check "a big file is refused, whatever the pusher sets" 1 $?
has "and named" "$out" "big.bin"
rm -rf "$work/server.git/refs/heads/main" "$work/server.git/objects/"??; cd "$work" && "$lfsguard" uninstall --server server.git >/dev/null
check "the server is as it was" "$before" "$(snapshot server.git)"
out=$("$lfsguard" install --no-check --server pusher 2>&1); check "a server is bare" 129 $?
git init -q --bare lenient.git; printf '[server]\nbypass = "let-it-in"\n' > lenient.git/lfsguard.toml; before=$(snapshot lenient.git)
has "where the server's policy names a push option, push options are offered" "$("$lfsguard" install --no-check --server lenient.git)" "set receive.advertisePushOptions = true in $work/lenient.git/config"
printf 'threshold = 1000\n[server]\nbypass = "let-it-in"\n' > lenient.git/lfsguard.toml
cd pusher || exit 1; git remote set-url origin ../lenient.git; git push -q origin main 2>/dev/null; check "a big file is refused there" 1 $?
git push -q -o let-it-in origin main 2>/dev/null; check "and let in by that option" 0 $?
has "which is logged" "$(cat ../lenient.git/lfsguard/log)" "pre-receive bypassed by push option: refs/heads/main"
cd ..; rm -rf lenient.git/refs/heads/main lenient.git/objects/?? lenient.git/lfsguard/log; printf '[server]\nbypass = "let-it-in"\n' > lenient.git/lfsguard.toml
"$lfsguard" uninstall --server lenient.git >/dev/null; check "uninstalling takes the offer back" "$before" "$(snapshot lenient.git)"
git init -q --bare broken.git; echo 'threshold = ' > broken.git/lfsguard.toml
out=$("$lfsguard" install --no-check --server broken.git 2>&1); check "a server whose policy is broken is told at once" 128 $?
has "with the line" "$out" "$work/broken.git/lfsguard.toml:1"

new told
check "status of a repository that is not guarded" "repository  $work/told/.git
hooks       pre-commit        not guarded
            pre-merge-commit  not guarded
            pre-applypatch    not guarded
            pre-push          not guarded
filters     none: lfsguard install
policy      threshold 10 MiB (default), mode fix, push block, profile generic" "$("$lfsguard" status)"
mkdir -p .git/hooks; printf '#!/bin/sh\n' > .git/hooks/pre-commit; chmod 755 .git/hooks/pre-commit
install --mode block >/dev/null; git remote add hub https://huggingface.co/a/b
echo '*.bin filter=lfs diff=lfs merge=lfs -text' > .gitattributes
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12345\n' 7 > x.bin; git add .gitattributes x.bin; git commit -qm x
LFSGUARD_SKIP=1 git commit -q --allow-empty -m skipped 2>/dev/null
check "status of one that is, with what waits to be pushed and the log" "repository  $work/told/.git
hooks       pre-commit        guarded by the repository's stub, another hook runs first
            pre-merge-commit  guarded by the repository's stub
            pre-applypatch    guarded by the repository's stub
            pre-push          guarded by the repository's stub
filters     lfsguard (local)
policy      threshold 10 MiB (huggingface), mode block, push block, profile huggingface
waiting     hub: 2 commits, 1 LFS objects, 12.1 KiB to be pushed
log         TIME pre-commit skipped (LFSGUARD_SKIP=1)" "$("$lfsguard" status | sed 's/[0-9-]*T[0-9:]*Z/TIME/')"
python3 -c 'for i in range(2001): print("commit refs/heads/long\ncommitter t <t@e> %d +0000\ndata 1\nx\n" % (1700000000 + i))' | git fast-import --quiet
check "in a long history that waits LFS objects are not counted" "waiting     hub: 2003 commits to be pushed (LFS objects: lfsguard lfs push --dry-run)" "$("$lfsguard" status | grep ^waiting)"
check "nor in JSON" '{"remote": "hub", "commits": 2003, "objects": null, "bytes": null}' "$("$lfsguard" status --format json | python3 -c 'import json, sys; w = json.load(sys.stdin)["waiting"][0]; print(json.dumps({k: w[k] for k in ("remote", "commits", "objects", "bytes")}))')"
git branch -qD long; git config core.hooksPath "$work/elsewhere"
check "who is bypassed by whom" '[["pre-commit",null,"the stub in '"$work"'/told/.git/hooks/pre-commit is bypassed: core.hooksPath (local) is '"$work"'/elsewhere"],false]' \
  "$("$lfsguard" status --format json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(json.dumps([[r["hooks"][0][k] for k in ("name", "guarded_by", "problem")], r["guarded"]], separators=(",", ":")))')"
git config --unset core.hooksPath; sed -i 's|^hook_program=.*|hook_program=/gone/hook|' .git/hooks/pre-push
has "a missing program" "$("$lfsguard" status)" "pre-push          guarded by the repository's stub; /gone/hook is missing; install lfsguard again"

git_version=$(git version | sed 's/[^0-9]*\([0-9]*\)\.\([0-9]*\).*/\1 \2/')
global_before=$(cat "$HOME/.gitconfig")
"$lfsguard" install --no-check --global --mode block --threshold 10KB >/dev/null; check "--global" 0 $?
new anywhere; big big.bin; out=$(git commit -qm x 2>&1); check "guards every repository" 1 $?
check "is said once" 1 "$(printf '%s\n' "$out" | grep -c '^big.bin')"
mkdir -p .git/hooks; printf '#!/bin/sh\necho own >> "%s/calls"\n' "$work" > .git/hooks/commit-msg; cp .git/hooks/commit-msg .git/hooks/pre-commit; chmod 755 .git/hooks/*
: > "$work/calls"; git reset -q; echo a > a; git add a; git commit -qm x; check "and runs the repository's own hooks" "own
own" "$(cat "$work/calls")"
if [ "${git_version% *}" -gt 2 ] || [ "${git_version#* }" -ge 54 ]; then
  has "by hooks in the configuration" "$(git hook list pre-commit)" lfsguard-pre-commit
else
  check "by core.hooksPath" "$HOME/.local/share/lfsguard/hooks-everywhere" "$(git config core.hooksPath)"
fi
new pushing; git init -q --bare "$work/global.git"; git remote add origin "$work/global.git"; echo a > a; git add a; git commit -qm a
mkdir -p .git/hooks; printf '#!/bin/sh\n{ echo "push $*"; cat; } >> "%s/calls"\n' "$work" > .git/hooks/pre-push; chmod 755 .git/hooks/pre-push
: > "$work/calls"; git push -q origin main; check "a push is looked at, too, and the repository's own hook gets arguments and input" "push origin $work/global.git
refs/heads/main $(git rev-parse HEAD) refs/heads/main $(git rev-parse main | tr '0-9a-f' '0')" "$(cat "$work/calls")"
big big.bin; git commit -q --no-verify -m big; git rm -q big.bin; git commit -q --no-verify -m gone
out=$(git push origin main 2>&1); check "what was committed and deleted again stops it" 1 $?
check "named once" 1 "$(printf '%s\n' "$out" | grep -c '^big.bin')"
check "and nothing was sent" "$(git rev-parse HEAD~2)" "$(git -C "$work/global.git" rev-parse main)"
LFSGUARD_SKIP=1 git push -q origin main 2>/dev/null; check "LFSGUARD_SKIP=1 lets it through" "$(git rev-parse HEAD)" "$(git -C "$work/global.git" rev-parse main)"
new both; rm -rf .git/hooks; git -c core.hooksPath=.git/hooks rev-parse >/dev/null
(unset GIT_CONFIG_GLOBAL; git config core.hooksPath "$PWD/.git/hooks"; install >/dev/null; git config --unset core.hooksPath)
big big.bin; out=$(git commit -qm x 2>&1); check "with hooks in both places" 1 $?
check "one of them judges" 1 "$(printf '%s\n' "$out" | grep -c '^big.bin')"
rm .git/lfsguard -rf
git init -q "$work/upd" && (cd "$work/upd" && git config receive.denyCurrentBranch updateInstead && echo a > a && git add a && git commit -qm a)
new updater; git pull -q ../upd main; echo b > b; git add b; git commit -qm b; git push -q ../upd HEAD:main 2>/dev/null
check "a push to a checked-out branch still updates the files" b "$(cat "$work/upd/b")"
"$lfsguard" uninstall --global >/dev/null
check "uninstalling brings the user's configuration back" "$global_before" "$(cat "$HOME/.gitconfig")"
"$lfsguard" install --no-check --global >/dev/null; git config --global core.editor ed; "$lfsguard" uninstall --global >/dev/null
check "also after other edits" "ed  " "$(git config core.editor) $(git config core.hooksPath) $(git config filter.lfs.clean)"
check "and git still works" 0 "$(git status >/dev/null 2>&1; echo $?)"
git config --global --unset core.editor
git config --global core.hooksPath "$work/shared"; out=$("$lfsguard" install --no-check --global 2>&1)
if [ "${git_version#* }" -lt 54 ]; then has "a core.hooksPath of the user's own is left alone" "$out" "core.hooksPath (global) is $work/shared already"; fi
git config --global --unset core.hooksPath; "$lfsguard" uninstall --global >/dev/null

cd "$work" && "$lfsguard" install --no-check --template >/dev/null; check "--template sets init.templateDir" "$HOME/.local/share/lfsguard/template" "$(git config init.templateDir)"
new templated; big big.bin; git config lfsguard.mode block; git config lfsguard.threshold 10KB; git commit -qm x >/dev/null 2>&1; check "a new repository is guarded" 1 $?
has "and has filters" "$(git config --local filter.lfs.clean)" "$lfsguard lfs clean -- %f"
"$lfsguard" uninstall >/dev/null; check "uninstalling works there too" "no" "$(test -e .git/hooks/pre-commit && echo yes || echo no)$(git config --local filter.lfs.clean)"
"$lfsguard" uninstall --template >/dev/null; check "uninstalling the template" "" "$(git config init.templateDir)"
"$lfsguard" install --no-check --template "$work/tpl" >/dev/null; git init -q --template "$work/tpl" "$work/t2"; check "a template folder of one's own" "yes" "$(test -x "$work/t2/.git/hooks/pre-push" && echo yes)"
"$lfsguard" uninstall --template "$work/tpl" >/dev/null; check "comes back empty" "$work/tpl" "$(find "$work/tpl")"

cd "$work" && mkdir no && cd no && out=$("$lfsguard" install --no-check 2>&1); check "no repository is fatal" 128 $?
git -C "$work" init -q --object-format=sha256 s256; out=$("$lfsguard" install --no-check --repo "$work/s256" 2>&1); check "a SHA-256 repository is refused" 128 $?
has "by name" "$out" "sha256"
exit $failed
