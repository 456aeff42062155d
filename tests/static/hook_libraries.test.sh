#!/usr/bin/env bash
# lfsguard-hook starts on every commit: it loads neither libgit2 nor libcurl nor a cryptographic library.
set -u
hook=$LFSGUARD_BUILD/lfsguard-hook
needed=$(readelf -d "$hook" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
[ -n "$needed" ] || { echo "FAILED: the dynamic section of $hook could not be read"; exit 1; }
echo "$needed"
if printf '%s\n' "$needed" | grep -E 'libgit2|libcurl|libcrypto|libssl|libgnutls|libtomlplusplus'; then
  echo "FAILED: lfsguard-hook must not need these"
  exit 1
fi
echo "ok: lfsguard-hook needs none of libgit2, libcurl, libcrypto"
