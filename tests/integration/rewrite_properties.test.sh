#!/usr/bin/env bash
# Random histories rewritten and compared, tree by tree (rewrite_properties.py). More: python3 rewrite_properties.py LFSGUARD FIRST COUNT
set -u
here=$(dirname "$0")
exec python3 "$here/rewrite_properties.py" "${LFSGUARD_BUILD:?}/lfsguard" 1 25
