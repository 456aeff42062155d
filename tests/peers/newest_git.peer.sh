#!/usr/bin/env bash
# The suites of hooks, filters, attributes and installing with a git of 2.54 or later: hooks in git's configuration, and patterns as it reads them.
#
# That git comes from a Debian sid tree made by debootstrap (about a minute, kept in $LFSGUARD_PEERS/sid for 30 days); programs of this machine stay this
# machine's. LFSGUARD_TEST_GIT2 names another git to use. Where neither can be had the suite fails and says what to do.
set -u
source=$LFSGUARD_SOURCE build=$LFSGUARD_BUILD
give_up() { echo "FAILED: there is no git of 2.54 or later to test with: $1"; echo "    remedy: $2"; exit 1; }

fetch_tree() { # FOLDER
  local mirror new=$1.new
  [ "$(id -u)" = 0 ] || give_up "debootstrap needs root" "run tests/peers/run as root once, or set LFSGUARD_TEST_GIT2 to such a git"
  command -v debootstrap > /dev/null || give_up "debootstrap is not installed" "apt-get install debootstrap, or set LFSGUARD_TEST_GIT2 to such a git"
  mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2> /dev/null | grep -v security | head -1)
  [ -n "$mirror" ] || mirror=$(sed -n 's/^deb  *\(\[[^]]*\]  *\)\{0,1\}\([^ ]*\).*/\2/p' /etc/apt/sources.list 2> /dev/null | grep -v security | head -1)
  case $mirror in *debian*) ;; *) mirror=http://deb.debian.org/debian ;; esac
  rm -rf --one-file-system "$new"
  debootstrap --variant=minbase --include=git sid "$new" "$mirror" > "$1.log" 2>&1 ||
    give_up "debootstrap failed: $(tail -1 "$1.log")" "see $1.log; or set LFSGUARD_TEST_GIT2 to such a git"
  rm -rf "$new"/var/cache/apt "$new"/var/lib/apt/lists "$new"/usr/share/{doc,locale,man}
  rm -rf --one-file-system "$1"
  mv "$new" "$1"
}

work=$(mktemp -d) && trap 'rm -rf --one-file-system "$work"' EXIT
folder=$work/git
if [ -n "${LFSGUARD_TEST_GIT2:-}" ]; then
  mkdir -p "$folder" && ln -s "$LFSGUARD_TEST_GIT2" "$folder/git"
else
  tree=$LFSGUARD_PEERS/sid
  if [ ! -x "$tree/usr/bin/git" ] || [ -n "$(find "$tree.log" -mtime +30)" ]; then fetch_tree "$tree"; fi
  . "$source/tests/support/git_of_tree.sh"
  git_of_tree "$tree" "$folder"
fi
version=$("$folder/git" version 2> "$work/said") || give_up "its git does not start: $(cat "$work/said")" "rm -rf ${LFSGUARD_PEERS:?}/sid and try again"
[ "$(printf '%s\n' 2.54 "${version##* }" | sort -V | head -1)" = 2.54 ] ||
  give_up "this is $version" "rm -rf ${LFSGUARD_PEERS:?}/sid and try again, or set LFSGUARD_TEST_GIT2 to another"
echo "with $version"
export PATH=$folder:$PATH
unset LFSGUARD_TEST_GIT2 SID_TREE
cd "$source" || exit 1

# shellcheck disable=SC2317  # xargs calls it
one() { # NAME of a suite; its output only where it failed
  local log
  log=$(mktemp)
  if bash "tests/integration/$1.test.sh" > "$log" 2>&1; then echo "ok: $1 ($(grep -c '^ok: ' "$log") behaviours)"; rm -f "$log"; return 0; fi
  echo "FAILED: $1"
  grep -v '^ok: ' "$log" | sed 's/^/    /'
  rm -f "$log"
  return 1
}
export -f one
printf '%s\n' scan_exactly pre_commit_modes pre_commit_paths pre_commit_fix pre_push_range pre_receive_quarantine install attributes_of_git index_attributes scan_rules \
  lfs_filters track template policy |
  xargs -P 2 -I{} bash -c 'one {}' || failed=1
if [ -x "$build/tests/fuzz/attributes_differential" ]; then
  "$build/tests/fuzz/attributes_differential" --cases 30000 --seed 3 --git "$folder/git" || failed=1
else
  echo "FAILED: $build/tests/fuzz/attributes_differential is not built"
  failed=1
fi
exit "${failed:-0}"
