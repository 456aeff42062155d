#!/usr/bin/env bash
# install.sh, with the program already built: flags, exit codes, repositories, verdicts, and what uninstalling leaves. (That it builds on a bare machine
# is tried by tests/peers.)
set -u
work=$(mktemp -d) && trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1
unset XDG_CONFIG_HOME XDG_DATA_HOME HF_ENDPOINT LFSGUARD_SKIP
mkdir -p "$HOME" && git config --global user.name t && git config --global user.email t@example.com && git config --global init.defaultBranch main
failed=0
check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); failed=1; fi
}
has() { # NAME TEXT PART
  if printf '%s\n' "$2" | grep -qF -- "$3"; then echo "ok: $1"; else echo "FAILED: $1: no \"$3\" in"; printf '%s\n' "$2"; failed=1; fi
}
snapshot() { (cd "$1" && find . \( -type l -printf '%p -> %l\n' -o -printf '%p %m\n' \) | sort; find . -type f -print0 | sort -z | xargs -0 -r sha256sum); }
prefix=$work/prefix
install_sh() { "$LFSGUARD_SOURCE/install.sh" --prefix "$prefix" "$@" </dev/null; }

# As a build would leave it.
mkdir -p "$prefix/keep"
cmake --install "$LFSGUARD_BUILD" --prefix "$prefix" >/dev/null || exit 1
{ cat "$LFSGUARD_BUILD/install_manifest.txt"; echo; echo "$prefix/bin/git-lfsguard"; } | sed '/^$/d' > "$work/manifest"
source=$LFSGUARD_SOURCE
eval "$(sed -n '/^source_state()/,/^}/p' "$LFSGUARD_SOURCE/install.sh")"
mark_installed() {
  cp "$work/manifest" "$prefix/libexec/lfsguard/manifest"
  source_state > "$prefix/libexec/lfsguard/source"
  for folder in libexec/lfsguard libexec bin share/man/man1 share/man share/bash-completion/completions share/bash-completion share/zsh/site-functions \
    share/zsh share/fish/vendor_completions.d share/fish share; do echo "$prefix/$folder"; done > "$prefix/libexec/lfsguard/folders"
}
mark_installed

"$LFSGUARD_SOURCE/install.sh" --help >/dev/null; check "--help is fine" 0 $?
for flag in --global --template --server --uninstall --prefix --mode --threshold --profile --no-deps --no-scan --as-git-lfs --keep-filters --dry-run; do
  "$LFSGUARD_SOURCE/install.sh" --help | grep -q -- "^  $flag"; check "help tells of $flag" 0 $?
done
out=$(install_sh --unheard-of 2>&1); check "an unknown flag is a usage error" 129 $?
has "that names it" "$out" "unknown flag: --unheard-of"
install_sh --mode loud >/dev/null 2>&1; check "so is a mode that there is not" 129 $?
install_sh --mode >/dev/null 2>&1; check "and a flag without its value" 129 $?

cd "$work" && git init -q clean && cd clean && echo a > a && git add a && git commit -qm a && before=$(snapshot .git)
out=$(install_sh --dry-run . 2>&1); check "a dry run is fine" 0 $?
has "says what it would do" "$out" "would write $work/clean/.git/hooks/pre-commit"
check "and does nothing" "$before" "$(snapshot .git)"
out=$(install_sh --mode block --threshold 1MB . 2>&1); check "a repository" 0 $?
has "each change is said" "$out" "wrote $work/clean/.git/hooks/pre-commit"
has "the self-test ran" "$out" "self-test: "
has "the verdict is said" "$out" "verdict: nothing in $work/clean must stay out of a push"
check "settings are written to the repository" "block 1MB" "$(git config --local lfsguard.mode) $(git config --local lfsguard.threshold)"
has "a second run changes nothing" "$(install_sh --no-scan --mode block --threshold 1MB . 2>&1)" "nothing to change"
check "--no-scan scans not" "" "$(install_sh --no-scan . 2>&1 | grep verdict)"
install_sh --uninstall . >/dev/null 2>&1; check "uninstalling" 0 $?
check "brings every byte back" "$before" "$(snapshot .git)"

