#!/bin/sh
# Installs lfsguard: packages, build, program; then hooks, filters and a first scan in each repository named.
# What it changes is said, a line each. It may be run again at any time, and asks nothing.
set -u

usage() {
  cat <<'END'
usage: ./install.sh [REPO...]     packages, build, install; then for each REPO: hooks, filters, scan, verdict
  --global                        hooks for every repository of this user
  --template [DIR]                a template folder (sets init.templateDir when DIR is left out)
  --server REPO.git...            pre-receive (and object store over SSH) in bare repositories
  --uninstall [REPO...]           what was there before comes back; with no REPO the program itself
  --prefix DIR                    default /usr/local when writable, else ~/.local
  --mode fix|block|warn           what the hook does with a big file     } written to that
  --threshold SIZE                at or above it a file must be in LFS   } repository's
  --profile NAME                  the rules of a host: huggingface, ...  } git config
  --no-deps                       install no packages, name those that are missing
  --no-scan                       no first scan
  --as-git-lfs                    also a link named git-lfs
  --keep-filters                  with --uninstall: leave filter.lfs.* as they are
  --dry-run                       say what would be done, do nothing
  --help                          this text
Exit codes: 0 all is installed, whatever the scan found; 128 something could not be done, it is named; 129 usage.
END
}

say() { printf '%s\n' "$*"; }
complain() { printf 'lfsguard: %s\n' "$*" >&2; }
hint() { printf 'hint: %s\n' "$*" >&2; }
wrong_usage() { complain "$1"; hint "./install.sh --help"; exit 129; }

undone=
# not_done WHAT [HINT]: goes on with the rest; the exit code is 128 in the end.
not_done() {
  complain "$1"
  [ $# -lt 2 ] || hint "$2"
  undone="$undone
  $1"
}
finish() {
  [ -n "$undone" ] || exit 0
  printf 'lfsguard: not done:%s\n' "$undone" >&2
  exit 128
}
give_up() { not_done "$@"; finish; }

# --- the command line; lists hold one item a line, so no path may hold a line end

newline='
'
repos='' servers='' templates='' flags=''
global=no own_template=no uninstall=no deps=yes scan=yes as_git_lfs=no dry_run=no prefix='' keep_filters=''
append() { # LIST-NAME ITEM
  case $2 in *"$newline"*) wrong_usage "a path with a line end: $2" ;; esac
  eval "$1=\${$1}\$2\$newline"
}
setting() { # FLAG VALUE
  case $2 in *"'"*) wrong_usage "this value is not allowed: $1 $2" ;; esac
  flags="$flags $1 '$2'"
}
while [ $# -gt 0 ]; do
  word=$1
  shift
  case $word in
    --*=*) set -- "${word#*=}" "$@"; word=${word%%=*}
      case $word in --prefix | --mode | --threshold | --profile | --template | --server) ;; *) wrong_usage "this flag takes no value: $word" ;; esac ;;
  esac
  case $word in
    --prefix | --mode | --threshold | --profile)
      [ $# -gt 0 ] || wrong_usage "this flag needs a value: $word" ;;
  esac
  case $word in
    --help | -h) usage; exit 0 ;;
    --global) global=yes ;;
    --template)
      case ${1:--} in -*) own_template=yes ;; *) append templates "$1"; shift ;; esac ;;
    --server)
      case ${1:--} in -*) wrong_usage "this flag needs a value: --server REPO.git" ;; esac
      while [ $# -gt 0 ]; do
        case $1 in -*) break ;; esac
        append servers "$1"
        shift
      done ;;
    --uninstall) uninstall=yes ;;
    --prefix) prefix=$1; shift ;;
    --mode)
      case $1 in fix | block | warn) ;; *) complain "this value is not allowed: --mode $1"; hint "allowed: fix, block, warn"; exit 129 ;; esac
      setting --mode "$1"; shift ;;
    --threshold | --profile) setting "$word" "$1"; shift ;;
    --no-deps) deps=no ;;
    --no-scan) scan=no ;;
    --as-git-lfs) as_git_lfs=yes ;;
    --keep-filters) keep_filters=--keep-filters ;;
    --dry-run) dry_run=yes ;;
    --) while [ $# -gt 0 ]; do append repos "$1"; shift; done ;;
    -*) wrong_usage "unknown flag: $word" ;;
    *) append repos "$word" ;;
  esac
