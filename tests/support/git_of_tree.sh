# The git of another Debian tree, run on this machine.
#
# git_of_tree TREE FOLDER: writes FOLDER/git, a program that runs TREE's git, and FOLDER/core, the programs that it starts, each through the tree's
# own loader and libraries. Programs of this machine that git starts (hooks, filters, editors) keep this machine's libraries.
git_of_tree() {
  local tree=$1 folder=$2 loader libraries program name
  loader=$(find "$tree"/usr/lib* "$tree"/lib* -name 'ld-linux*.so*' 2>/dev/null | head -1)
  libraries=$(dirname "$(find "$tree/usr/lib" -name 'libz.so.1' | head -1)")
  mkdir -p "$folder/core"
  printf '#!/bin/sh\nexec %q --library-path %q --argv0 git %q --exec-path=%q "$@"\n' "$loader" "$libraries" "$tree/usr/bin/git" "$folder/core" >"$folder/git"
  for program in "$tree"/usr/lib/git-core/*; do
    name=$(basename "$program")
    [ -f "$program" ] || continue
    if [ "$(head -c 4 "$program" | tail -c 3)" = ELF ]; then
      printf '#!/bin/sh\nexec %q --library-path %q --argv0 %q %q "$@"\n' "$loader" "$libraries" "$name" "$program" >"$folder/core/$name"
    else
      ln -sf "$program" "$folder/core/$name"
    fi
  done
  chmod +x "$folder/git" "$folder/core"/git* 2>/dev/null
}
