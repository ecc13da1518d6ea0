// Random trees, and random commands that destroy them.
import * as fs from "node:fs";
import { join } from "node:path";

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

type Random = ReturnType<typeof randomOf>;
const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

const NAMES = ["a", "b", "c", "d e", "f.txt", "ü", "g", "x.sh", "-n"];
const MODES = [0o644, 0o600, 0o755, 0o444, 0o4711];
/** A directory that its owner may not enter is one that only root can compare afterwards. */
const CLOSED = process.getuid?.() === 0 ? "600" : "u=rwX,go=";
const CONTENTS = ["", "one\n", "x\ny\nx\n", "y".repeat(5000), `${"line x\n".repeat(40_000)}`];

/** Makes a tree; gives its paths from the root on. */
export function makeRandomTree(root: string, random: Random): string[] {
  const directories = [""];
  const files: string[] = [];
  for (let left = 6 + random(18); left > 0; left--) {
    const parent = pick(random, directories);
    const path = join(parent, pick(random, NAMES));
    const at = join(root, path);
    if (fs.lstatSync(at, { throwIfNoEntry: false })) continue;
    const kind = random(10);
    if (kind < 3) {
      fs.mkdirSync(at);
      fs.chmodSync(at, pick(random, [0o755, 0o755, 0o700, 0o2775]));
      directories.push(path);
    } else if (kind === 3) fs.symlinkSync(pick(random, [...directories, ...files, "nowhere", "../outside"]) || ".", at);
    else if (kind === 4 && files.length > 0) fs.linkSync(join(root, pick(random, files)), at);
    else {
      fs.writeFileSync(at, pick(random, CONTENTS));
      fs.chmodSync(at, pick(random, MODES));
    }
    if (kind >= 5) files.push(path);
  }
  return [...directories.slice(1), ...files];
}

const quoted = (path: string): string => `'./${path}'`;

/** In Python: what no program of a shell does. */
const PYTHON = [
  (a: string) =>
    `import mmap; f = open(${JSON.stringify(a)}, 'r+b'); m = mmap.mmap(f.fileno(), 0); f.close(); m[0:1] = b'#'; m.flush()`,
  (a: string, b: string) =>
    `import os; open('tmp', 'w').write('new'); os.replace('tmp', ${JSON.stringify(b)}); os.truncate(${JSON.stringify(a)}, 3)`,
  (a: string, b: string) =>
    `import ctypes; ctypes.CDLL(None).renameat2(-100, ${JSON.stringify(a)}.encode(), -100, ${JSON.stringify(b)}.encode(), 2)`,
  (a: string) =>
    `import os; os.setxattr(${JSON.stringify(a)}, 'user.moat', b'1'); os.mkfifo('pipe'); os.rename('pipe', 'pipe2')`,
  (a: string) =>
    `import os; f = open(${JSON.stringify(a)}, 'r+'); os.unlink(${JSON.stringify(a)}); f.write('late'); f.close(); open(${JSON.stringify(a)}, 'w').write('again')`,
];

const STEPS: ((a: string, b: string, random: Random) => string)[] = [
  (a) => `rm -rf ${a}`,
  (a) => `rm -f ${a}`,
  (a, b) => `mv -f ${a} ${b}`,
  (a, b) => `mkdir -p ${b}.d && mv ${a} ${b}.d/`,
  (a) => `sed -i s/x/changed/ ${a}`,
  (a, _, random) => `truncate -s ${random(3) * 1000} ${a}`,
  (a, b) => `cp -a ${a} ${b}.copy`,
  (a, b) => `cp ${a} ${b}`,
  (a, b) => `ln -f ${a} ${b}`,
  (a, b) => `ln -s ${a} ${b}.link; ln -sfn ${b} ${a}.link`,
  (a, _, random) => `chmod ${pick(random, ["-R", ""])} ${pick(random, [CLOSED, "755", "u+x", "go-rwx", "+t"])} ${a}`,
  (a, _, random) =>
    `echo more >> ${a}; dd if=/dev/zero of=${a} bs=1 count=4 seek=${random(9)} conv=notrunc 2>/dev/null`,
  (a) => `mkdir -p ${a}.new/deep && touch ${a}.new/deep/file && rmdir ${a}`,
  (a, b) => `tar cf t.tar ${a} && rm -rf ${a} && tar xpf t.tar && rm t.tar; touch ${b}`,
  (a) => `find ${a} -type f -name '*.txt' -delete; find ${a} -depth -empty -delete`,
  (a) => `chown 1234:1235 ${a} 2>/dev/null; gzip -f ${a} 2>/dev/null`,
  (a) => `(cd ${a} 2>/dev/null && echo here > ../beside && mv ../beside inner && rm -rf ./b ./c)`,
];

/** A script of a shell's about some of these paths; what fails in it fails. */
export function randomScript(paths: readonly string[], random: Random): string {
  const known = [...paths, "new", "c"];
  const lines = Array.from({ length: 2 + random(6) }, () => {
    const [a, b] = [pick(random, known), pick(random, known)];
    if (random(8) === 0) return `python3 - <<'END'\n${pick(random, PYTHON)(a, b)}\nEND`;
    return pick(random, STEPS)(quoted(a), quoted(b), random);
  });
  return `{\n${lines.join("\n")}\n} 2>/dev/null; true`;
}