done

source=$(cd "$(dirname "$0")" && pwd -P) || exit 128
if [ -n "$prefix" ]; then
  case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
elif [ -w /usr/local/bin ] && [ -w /usr/local ]; then
  prefix=/usr/local
else
  [ -n "${HOME:-}" ] || { complain "there is no home folder and /usr/local is not writable"; hint "--prefix DIR"; exit 128; }
  prefix=$HOME/.local
fi
private=$prefix/libexec/lfsguard  # the hook program, and what uninstalling needs to know
version=$(sed -n 's/^project(lfsguard VERSION \([0-9.]*\).*/\1/p' "$source/CMakeLists.txt")

# --- packages

build_packages="g++ cmake ninja-build pkg-config git ca-certificates libgit2-dev libssl-dev zlib1g-dev libdeflate-dev libisal-dev libxxhash-dev \
libcurl4-openssl-dev libfmt-dev nlohmann-json3-dev libexpected-dev libtomlplusplus-dev"

is_debian() {
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null && [ -r /etc/os-release ] || return 1
  # shellcheck source=/dev/null
  case $(. /etc/os-release; echo " ${ID:-} ${ID_LIKE:-} ") in *" debian "* | *" ubuntu "*) return 0 ;; esac
  return 1
}
missing_packages() {
  for package in $build_packages; do
    case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) in *" installed") ;; *) printf '%s ' "$package" ;; esac
  done
}
# On other systems: what is missing, by the names of its projects.
missing_elsewhere() {
  for tool in git cmake ninja pkg-config; do command -v "$tool" >/dev/null || printf '%s ' "$tool"; done
  command -v c++ >/dev/null || command -v g++ >/dev/null || printf 'a C++20 compiler '
  command -v pkg-config >/dev/null || return
  for module in libgit2 openssl zlib libdeflate libisal libxxhash libcurl fmt tomlplusplus nlohmann_json; do
    pkg-config --exists "$module" || printf '%s ' "$module"
  done
  echo '#include <tl/expected.hpp>' | c++ -x c++ -E - >/dev/null 2>&1 || printf 'tl-expected '
}
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif [ -t 0 ]; then sudo "$@"
  else sudo -n "$@"; fi
}
install_packages() {
  if ! is_debian; then
    missing=$(missing_elsewhere | sed 's/ $//')
    [ -z "$missing" ] || give_up "packages are missing: $missing" \
      "install them with this system's package manager (on Debian their packages are: $build_packages), then run this again"
    return
  fi
  missing=$(missing_packages | sed 's/ $//')
  [ -n "$missing" ] || return 0
  if [ $deps = no ]; then give_up "packages are missing: $missing" "apt-get install $missing"; fi
  if [ $dry_run = yes ]; then say "would install packages: $missing"; return; fi
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    give_up "packages are missing, and only root can install them: $missing" "as root: apt-get install $missing"
  fi
  say "installing packages: $missing"
  log=$(mktemp) || exit 128
  # A list of packages that cannot be brought up to date is no reason to stop: what is needed may be in the old one.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 update >"$log" 2>&1
  # shellcheck disable=SC2086
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing >>"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" | sed 's/^/  /' >&2
    rm -f "$log"
    give_up "packages could not be installed: $missing" "apt-get install $missing"
  fi
  rm -f "$log"
  for package in $missing; do say "installed package $package"; done
}

# --- the program

