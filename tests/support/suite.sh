# What the shell suites share. Source it first:  . "$LFSGUARD_SOURCE/tests/support/suite.sh"
#
# Gives an empty folder $work (removed at the end) and a HOME of its own, no system configuration, fixed identities and dates; check, pass, fail;
# and finish, which ends the suite. A behaviour that could not be tried here is reported as "not run", never as passed.
lfsguard=$LFSGUARD_BUILD/lfsguard
hook=$LFSGUARD_BUILD/lfsguard-hook
work=$(mktemp -d) && trap 'rm -rf --one-file-system "$work"' EXIT
while IFS='=' read -r name _; do
  case $name in GIT_* | LFSGUARD_SKIP | LFSGUARD_TRACE | LFSGUARD_THRESHOLD | LFSGUARD_MODE | XDG_CONFIG_HOME | HF_ENDPOINT) unset "$name" ;; esac
done < <(env)
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_EDITOR=true LC_ALL=C.UTF-8 NO_COLOR=1
export GIT_AUTHOR_NAME=author GIT_AUTHOR_EMAIL=author@example.org GIT_COMMITTER_NAME=committer GIT_COMMITTER_EMAIL=committer@example.org
mkdir -p "$HOME" && cd "$work" || exit 1
git config --global init.defaultBranch main
git config --global protocol.file.allow always
git config --global advice.detachedHead false
failed=0 tried=0

pass() { echo "ok: $1"; tried=$((tried + 1)); }
fail() { # NAME [WHAT WAS SEEN]
  echo "FAILED: $1"
  [ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/    /'
  failed=$((failed + 1))
}
not_run() { echo "not run: $1 ($2)"; }
check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "$(diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | head -60)"; fi
}
check_contains() { # NAME PART TEXT
  case $3 in *"$2"*) pass "$1" ;; *) fail "$1" "not found: $2
in: $3" ;; esac
}
# A git command that must not go through, or must; what it said is in ../said.
stopped() { # NAME GIT-ARGUMENTS...
  local name=$1
  shift
  if git "$@" >../said 2>&1; then fail "$name" "it went through: $(cat ../said)"; else pass "$name"; fi
}
goes() { # NAME GIT-ARGUMENTS...
  local name=$1
  shift
  if git "$@" >../said 2>&1; then pass "$name"; else fail "$name" "$(cat ../said)"; fi
}
finish() {
  [ "$tried" -gt 0 ] || { echo "no behaviour was tried"; exit 1; }
  [ "$failed" = 0 ] || { echo "$failed failed"; exit 1; }
  exit 0
}

# bytes SIZE [SEED]: that many bytes that do not compress, the same each time.
bytes() { python3 -c 'import random, sys; sys.stdout.buffer.write(random.Random(sys.argv[2]).randbytes(int(sys.argv[1])))' "$1" "${2:-0}"; }
# One value out of JSON on standard input, by a python expression over `d`.
json() { python3 -c 'import json, sys; d = json.load(sys.stdin); v = eval(sys.argv[1]); print(v if isinstance(v, str) else json.dumps(v))' "$1"; }
# Names and content of every file of a folder, but for those below a folder named lfsguard.
tree_hash() { (cd "$1" && find . -name lfsguard -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum); }
# The pointer text of a file.
pointer_of() { printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %s\n' "$(sha256sum <"$1" | cut -c-64)" "$(stat -c %s "$1")"; }

# A git of 2.54 or later: LFSGUARD_TEST_GIT2 (a program), else out of the Debian tree that SID_TREE names. Sets git2, empty when there is none.
git2=${LFSGUARD_TEST_GIT2:-}
if [ -z "$git2" ] && [ -n "${SID_TREE:-}" ] && [ -x "$SID_TREE/usr/bin/git" ]; then
  . "$LFSGUARD_SOURCE/tests/support/git_of_tree.sh"
  git_of_tree "$SID_TREE" "$work/git2"
  git2=$work/git2/git
fi
[ -z "$git2" ] || "$git2" --version >/dev/null 2>&1 || git2=
