#!/usr/bin/env bash
# Repositories whose hooks another program manages: the pre-commit framework (PyPI) with this project's .pre-commit-hooks.yaml, husky and lefthook (npm)
# with the lines that `lfsguard install` offers. What the registries give is kept in $LFSGUARD_PEERS.
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
peers=$LFSGUARD_PEERS/hook-managers
give_up() { echo "FAILED: $1"; echo "    remedy: $2"; exit 1; }
mkdir -p "$peers"
if [ ! -x "$peers/venv/bin/pre-commit" ]; then
  { python3 -m venv "$peers/venv" && "$peers/venv/bin/pip" install -q pre-commit; } > "$peers/pip.log" 2>&1 ||
    give_up "pre-commit could not be installed: $(tail -1 "$peers/pip.log")" "python3 with venv and a package index that pip reaches; see $peers/pip.log"
fi
if [ ! -x "$peers/node_modules/.bin/lefthook" ] || [ ! -e "$peers/node_modules/.bin/husky" ]; then
  # Their install scripts would set up the repository that this is run in.
  (cd "$peers" && echo '{"private": true}' > package.json && npm install --silent --ignore-scripts --no-audit --no-fund husky lefthook) > "$peers/npm.log" 2>&1 ||
    give_up "husky and lefthook could not be installed: $(tail -1 "$peers/npm.log")" "npm and a registry that it reaches; see $peers/npm.log"
fi

. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/support/guarded_repository.sh"
unset PRE_COMMIT_HOME
mkdir -p "$work/bin" && ln -s "$lfsguard" "$work/bin/lfsguard"
export PATH=$work/bin:$peers/venv/bin:$peers/node_modules/.bin:$PATH NO_COLOR=1
git config --global user.name t && git config --global user.email t@example.org && git config --global lfsguard.threshold 1000
# The hooks of this source tree as it is, in a repository of its own: pre-commit clones what it runs.
git init -q hooks-source && cp "$LFSGUARD_SOURCE/.pre-commit-hooks.yaml" hooks-source/ && git -C hooks-source add . && git -C hooks-source commit -qm hooks
with_remote() { # NAME
  cd "$work" && git init -q --bare "$1.git" && git init -q "$1" && cd "$1" && git remote add origin "$work/$1.git"
}

case_pre_commit_framework() {
  with_remote framework
  cat > .pre-commit-config.yaml <<END
default_install_hook_types: [pre-commit, pre-push]
repos:
  - repo: $work/hooks-source
    rev: $(git -C ../hooks-source rev-parse HEAD)
    hooks: [{id: lfsguard}, {id: lfsguard-push}]
END
  pre-commit install > /dev/null && git add . && goes "pre-commit: a commit with nothing large" commit -m one
  check_contains "pre-commit: the hook ran" "lfsguard (staged files)" "$(cat ../said)"
  goes "pre-commit: the first push of a branch" push origin main
  check_contains "pre-commit: the push hook ran" "lfsguard (commits to be pushed)" "$(cat ../said)"
  bytes 5000 > big.bin && git add big.bin && stopped "pre-commit: a large staged file stops the commit" commit -m two
  check_contains "pre-commit: with its name and what mends it" "Mend it: lfsguard track /big.bin" "$(cat ../said)"
  check "pre-commit: all is as it was" "A  big.bin" "$(git status --porcelain)"
  git commit -q --no-verify -m two && stopped "pre-commit: one that was committed stops the push" push origin main
  check_contains "pre-commit: named" "big.bin   4.9 KiB   limit 1000 B" "$(cat ../said)"
  git checkout -q -b other && stopped "pre-commit: also in a new branch" push origin other
  git checkout -q main && git reset -q --hard HEAD~1 && lfsguard install --no-check > ../said 2>&1
  check_contains "lfsguard install in a repository of pre-commit's" "pre-commit writes hooks" "$(cat ../said)"
  printf '*.bin filter=lfs diff=lfs merge=lfs -text\n' > .gitattributes && bytes 5000 > big.bin && git add . && goes "both hooks: what LFS covers is committed" commit -m three
  is_pointer "both hooks" big.bin big.bin
  goes "both hooks: and pushed" push origin main
  check "both hooks: with its object" "$(sha256sum < big.bin)" "$(find ../framework.git/lfs/objects -type f -exec cat {} + | sha256sum)"
  lfsguard uninstall > /dev/null && git config filter.lfs.clean "lfsguard lfs clean -- %f" && git config filter.lfs.process "lfsguard lfs filter-process"
  bytes 5001 > more.bin && git add . && git commit -qm four > /dev/null 2>&1 && goes "pre-commit alone: a push" push origin main
  check "pre-commit alone: sends LFS objects, too" 2 "$(find ../framework.git/lfs/objects -type f | wc -l)"
  check "pre-commit run --from-ref --to-ref" 0 "$(pre-commit run --hook-stage pre-push --from-ref HEAD~1 --to-ref HEAD > ../said 2>&1; echo $?)"
}

