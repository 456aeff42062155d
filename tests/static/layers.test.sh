#!/usr/bin/env bash
# Who may know whom: every #include line is held against the DEPENDS arrows of CMakeLists.txt; libraries stay in their layer; only cli/, hooks/
# and report/ write to the terminal.
set -u
cd "$LFSGUARD_SOURCE" || exit 1
python3 - <<'END'
import collections, glob, os, re, sys

text = open('CMakeLists.txt').read()
arrows = {}
for folder, depends in re.findall(r'^lfsguard_layer\((\S+)\s+DEPENDS([^)]*)\)', text, re.M):
    arrows[folder] = depends.split()
assert len(arrows) >= 10, 'the DEPENDS lines of CMakeLists.txt were not understood'
order = list(arrows)
failures = []

def fail(message):
    failures.append(message)

# Arrows point down only: to a layer that was declared before.
for folder, depends in arrows.items():
    for other in depends:
        if other not in arrows:
            fail(f'CMakeLists.txt: {folder} depends on {other}, which is no layer')
        elif order.index(other) >= order.index(folder):
            fail(f'CMakeLists.txt: {folder} depends on {other}, which stands above it')

def layer_of(path):
    folder = os.path.dirname(path)
    while folder and folder not in arrows:
        folder = os.path.dirname(folder)
    return folder

sources = [p for folder in arrows for p in glob.glob(folder + '/*.cpp') + glob.glob(folder + '/*.h')]
assert len(sources) > 50, 'the sources were not found'
library_homes = {r'git2(\.h|/)': 'git/repository', r'curl/': 'lfs/net', r'CLI/': 'cli', r'toml\+\+/': 'config'}
writers = ('cli', 'hooks', 'report')
terminal = re.compile(r'\bstd::c(out|err|log)\b|\bf?printf\s*\(\s*(std(out|err)\b|")|\bstd::printf\b|\bstd::puts\b|\bstd::f(puts|write)\b[^;]*\bstd(out|err)\b|fmt::print\b')
edges = collections.defaultdict(set)
toml_users = set()
for path in sources:
    layer = layer_of(path)
    for number, line in enumerate(open(path, encoding='utf-8'), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            name = match.group(2)
            if match.group(1) == '"' and name.startswith('.'):
                fail(f'{path}:{number}: includes are written from the root: {name}')
            target = layer_of(name) if match.group(1) == '"' else ''
            if target and target != layer:
                edges[layer].add(target)
                if target not in arrows[layer]:
                    fail(f'{path}:{number}: {layer} may not know {target} ({name})')
            if match.group(1) == '"' and not os.path.exists(name) and not name.startswith(('base/version', 'config/profile_texts')):
                fail(f'{path}:{number}: no such file from the root: {name}')
            for pattern, home in library_homes.items():
                if re.match(pattern, name) and layer != home:
                    fail(f'{path}:{number}: <{name}> belongs to {home} alone')
            if name.startswith('toml++'):
                toml_users.add(path)
        elif layer not in writers and terminal.search(line) and not line.lstrip().startswith('//'):
            fail(f'{path}:{number}: only cli/, hooks/ and report/ write to the terminal: {line.strip()}')
if len(toml_users) != 1:
    fail(f'toml++ is included by one file alone, not by {sorted(toml_users)}')
print(f'{len(sources)} files, {sum(map(len, edges.values()))} arrows in use')
for message in failures:
    print('FAILED:', message)
sys.exit(1 if failures else 0)
END