# One number for all that the program is made of.
source_state() {
  (cd "$source" && find CMakeLists.txt cmake base git config lfs scanner hooks report rewrite cli -type f 2>/dev/null | LC_ALL=C sort | tr '\n' '\0' | xargs -0 cksum | cksum)
}
is_current() {
  [ -x "$prefix/bin/lfsguard" ] && [ -x "$private/lfsguard-hook" ] && [ "$(cat "$private/source" 2>/dev/null)" = "$(source_state)" ]
}
# A package of the system's, of this very version.
packaged_program() {
  found=$(command -v lfsguard) || return 1
  found=$(readlink -f "$found")
  [ "${found#"$prefix"/}" = "$found" ] && [ ! -e "${found%/bin/lfsguard}/libexec/lfsguard/source" ] && [ "$("$found" --version 2>/dev/null)" = "lfsguard $version" ] || return 1
  printf '%s\n' "$found"
}

build_jobs() {
  cores=$(nproc 2>/dev/null || echo 2)
  gigabytes=$(awk '/^MemAvailable:/ { print int($2 / 1000000) }' /proc/meminfo 2>/dev/null)
  [ -n "$gigabytes" ] && [ "$gigabytes" -lt "$cores" ] && cores=$gigabytes
  [ "$cores" -ge 1 ] || cores=1
  echo "$cores"
}

build_and_install() {
  if [ $dry_run = yes ]; then say "would build lfsguard $version and install it in $prefix"; return; fi
  folder=$prefix
  while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
  { [ -d "$folder" ] && [ -w "$folder" ]; } || give_up "cannot write to $prefix" "sudo ./install.sh, or --prefix DIR"
  build=$source/build-install temporary=''
  if [ ! -w "$source" ]; then build=$(mktemp -d) || exit 128; temporary=$build; fi
  mkdir -p "$build" || give_up "cannot make the folder $build"
  log=$build/install.log
  say "building lfsguard $version in $build"
  if ! { cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DLFSGUARD_TESTS=OFF -DCMAKE_INSTALL_PREFIX="$prefix" &&
    cmake --build "$build" -j "$(build_jobs)"; } >"$log" 2>&1 </dev/null; then
    tail -n 25 "$log" | sed 's/^/  /' >&2
    give_up "lfsguard could not be built; the whole output is in $log"
  fi
  made=
  for folder in bin libexec libexec/lfsguard share share/man share/man/man1 share/bash-completion share/bash-completion/completions \
    share/zsh share/zsh/site-functions share/fish share/fish/vendor_completions.d; do
    [ -d "$prefix/$folder" ] || made="$prefix/$folder$newline$made"
  done
  if ! cmake --install "$build" >"$log.install" 2>&1; then
    tail -n 15 "$log.install" | sed 's/^/  /' >&2
    give_up "lfsguard could not be installed in $prefix"
  fi
  sed -n 's/^-- Installing: /installed /p' "$log.install"
  # What an uninstallation removes; folders of an earlier run stay on the list.
  { cat "$build/install_manifest.txt"; echo; echo "$prefix/bin/git-lfsguard"; } | sed '/^$/d' | LC_ALL=C sort -u >"$private/manifest"
  printf '%s' "$made" >>"$private/folders"
  source_state >"$private/source"
  [ -z "$temporary" ] || rm -rf "$temporary"
}

link_as_git_lfs() {
  link=$prefix/bin/git-lfs
  [ "$(readlink "$link" 2>/dev/null)" != lfsguard ] || return 0
  if [ $dry_run = yes ]; then say "would link $link to lfsguard"; return; fi
  if [ -e "$link" ] || [ -L "$link" ]; then
    mv "$link" "$private/git-lfs.kept" || give_up "cannot move $link away"
    say "moved $link to $private/git-lfs.kept"
  fi
  ln -s lfsguard "$link" || give_up "cannot make the link $link"
  say "linked $link to lfsguard"
  first=$(command -v git-lfs)
  if [ -n "$first" ] && [ "$(readlink -f "$first")" != "$(readlink -f "$link")" ]; then
    not_done "another git-lfs comes first on PATH: $first" "put $prefix/bin before it"
  fi
}

