# Repositories with the hooks in place, for suites of the hooks. Source suite.sh first.

# guarded_repository FOLDER [INIT-FLAGS...]: hooks, filters, a threshold of 1000 bytes. The current folder becomes FOLDER.
guarded_repository() {
  local folder=$1 name
  shift
  cd "$work" && git init -q "$@" "$folder" && cd "$folder" || exit 1
  put_hooks "$(git rev-parse --git-path hooks)" pre-commit pre-merge-commit pre-applypatch pre-push
  git config lfsguard.threshold 1000
  git config filter.lfs.clean "'$lfsguard' lfs clean -- %f"
  git config filter.lfs.smudge "'$lfsguard' lfs smudge -- %f"
  git config filter.lfs.process "'$lfsguard' lfs filter-process"
  git config filter.lfs.required true
}

# put_hooks FOLDER NAME...
put_hooks() {
  local folder=$1 name
  shift
  mkdir -p "$folder"
  for name in "$@"; do
    printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$hook" "$name" >"$folder/$name"
    chmod +x "$folder/$name"
  done
}

# is_pointer NAME PATH FILE [COMMIT]: COMMIT:PATH is the pointer of FILE's content, and the store holds an object equal to it.
is_pointer() {
  local oid
  oid=$(sha256sum <"$3" | cut -c-64)
  check "$1: the commit holds the pointer" "$(pointer_of "$3")" "$(git cat-file blob "${4:-HEAD}:$2" 2>&1)"
  if cmp -s "$3" "$(git rev-parse --git-common-dir)/lfs/objects/${oid:0:2}/${oid:2:2}/$oid"; then pass "$1: the object is stored and equal"; else fail "$1: the object is stored and equal"; fi
}

# is_clean NAME [EXPECTED-STATUS]
is_clean() { check "$1: status" "${2:-}" "$(git status --porcelain 2>&1)"; }

# How many git processes a trace of strace -f -e trace=execve has, those that git starts itself left out.
git_processes() { grep -F '["git"' ../trace | cut -d' ' -f1 | sort -u | wc -l; }

# Runs every function named case_* under the git on PATH and, where there is one, under git 2.54 or later; finishes.
run_cases() {
  local name
  while read -r _ _ name; do
    case $name in case_*) (failed=0; echo "# $name"; "$name"; exit $((failed > 0))) && tried=$((tried + 1)) || failed=$((failed + 1)) ;; esac
  done < <(declare -F)
  if [ -n "$git2" ]; then
    PATH=$(dirname "$git2"):$PATH
    mkdir -p "$work/second" && work=$work/second
    echo "# now with $(git --version)"
    while read -r _ _ name; do
      case $name in case_*) (failed=0; echo "# $name"; "$name"; exit $((failed > 0))) || failed=$((failed + 1)) ;; esac
    done < <(declare -F)
  else
    not_run "the same with git 2.54 or later" "set LFSGUARD_TEST_GIT2 or SID_TREE"
  fi
  finish
}
