#!/usr/bin/env bash
# Random work committed with and without the hook, and the two compared (pre_commit_properties.py).
# More: python3 pre_commit_properties.py LFSGUARD LFSGUARD-HOOK FIRST COUNT
set -u
exec python3 "$(dirname "$0")/pre_commit_properties.py" "${LFSGUARD_BUILD:?}/lfsguard" "$LFSGUARD_BUILD/lfsguard-hook" 1 60
