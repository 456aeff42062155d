#!/usr/bin/env bash
# The program under git-lfs's name (install.sh --as-git-lfs): what hands and scripts call first, held against git-lfs itself where it is installed.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
unset XDG_CONFIG_HOME GIT_DIR LFSGUARD_SKIP HF_ENDPOINT
theirs=$(command -v git-lfs) || { echo "FAILED: git-lfs is needed as the measure"; exit 1; }
mkdir -p "$work/ours" "$work/theirs" && ln -s "$LFSGUARD_BUILD/lfsguard" "$work/ours/git-lfs" && ln -s "$theirs" "$work/theirs/git-lfs"
failed=0
ok() { if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | cat -A | head -20; failed=1; fi; }
# What a hook says where there is no git-lfs is in each version's own words, and later ones than ours warn of settings that uninstall leaves.
own_words() { sed -E -e '/^warning: some filter configuration was not removed/d' -e 's/(command -v git-lfs >\/dev\/null 2>&1 \|\| \{ ).*(exit 2; \})/\1\2/'; }
# with WHOSE WORDS...: git-lfs in that one's repository and home; output, streams apart, and exit code
with() { local who=$1; shift; (cd "$work/repo.$who" && HOME=$work/home.$who PATH=$work/$who:$PATH "$@" > "$work/out" 2> "$work/err" < /dev/null; echo "code $?"; own_words < "$work/out" | sed 's/^/1 /'; sed 's/^/2 /' "$work/err"); }
# git-lfs writes its keys in an order of its own each time.
state() { (cd "$work/repo.$1" && sort "$work/home.$1/.gitconfig" 2>/dev/null; git config --file .git/config --get-regexp '^filter' | sort; for hook in .git/hooks/*; do [ -f "$hook" ] && stat -c '%n %a' "$hook" && own_words < "$hook"; done); }
fresh() {
  for who in ours theirs; do
    rm -rf "$work/repo.$who" "$work/home.$who"; mkdir "$work/home.$who"; HOME=$work/home.$who git init -q -b main "$work/repo.$who"; rm -f "$work/repo.$who/.git/hooks/"*
  done
}
same() { # NAME WORDS...
  local name=$1; shift
  ok "$name: says what git-lfs says" "$(with theirs "$@")" "$(with ours "$@")"
  ok "$name: leaves what git-lfs leaves" "$(state theirs)" "$(state ours)"
}
both() { with ours "$@" >/dev/null; with theirs "$@" >/dev/null; }

fresh
same "install" git lfs install
same "install again" git lfs install
same "update" git lfs update
same "update --manual" git lfs update --manual
same "install --local --skip-smudge" git lfs install --local --skip-smudge
both git config --global filter.lfs.clean other
same "install over another filter" git lfs install
same "install --force over it" git lfs install --force
both sh -c 'printf "#!/bin/sh\necho mine\n" > .git/hooks/pre-push'
same "install over another hook" git lfs install
same "update over it" git lfs update
same "install --skip-repo beside it" git lfs install --skip-repo
same "install --manual beside it" git lfs install --manual
same "update --force over it" git lfs update --force
same "uninstall" git lfs uninstall
fresh; both git lfs install --local
same "uninstall --local" git lfs uninstall --local
for who in ours theirs; do rm -rf "$work/repo.$who/.git"; done
same "install outside of repositories" git lfs install
same "install --local there" git lfs install --local
same "update there" git lfs update
same "an unknown command" git lfs frobnicate
same "ext" git lfs ext
same "logs" git lfs logs last

fresh; with ours git lfs version >/dev/null
ok "version begins as git-lfs's does" "git-lfs/3.3.0" "$(cut -d' ' -f1 "$work/out")"
ok "env begins with it, too" "$(cat "$work/out")" "$(with ours git lfs env >/dev/null; head -1 "$work/out")"
ok "no command: help, as with git-lfs" "code 0" "$(with ours git lfs | head -1)"
ok "help of a command" "lfsguard lfs track:" "$(with ours git lfs help track >/dev/null; grep -o '^lfsguard lfs track:' "$work/out")"
ok "an unknown flag: git-lfs's words and exit code" "$(with theirs git lfs ls-files --frob | grep -v '^1')" "$(with ours git lfs ls-files --frob | grep -v '^1')"

# The filters and hooks that it sets work with it.
with ours git lfs install >/dev/null; git init -q --bare "$work/server.git"
with ours sh -c 'git config user.name t; git config user.email t@example.com; git lfs track "*.bin" && head -c 5000 /dev/zero > a.bin && git add -A && git commit -qm a && git push -q "$1" main' sh "$work/server.git" >/dev/null
ok "a commit makes the pointer, a push sends the object" "git-lfs 1" "$(git -C "$work/repo.ours" show HEAD:a.bin | grep -o git-lfs) $(find "$work/server.git/lfs/objects" -type f | wc -l)"
# Where lfsguard's own hooks stand, they stay.
fresh; with ours "$LFSGUARD_BUILD/lfsguard" install --no-check >/dev/null; stub=$(cat "$work/repo.ours/.git/hooks/pre-push") clean=$(git -C "$work/repo.ours" config filter.lfs.clean)
ok "install leaves lfsguard's stub and filter" "code 0 $stub $clean" "$(with ours git lfs install --local | head -1) $(cat "$work/repo.ours/.git/hooks/pre-push") $(git -C "$work/repo.ours" config filter.lfs.clean)"
ok "under its own name these commands point to lfsguard install" "129 hint: lfsguard install" "$("$LFSGUARD_BUILD/lfsguard" lfs install 2> "$work/err"; echo $?) $(tail -1 "$work/err")"
exit $failed
