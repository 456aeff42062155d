#!/usr/bin/env bash
# The command line itself: help, usage errors, streams, colours, signals, man page, completion.
set -u
lfsguard=$LFSGUARD_BUILD/lfsguard
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1
unset NO_COLOR CLICOLOR_FORCE
mkdir -p "$HOME" && cd "$work" && git init -q repo && cd repo || exit 1
failed=0
check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); failed=1; fi
}
commands() { "$lfsguard" ${1:+"$1"} --help | sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'; }

check "--version" "lfsguard $(sed -n 's/^project(lfsguard VERSION \([0-9.]*\).*/\1/p' "$LFSGUARD_SOURCE/CMakeLists.txt")" "$("$lfsguard" --version)"
"$lfsguard" --help >/dev/null; check "--help is fine" 0 $?
for command in $(commands); do
  out=$("$lfsguard" "$command" --help 2>/dev/null); check "$command --help is fine" 0 $?
  check "$command's help begins with its name" "lfsguard $command:" "$(printf '%s\n' "$out" | head -1 | grep -o "^lfsguard $command:")"
done
for command in $(commands lfs); do
  "$lfsguard" lfs "$command" --help >/dev/null 2>&1; check "lfs $command --help is fine" 0 $?
  check "lfs $command --version is the program's" "$("$lfsguard" --version)" "$("$lfsguard" lfs "$command" --version 2>&1)"
done
for command in scan status install uninstall policy track lfs hook help completion; do
  commands | grep -qx "$command"; check "$command is listed" 0 $?
done

err=$("$lfsguard" scan --abov 1 2>&1 >/dev/null); check "an unknown flag is a usage error" 129 $?
check "that names it and what was meant" "lfsguard: unknown flag: --abov
hint: did you mean --above? lfsguard scan --help lists them all" "$err"
err=$("$lfsguard" 2>&1 >/dev/null); check "no command is a usage error" 129 $?
err=$("$lfsguard" frobnicate 2>&1 >/dev/null); check "an unknown command is one" 129 $?
err=$("$lfsguard" policy --format xml 2>&1 >/dev/null); check "an unknown format is one" 129 $?
err=$("$lfsguard" -C /nowhere policy 2>&1 >/dev/null); check "a folder that is not there is fatal" 128 $?
check "and named with its cause" "lfsguard: cannot change to: /nowhere
  No such file or directory
hint: see that the name is right: 'ls -ld' shows what is there" "$err"
err=$(cd / && "$lfsguard" status 2>&1 >/dev/null); check "outside a repository: fatal" 128 $?
check "said with what to do" "lfsguard: not a git repository: .
hint: go to a repository, or name one: lfsguard -C DIR ...; 'git init' makes one here" "$(printf '%s\n' "$err" | sed '/^  /d')"
# Everything that goes wrong is said as: what happened, which thing, what helps.
says() { # EXIT-CODE ERROR WORDS...
  local code=$1 expected=$2
  shift 2
  check "$* is answered" "$code $expected" "$("$lfsguard" "$@" 2>"$work/said" </dev/null >/dev/null; echo $? "$(cat "$work/said")")"
}
says 128 "lfsguard: cannot enter folder: /nowhere
  No such file or directory
hint: see that the name is right: 'ls -ld' shows what is there" install --repo /nowhere
says 128 "lfsguard: no such commit: nope
hint: see: git log --oneline --all" lfs fsck nope
says 128 "lfsguard: no such ref: nope
hint: see: git branch --list, git tag --list" lfs ls-files nope
says 129 "lfsguard: only one source can be asked for: scan
hint: choose one of --staged, --worktree, --range and --history" scan --staged --worktree
says 129 "lfsguard: only one of these can be asked for: --undo --runs
hint: lfsguard rewrite --help" rewrite --runs --undo
says 129 "lfsguard: pathspec magic without a closing parenthesis: :(top
hint: lfsguard scan --help" scan -- ":(top"
check "a program that is not there is named with what to do" "128 lfsguard: cannot run: git
  No such file or directory
hint: install it, or have PATH name the folder that it is in" "$(PATH=/nowhere "$lfsguard" scan 2>"$work/said"; echo $? "$(cat "$work/said")")"
mkdir folder
says 128 "lfsguard: cannot open: folder
  Is a directory
hint: that is a folder; name a file" scan --output folder
rmdir folder

git init -q "$work/broken" && echo '[core' >> "$work/broken/.git/config"
err=$("$lfsguard" -C "$work/broken" scan 2>&1 >/dev/null); check "a broken .git/config is fatal" 128 $?
check "and is said to be that" "lfsguard: git cannot read its configuration here: ." "$(printf '%s\n' "$err" | head -1)"
if [ "$(id -u)" = 0 ]; then
  git init -q "$work/foreign" && chown -R 65534 "$work/foreign"
  err=$("$lfsguard" -C "$work/foreign" scan 2>&1 >/dev/null); check "a repository of another user is fatal" 128 $?
  check "and is said to be that" "lfsguard: git does not trust this repository, which belongs to another user: ." "$(printf '%s\n' "$err" | head -1)"
fi

echo a >a.bin && echo b >b.dat && git add . && git -c user.name=u -c user.email=u@example.org commit -qm one
check "a flag takes the words up to the next" "a.bin b.dat" "$("$lfsguard" rewrite --dry-run --include '*.bin' '*.dat' --format json | python3 -c 'import json, sys; print(*(f["path"] for f in json.load(sys.stdin)["files"]))')"
rm a.bin b.dat

check "-C before and after the command" "$("$lfsguard" -C "$work/repo" policy)" "$(cd / && "$lfsguard" policy -C "$work/repo")"
mkdir sub; check "-C adds up as git's" 0 "$("$lfsguard" -C "$work" -C repo/sub policy >/dev/null; echo $?)"
"$lfsguard" policy --output result; check "--output makes the file" "$("$lfsguard" policy)" "$(cat result)"
"$lfsguard" policy --output /dev/full 2>/dev/null; check "a full device is an error" 128 $?
"$lfsguard" policy >/dev/full 2>/dev/null; check "also on standard output" 128 $?
printf 'mode = 1\n' > .lfsguard.toml; echo old > result; "$lfsguard" policy --output result 2>/dev/null; check "a failed command leaves the old file" old "$(cat result)"
escapes() { tr -cd '\033' | wc -c; }
check "no colour where there is no terminal" 0 "$("$lfsguard" policy 2>&1 | escapes)"
check "CLICOLOR_FORCE colours all the same" yes "$([ "$(CLICOLOR_FORCE=1 "$lfsguard" policy 2>&1 | escapes)" -gt 0 ] && echo yes)"
check "NO_COLOR wins" 0 "$(NO_COLOR=1 CLICOLOR_FORCE=1 "$lfsguard" policy 2>&1 | escapes)"
check "--color always wins over both" yes "$([ "$(NO_COLOR=1 "$lfsguard" policy --color always 2>&1 | escapes)" -gt 0 ] && echo yes)"
check "--color never does, too" 0 "$(CLICOLOR_FORCE=1 "$lfsguard" policy --color never 2>&1 | escapes)"
rm .lfsguard.toml

check "a reader that goes away is no error message" "" "$( ("$lfsguard" help --man | head -c 1 >/dev/null) 2>&1)"
# Once its handler is there, and not the one of the shell that becomes it. A job of a script comes with SIGINT ignored.
handles_interrupts() {
  [ "$(readlink "/proc/$1/exe")" = "$(readlink -f "$lfsguard")" ] && (($(sed -n 's/^SigCgt:[[:space:]]*/0x/p' "/proc/$1/status") & 2))
}
mkfifo pipe
"$lfsguard" policy --output pipe 2>/dev/null & pid=$!
until handles_interrupts $pid; do :; done
kill -INT $pid; wait $pid; check "an interrupted command ends with 130" 130 $?
"$lfsguard" lfs clean big <pipe >/dev/null 2>../said & pid=$!
exec 3>pipe; head -c 300000 /dev/zero >&3
until handles_interrupts $pid && [ -n "$(ls .git/lfs/tmp 2>/dev/null)" ]; do :; done
kill -INT $pid; wait $pid; check "so does one that was storing an object" 130 $?
exec 3>&-
check "and nothing of it is left" "lfsguard: interrupted" "$(sed '/^$/d' ../said)$(find .git/lfs -type f)"

"$lfsguard" help --man > page.1; check "the man page has no mistakes" "" "$(MANWIDTH=80 man --warnings -E UTF-8 -l page.1 2>&1 >/dev/null)"
for command in $(commands); do
  grep -q "^\.SS \"lfsguard $command" page.1 || [ "$command" = lfs ]; check "the man page has $command" 0 $?
done
"$lfsguard" completion bash > completion.bash; bash -n completion.bash; check "bash completion parses" 0 $?
complete_words() { # WORD...: what bash would offer for the last one
  bash -c '. ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lfsguard; printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}
check "bash completes commands" "scan" "$(complete_words lfsguard sc)"
check "bash completes flags" "--above" "$(complete_words lfsguard scan --abo)"
check "bash completes values" "block" "$(complete_words lfsguard install --mode b)"
check "bash completes commands below lfs" "push" "$(complete_words lfsguard lfs pus)"
"$lfsguard" completion zsh | head -1 | grep -q '^#compdef lfsguard'; check "zsh completion" 0 $?
"$lfsguard" completion fish | grep -q -- '-l above'; check "fish completion" 0 $?
"$lfsguard" completion tcsh 2>/dev/null; check "another shell is a usage error" 129 $?
ln -s "$lfsguard" "$work/git-lfsguard"; check "git lfsguard is the same" "$("$lfsguard" --version)" "$(PATH=$work:$PATH git lfsguard --version)"
exit $failed