# --- repositories

# run_for REPO ARGUMENT...: lfsguard, as the repository's owner where git trusts nobody else with it.
run_for() {
  repo=$1
  shift
  says=$(git -C "$repo" rev-parse --git-dir 2>&1)
  case $says in
    *"dubious ownership"*)
      owner=$(stat -c %U "$repo" 2>/dev/null)
      if [ "$(id -u)" = 0 ] && [ -n "$owner" ] && [ "$owner" != UNKNOWN ] && command -v runuser >/dev/null; then
        home=$(getent passwd "$owner" | cut -d: -f6)
        [ -n "$told" ] || say "$repo belongs to $owner: what follows is done as that user"
        told=yes
        (cd / && runuser -u "$owner" -- env HOME="$home" XDG_CONFIG_HOME='' XDG_DATA_HOME='' "$program" "$@")
        return
      fi
      complain "$repo belongs to ${owner:-another user}, and git trusts nobody else with it"
      hint "run this as ${owner:-its owner}, or: git config --global --add safe.directory '$(cd "$repo" && pwd -P)'"
      return 128 ;;
  esac
  "$program" "$@"
}
absolute() { (cd "$1" 2>/dev/null && pwd -P) || case $1 in /*) printf '%s\n' "$1" ;; *) printf '%s\n' "$PWD/$1" ;; esac; }

first_scan() {
  run_for "$1" -C "$1" --no-progress scan
  case $? in
    0) say "verdict: nothing in $1 must stay out of a push" ;;
    1) say "verdict: $1 holds files that must not be pushed. Mend it: lfsguard -C '$1' rewrite" ;;
    2) say "verdict: $1 could not be scanned whole; what is missing is named above" ;;
    *) not_done "the first scan of $1 failed" "lfsguard -C '$1' scan" ;;
  esac
}

# set_up FLAG REPO: `lfsguard install` or `uninstall` ($verb) for one repository, with the words of $extra.
set_up() {
  repo=$(absolute "$2") told=''
  if [ ! -d "$repo" ]; then not_done "no such folder: $repo" "git init '$repo' makes a repository there; or see that the name is right"; return 1; fi
  if [ $dry_run = yes ] && [ ! -x "$program" ]; then say "would $verb hooks and filters in $repo"; return 0; fi
  eval "run_for \"\$repo\" $verb $1 \"\$repo\" $extra" || { not_done "hooks in $repo: $verb was not completed"; return 1; }
}
set_up_repo() {
  set_up --repo "$1" || return
  [ $verb = install ] && [ $scan = yes ] || return
  if [ $dry_run = yes ]; then say "would scan $repo"; else first_scan "$repo"; fi
}
set_up_server() {
  set_up --server "$1" || return
  [ "$verb" = install ] || return
  # The object store over SSH: clients start a program of this name on the server, with the repository's path; it keeps objects in REPO/lfs.
  link=$prefix/bin/git-lfs-transfer
  if transfer=$(command -v git-lfs-transfer); then
    say "object store over SSH: $transfer serves $repo/lfs, where the PATH of SSH sessions has it"
  elif [ -e "$private/manifest" ] && "$program" lfs git-lfs-transfer --help >/dev/null 2>&1; then
    if [ $dry_run = yes ]; then
      say "would link $link to lfsguard"
    elif ln -s lfsguard "$link"; then
      echo "$link" >>"$private/manifest"
      say "linked $link to lfsguard"
    else
      not_done "cannot make the link $link"
    fi
  else
    say "object store over SSH: none, for there is no git-lfs-transfer on PATH; clients send LFS objects where their lfs.url says (one that serves $repo/lfs: cargo install scutiger-lfs)"
  fi
}
set_up_template() { # DIR, or empty for lfsguard's own
  eval "\"\$program\" $verb --template ${1:+\"\$1\"} $extra" || not_done "template folder ${1:-}: $verb was not completed"
}
each() { # COMMAND LIST: the command with each line of the list
  list=$2
  while [ -n "$list" ]; do
    item=${list%%"$newline"*}
    list=${list#*"$newline"}
    "$1" "$item"
  done
}
set_up_global() { [ $global = no ] || eval "\"\$program\" $verb --global $extra" || not_done "hooks for every repository: $verb was not completed"; }
set_up_templates() {
  [ $own_template = no ] || set_up_template ''
  each set_up_template "$templates"
}
set_up_all() { # install|uninstall
  verb=$1 extra=$flags
  [ "$verb" = install ] || extra=$keep_filters
  [ $dry_run = no ] || extra="$extra --dry-run"
  each set_up_repo "$repos"
  each set_up_server "$servers"
  if [ $dry_run = yes ] && [ ! -x "$program" ]; then
    [ $global = no ] || say "would $verb hooks for every repository of this user"
    [ "$own_template$templates" = no ] || say "would $verb hooks in a template folder"
    return
  fi
  # Both change the user's git configuration: what was changed last is taken back first.
  if [ "$verb" = install ]; then set_up_global; set_up_templates; else set_up_templates; set_up_global; fi
}

# --- uninstalling

remove_program() {
  [ -e "$private/manifest" ] || give_up "lfsguard is not installed in $prefix" "--prefix DIR, where it is"
  registered=$("$prefix/bin/lfsguard" uninstall --list 2>/dev/null)
  if [ -n "$registered" ]; then
    say "these repositories still have hooks of lfsguard, which stop every commit and push once it is gone:"
    printf '%s\n' "$registered" | sed 's/^/  /'
    say "take them out first: ./install.sh --uninstall REPO..."
  fi
  verb=removed
  [ $dry_run = no ] || verb="would remove"
  while IFS= read -r file; do
    if [ -e "$file" ] || [ -L "$file" ]; then
      if [ $dry_run = no ] && ! rm -f "$file"; then not_done "cannot remove $file"; continue; fi
      say "$verb $file"
    fi
  done <"$private/manifest"
  link=$prefix/bin/git-lfs
  if [ "$(readlink "$link" 2>/dev/null)" = lfsguard ]; then
    [ $dry_run = yes ] || rm -f "$link"
    say "$verb $link"
    if [ -e "$private/git-lfs.kept" ] || [ -L "$private/git-lfs.kept" ]; then
      [ $dry_run = yes ] || mv "$private/git-lfs.kept" "$link"
      say "put back $link"
    fi
  fi
  [ $dry_run = no ] || return
  folders=$(cat "$private/folders" 2>/dev/null)
  rm -f "$private/manifest" "$private/folders" "$private/source"
  printf '%s\n' "$folders" | while IFS= read -r folder; do
    [ -z "$folder" ] || rmdir "$folder" 2>/dev/null
  done
  rmdir "$private" 2>/dev/null
  say "packages that were installed for it stay"
}

program=$prefix/bin/lfsguard
if [ $uninstall = yes ]; then
  if [ -z "$repos$servers$templates" ] && [ $global = no ] && [ $own_template = no ]; then
    remove_program
    finish
  fi
  [ -x "$program" ] || program=$(command -v lfsguard) || give_up "lfsguard is not installed, and is needed to put things back" "./install.sh, then this again"
  set_up_all uninstall
  finish
fi

if is_current; then
  say "lfsguard $version is installed in $prefix"
elif packaged=$(packaged_program); then
  program=$packaged
  say "lfsguard $version is installed as $program"
else
  install_packages
  build_and_install
fi
[ $as_git_lfs = no ] || link_as_git_lfs
if [ $dry_run = no ]; then
  "$program" --version >/dev/null || give_up "$program does not run"
  case ":$PATH:" in *":${program%/lfsguard}:"*) ;; *) say "note: ${program%/lfsguard} is not on PATH; hooks work all the same, \`git lfsguard\` does not" ;; esac
fi
set_up_all install
finish
