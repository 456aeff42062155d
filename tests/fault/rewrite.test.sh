#!/usr/bin/env bash
# A rewrite and its undoing killed at random moments, with every kind of call failing, and with damage on the disk (rewrite_faults.py).
# More: LFSGUARD_TEST_KILLS=200 LFSGUARD_TEST_FAULTS=100 LFSGUARD_TEST_FLIPS=200.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
# AddressSanitizer's own library need not be the first: the shim hands on every call that it does not fail.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0"
"${CC:-cc}" -shared -fPIC -O1 -o "$work/fail_nth_call.so" "$here/fail_nth_call.c" -ldl || exit 1
python3 "$here/rewrite_faults.py" "${LFSGUARD_BUILD:?}/lfsguard" "$work/fail_nth_call.so" "${LFSGUARD_TEST_KILLS:-12}" "${LFSGUARD_TEST_FAULTS:-20}" "${LFSGUARD_TEST_FLIPS:-20}"
