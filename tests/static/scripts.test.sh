#!/usr/bin/env bash
# Shell scripts, those that the installer writes among them, pass shellcheck.
set -u
cd "$LFSGUARD_SOURCE" || exit 1
command -v shellcheck >/dev/null || { echo "FAILED: shellcheck is not installed"; exit 1; }
failed=0
scripts=()
while IFS= read -r -d '' file; do
  case $(head -n 1 "$file" | tr -d '\0') in '#!/bin/sh'* | '#!/bin/bash'* | '#!/usr/bin/env bash'*) scripts+=("$file") ;; esac
done < <(find install.sh tests .ci templates docs -type f -print0 2>/dev/null)
[ ${#scripts[@]} -gt 5 ] || { echo "FAILED: the scripts were not found"; exit 1; }
for script in "${scripts[@]}"; do
  if shellcheck -S warning -e SC2319,SC2154,SC2034 "$script"; then echo "ok: $script"; else echo "FAILED: $script"; failed=1; fi
done

work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export HOME=$work GIT_CONFIG_NOSYSTEM=1
unset XDG_DATA_HOME XDG_CONFIG_HOME
git init -q "$work/r" && git init -q --bare "$work/b.git"
"$LFSGUARD_BUILD/lfsguard" install --no-check --repo "$work/r" --server "$work/b.git" >/dev/null || failed=1
"$LFSGUARD_BUILD/lfsguard" install --no-check --global >/dev/null || failed=1
for stub in "$work"/r/.git/hooks/pre-* "$work"/b.git/hooks/pre-receive "$work"/.local/share/lfsguard/hooks-*/*; do
  case $stub in *.sample) continue ;; esac
  if shellcheck -S warning -e SC2034 "$stub"; then echo "ok: stub ${stub##*/}"; else echo "FAILED: stub $stub"; failed=1; fi
done
exit $failed