# The lines that `lfsguard install` offered for hook NAME, "FILE: LINE" each.
offered() { sed -n "s|^  ||p" ../said | grep "$1"; }

case_husky() {
  with_remote husky-repository
  echo '{"name": "x", "private": true}' > package.json && echo '_' > .gitignore && husky > /dev/null
  check "husky manages the hooks" .husky/_ "$(git config core.hooksPath)"
  before=$(tree_hash .husky)
  lfsguard install --no-check > ../said 2>&1
  check "install in a repository of husky's is partly done" 2 $?
  check_contains "and says why" "which belongs to husky" "$(cat ../said)"
  check "nothing is written there" "$before" "$(tree_hash .husky)"
  check "and status says so" "pre-commit        not guarded" "$(lfsguard status | grep -o 'pre-commit  .*not guarded')"
  # As a person would: each line into the file that it names.
  while IFS= read -r line; do printf '%s\n' "${line#*: }" > "${line%%: *}"; done < <(offered "$PWD/.husky/")
  lfsguard install --no-check > ../said 2>&1
  check "with the lines in place install is done" 0 $?
  bytes 5000 > big.bin && cp big.bin ../want && git add . && goes "husky: a commit of a large file" commit -m one
  is_pointer "husky" big.bin ../want
  goes "husky: its push" push origin main
  check "husky: sends the object" "$(sha256sum < ../want)" "$(find "$work/husky-repository.git/lfs/objects" -type f -exec cat {} + | sha256sum)"
  bytes 6000 > raw && git add raw && git commit -q --no-verify -m two && stopped "husky: a push of a large plain file" push origin main
  check_contains "husky: is judged" "raw   5.9 KiB   limit 1000 B" "$(cat ../said)"
}

case_lefthook() {
  with_remote lefthook-repository
  printf 'pre-commit:\n  commands:\n    hello:\n      run: echo hello\n' > lefthook.yml && echo .hooks > .gitignore && git config core.hooksPath "$PWD/.hooks" && lefthook install --force > /dev/null 2>&1
  lfsguard install --no-check > ../said 2>&1
  check "install in a repository of lefthook's is partly done" 2 $?
  check_contains "and says why" "which belongs to lefthook" "$(cat ../said)"
  check "a line for each hook is offered" 4 "$(offered '^lefthook.yml: ' | wc -l)"
  offered '^lefthook.yml: ' | sed 's/^lefthook.yml: //' > lefthook.yml && lefthook install --force > /dev/null 2>&1
  lfsguard install --no-check > ../said 2>&1
  check "with the lines in place install is done" 0 $?
  bytes 5000 > big.bin && cp big.bin ../want && git add . && goes "lefthook: a commit of a large file" commit -m one
  is_pointer "lefthook" big.bin ../want
  goes "lefthook: its push" push origin main
  check "lefthook: sends the object" "$(sha256sum < ../want)" "$(find "$work/lefthook-repository.git/lfs/objects" -type f -exec cat {} + | sha256sum)"
  bytes 6000 > raw && git add raw && git commit -q --no-verify -m two && stopped "lefthook: a push of a large plain file" push origin main
  check_contains "lefthook: is judged" "raw   5.9 KiB   limit 1000 B" "$(cat ../said)"
}
git2=
run_cases