cd "$work" && git init -q 'it'"'"'s big' && cd 'it'"'"'s big' && head -c 11000000 /dev/zero > big.bin && git add big.bin && git commit -qm big
out=$(install_sh . 2>&1); check "findings of the first scan are no failure" 0 $?
has "they are shown" "$out" "big.bin   10.5 MiB   limit 10 MiB"
has "with the command that mends them" "$out" "Mend it: lfsguard"
out=$(cd / && install_sh "$work/nowhere" "$work/clean" 2>&1); check "a folder that is not there: something was not done" 128 $?
has "it is named" "$out" "no such folder: $work/nowhere"
has "and the others are done all the same" "$out" "wrote $work/clean/.git/hooks/pre-commit"
mkdir "$work/plain"; out=$(install_sh "$work/plain" 2>&1); check "a folder that is no repository, too" 128 $?
has "in words" "$out" "not a git repository"
cd "$work" && git init -q husky && mkdir -p husky/.husky/_ && git -C husky config core.hooksPath .husky/_
out=$(install_sh husky 2>&1); check "hooks that cannot be put in: 128" 128 $?
has "with the line to add" "$out" "lfsguard hook pre-commit"

git init -q --bare one.git; git init -q --bare two.git
mkdir few; for tool in sh cat grep sed awk git env dirname readlink cksum find sort tr xargs mktemp rm mv ln ls mkdir chmod stat id date nproc; do ln -s "$(command -v $tool)" few/; done
out=$(PATH=$work/few install_sh --server one.git two.git --threshold 1MB 2>&1); check "servers" 0 $?
has "without git-lfs-transfer it is said that no object store over SSH was made" "$out" "object store over SSH: none, for there is no git-lfs-transfer on PATH"
printf '#!/bin/sh\n' > few/git-lfs-transfer; chmod 755 few/git-lfs-transfer
has "with one, what it serves" "$(PATH=$work/few install_sh --server one.git 2>&1)" "object store over SSH: $work/few/git-lfs-transfer serves $work/one.git/lfs"
check "both of them" "yes" "$([ -x one.git/hooks/pre-receive ] && [ -x two.git/hooks/pre-receive ] && echo yes)"
out=$(install_sh --server 2>&1); check "--server needs a repository" 129 $?
install_sh --uninstall --server one.git two.git >/dev/null 2>&1; check "and gone again" "no" "$([ -e one.git/hooks/pre-receive ] || [ -e two.git/lfsguard.toml ] && echo yes || echo no)"
install_sh --template "$work/tpl" --global >/dev/null 2>&1; check "--template and --global together" 0 $?
check "the template is there" yes "$([ -x "$work/tpl/hooks/pre-commit" ] && echo yes)"
install_sh --uninstall --template "$work/tpl" --global >/dev/null 2>&1; check "both are taken back" 0 $?
check "nothing of them is left" "" "$(git config --global --get-regexp 'hook|lfs')"
mkdir "$work/newhome"
HOME=$work/newhome install_sh --template --global >/dev/null 2>&1; HOME=$work/newhome install_sh --uninstall --template --global >/dev/null 2>&1
check "a configuration file that was not there before goes again" "" "$(find "$work/newhome" -type f)"

if [ "$(id -u)" = 0 ] && command -v runuser >/dev/null && id nobody >/dev/null 2>&1; then
  chmod 755 "$work"; git init -q owned; chown -R nobody owned
  out=$(install_sh owned 2>&1); code=$?
  has "as root, a stranger's repository is set up as its owner, and that is said" "$out" "$work/owned belongs to nobody: what follows is done as that user"
  case $code in 0 | 128) ;; *) echo "FAILED: exit code $code"; failed=1 ;; esac
  check "no file of root's is left in it" "" "$(find owned -user root)"
fi

rm -f "$prefix/bin/git-lfs"; printf 'old\n' > "$prefix/bin/git-lfs"
install_sh --as-git-lfs >/dev/null 2>&1
check "--as-git-lfs makes the link" lfsguard "$(readlink "$prefix/bin/git-lfs")"
out=$(install_sh --uninstall 2>&1); check "uninstalling the program" 0 $?
has "lists repositories that still have hooks" "$out" "  $work/clean/.git"
has "says each file" "$out" "removed $prefix/bin/lfsguard"
check "what was there before is back" old "$(cat "$prefix/bin/git-lfs")"
rm "$prefix/bin/git-lfs"; rmdir "$prefix/bin" 2>/dev/null
check "and nothing else is left" "$prefix
$prefix/keep" "$(find "$prefix" | sort)"
out=$(install_sh --uninstall 2>&1); check "uninstalling what is not there" 128 $?
out=$(install_sh --dry-run "$work/clean" 2>&1); check "a dry run without a program" 0 $?
has "says that it would build" "$out" "would build lfsguard"
check "and makes nothing" "$prefix
$prefix/keep" "$(find "$prefix" | sort)"
exit $failed
