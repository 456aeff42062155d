#!/usr/bin/env bash
# Which staged paths LFS covers, in random repositories: the answers are git's, whatever of .gitattributes is committed, staged, deleted or a link.
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"

cat >"$work/round.py" <<'END'
import json, os, random, subprocess, sys
lfsguard, rounds = sys.argv[1], int(sys.argv[2])
git = lambda *words, **more: subprocess.run(['git', *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more).stdout
folders = ['', 'a/', 'a/b/', 'c/', 'c/d/e/', 'sp ace/', 'a.b/']
patterns = ['*.bin', 'a', '/a/*', 'a/**', '**/x.bin', 'b/', '/c/d', 'x.*', '[ab]*', '*', '"sp ace/x.bin"', 'd/**', 'big', '/sp*/x.bin']
states = ['filter=lfs', 'filter=lfs diff=lfs -text', '-filter', '!filter', 'filter', 'filter=other', 'binary', 'mine', '[attr]']
asked = covered = 0
for seed in range(rounds):
    r = random.Random(seed)
    os.makedirs(f'r{seed}'); os.chdir(f'r{seed}')
    git('init', '-q', '.')
    if r.random() < .3: git('config', 'core.ignoreCase', r.choice(['true', 'false']))
    def text():
        lines = [f'[attr]mine filter={r.choice(["lfs", "no"])}' for _ in range(r.random() < .3)]
        for _ in range(r.randrange(5)):
            lines.append(r.choice(patterns) + ' ' + r.choice(states[:-1]))
        return '\r\n'.join(lines) if r.random() < .1 else '\n'.join(lines) + '\n'
    def stage(path, data, mode='100644'):
        oid = git('hash-object', '-w', '--stdin', input=data).decode().strip()
        git('update-index', '--add', '--replace', '--cacheinfo', f'{mode},{oid},{path}')
    def some_attributes():
        for folder in folders:
            if r.random() < .45: stage(folder + '.gitattributes', text().encode(), '120000' if r.random() < .03 else '100644')
    if r.random() < .3: open('.git/info/attributes', 'w').write(text())
    if r.random() < .3:
        open('../global', 'w').write(text()); git('config', 'core.attributesFile', os.path.abspath('../global'))
    if r.random() < .85:
        some_attributes()
        for folder in folders: stage(folder + 'old', b'old')
        git('commit', '-q', '-m', 'one')
        if r.random() < .3: git('pack-refs', '--all')
        if r.random() < .2: git('checkout', '-q', '--detach', 'HEAD') if not git('ls-files', '-s', '*.gitattributes').startswith(b'12') else None
        for path in git('ls-files', '-z', '*.gitattributes').decode().split('\0')[:-1]:
            if r.random() < .3: git('update-index', '--force-remove', path)
        if r.random() < .5: some_attributes()
    else:
        some_attributes()
    paths = [folder + name for folder in folders for name in ('x.bin', 'big', 'a', 'b.txt') if r.random() < .8]
    paths = [p for p in paths if not any(q.startswith(p + '/') for q in folders + paths)]
    for n, path in enumerate(paths): stage(path, b'%d ' % n * 600)
    answers = git('check-attr', '--cached', '-z', '--stdin', 'filter', input='\0'.join(paths).encode() + b'\0').decode().split('\0')
    wanted = {answers[i] for i in range(0, len(answers) - 1, 3) if answers[i + 2] == 'lfs'}
    found = json.loads(subprocess.run([lfsguard, 'scan', '--staged', '--strict', '--format', 'json'], stdout=subprocess.PIPE).stdout)['findings']
    ours = {f['path'] for f in found if f['rule'] == 'raw-in-lfs' and f['path'] in paths}
    open_ones = {f['path'] for f in found if f['rule'] == 'oversize'}
    if ours != wanted or open_ones != set(paths) - wanted:
        print(f'round {seed}: git covers {sorted(wanted)}, we {sorted(ours)}'); sys.exit(1)
    asked += len(paths); covered += len(wanted)
    os.chdir('..')
assert covered > asked / 20 and covered < asked, (covered, asked)
print('the same')
END
git config --global lfsguard.threshold 1000
check "60 random repositories: what LFS covers in the index is what git says" "the same" "$(python3 "$work/round.py" "$lfsguard" 60 2>&1)"
finish
