import { realpathSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { Glob } from "bun";
import { isWithin } from "../../base/index.ts";
import { type LineWord, lineWords } from "./line-words.ts";

/** Where a line runs, and which files count. All paths are absolute. */
export interface LinePlaces {
  /** What CLAUDE_PROJECT_DIR stands for. */
  root: string;
  /** Where the line runs. */
  cwd: string;
  home: string;
  /** Directories whose files count: the project's, and those that commands may write. */
  within: readonly string[];
}

/** A file that a line names. */
export interface HookFile {
  path: string;
  /** It tells a program what to start (package.json, Makefile), and much besides: compared, but not kept from commands. */
  instructions: boolean;
  /** It is a program or the script of one, and not a word that a program is given. */
  started: boolean;
}

/** Programs that start what lies in `node_modules/.bin`, and the files that tell them how. */
const RUNNERS = /^(?:npx|bunx|pnpx|pnpm|yarn|npm|bun)$/;
const RUNNER_FILES: [program: RegExp, files: string[]][] = [
  [RUNNERS, ["package.json", ".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml"]],
  [/^g?make$/, ["GNUmakefile", "makefile", "Makefile"]],
  [/^just$/, ["justfile", "Justfile", ".justfile"]],
  [/^deno$/, ["deno.json", "deno.jsonc"]],
  [/^task$/, ["Taskfile.yml", "Taskfile.yaml"]],
  [/^rake$/, ["Rakefile"]],
  [/^(?:tox|nox)$/, ["tox.ini", "noxfile.py"]],
  [/^(?:pre-commit|lefthook)$/, [".pre-commit-config.yaml", "lefthook.yml"]],
];
/** Programs whose first plain word is the file that they run. */
const INTERPRETERS = /^(?:(?:ba|z|da|k)?sh|python[\d.]*|node|ruby|perl|php|deno|bun|tsx|ts-node|source|\.)$/;
const SCRIPT = /\/|\.(?:[cm]?[jt]s|sh|bash|zsh|py|rb|pl|php)$/;
/** Programs that start the one among their words. */
const WRAPPERS = /^(?:timeout|nice|ionice|xargs|stdbuf|setsid|flock)$/;

/**
 * Files that a shell line names: every word that is a file of `within`, whatever it is for. They are trusted and compared
 * together with the line, because what runs is theirs. Not a shell: a program that is named in a roundabout way is not found,
 * and is as trusted as the line that the user agreed to.
 */
export function hookFiles(line: string, places: LinePlaces): HookFile[] {
  const found = new Map<string, HookFile>();
  const add = (file: HookFile) => {
    const started = file.started || found.get(file.path)?.started === true;
    if (counts(file.path, places)) found.set(file.path, { ...file, started });
  };
  for (const words of nested(line)) {
    const bases = basesOf(words, places);
    for (const [word, started] of withStarts(words))
      for (const path of candidates(word, words, bases, places))
        for (const variant of started ? variantsOf(path) : [path]) add({ path: variant, instructions: false, started });
    for (const { text } of words) {
      const files = RUNNER_FILES.filter(([program]) => program.test(text)).flatMap(([, names]) => names);
      for (const path of files.flatMap((name) => bases.map((base) => join(base, name))))
        add({ path, instructions: true, started: true });
    }
  }
  return [...found.values()];
}

/**
 * Programs that a line would start from within and that are not there. What is not there would only be shown as a failure, and
 * a guard would fall silent.
 */
export function missingPrograms(line: string, places: LinePlaces): string[] {
  return nested(line).flatMap((words) => {
    const starts = startDirectories(words, places);
    if (starts === null) return [];
    const started = withStarts(words).filter(
      ([word, is_started]) => is_started && !word.tail && !isTested(word, words),
    );
    return started
      .map(([{ text }]) => fill(text, places))
      .filter((text) => !/[$`*?[]/.test(text) && SCRIPT.test(text))
      .filter((text) => starts.every((base) => isMissing(resolve(base, text), places)));
  });
}

/** Names of programs that a line looks up on the PATH. */
export function startedNames(line: string): string[] {
  const started = nested(line)
    .flatMap(withStarts)
    .filter(([word, is_started]) => is_started && !word.tail);
  return started.map(([{ text }]) => text).filter((text) => /^[\w.+-]+$/.test(text));
}

/** The line looks itself whether the file is there: `[ -x ./check.sh ] && ./check.sh`. */
function isTested({ text }: LineWord, words: LineWord[]): boolean {
  const bare = (path: string) => path.replace(/^\.\//, "");
  const is_test = (i: number) => /^(?:\[{1,2}|test) (?:! )?-[efrsx]$/.test(textsBefore(words, i));
  return words.some((word, i) => bare(word.text) === bare(text) && is_test(i));
}

/** The one to three words before one, from the last that may begin a test. */
function textsBefore(words: LineWord[], index: number): string {
  const texts = words.slice(Math.max(0, index - 3), index).map(({ text }) => text);
  const start = texts.findLastIndex((text) => /^(?:\[{1,2}|test)$/.test(text));
  return start < 0 ? "" : texts.slice(start).join(" ");
}

function isMissing(path: string, { within }: LinePlaces): boolean {
  return within.some((directory) => isWithin(path, directory)) && statOf(path) === null;
}

/** Each word, and whether it is a program or the first script of an interpreter. */
function withStarts(words: LineWord[]): [LineWord, boolean][] {
  let open = false;
  return words.map((word) => {
    const name = word.text.split("/").at(-1) ?? "";
    if (word.role === "command") {
      open = [INTERPRETERS, RUNNERS, WRAPPERS].some((kind) => kind.test(name));
      return [word, true];
    }
    const started = open && word.role === "operand" && !word.text.startsWith("-");
    if (started && SCRIPT.test(word.text) && !WRAPPERS.test(name)) open = false;
    return [word, started];
  });
}

/** The line's words, and those of lines in quotes within it. */
function nested(line: string, depth = 3): LineWord[][] {
  const words = lineWords(line);
  const inner = depth === 0 ? [] : words.filter(({ quoted, text }) => quoted && /[\s;|&()<>`]/.test(text));
  return [words, ...inner.flatMap(({ text }) => nested(text, depth - 1))];
}

/** Directories in which a relative word may begin: from the working directory up to the root, and where `cd` goes. */
function basesOf(words: LineWord[], { root, cwd, ...places }: LinePlaces): string[] {
  const chain = [cwd];
  for (let at = cwd; isWithin(at, root) && at !== root; at = dirname(at)) chain.push(dirname(at));
  const all = [...new Set([...chain, root])];
  const targets = cdTargets(words).map((text) => fill(text, { root, cwd, ...places }));
  return [...all, ...targets.flatMap((target) => all.map((base) => resolve(base, target)))];
}

const cdTargets = (words: LineWord[]) =>
  words.flatMap(({ text, role }, index) =>
    (role === "command" && text === "cd") || text === "-C" ? (words[index + 1]?.text ?? []) : [],
  );

/** Where commands of the line start; null when that is computed. */
function startDirectories(words: LineWord[], places: LinePlaces): string[] | null {
  const targets = cdTargets(words).map((text) => fill(text, places));
  if (targets.some((target) => /[$`]/.test(target))) return null;
  return [places.cwd, ...targets.map((target) => resolve(places.cwd, target))];
}

function fill(text: string, { root, cwd, home }: Omit<LinePlaces, "within">): string {
  return text
    .replace(/\$(?:\{(?:CLAUDE|MOAT)_PROJECT_DIR\}|(?:CLAUDE|MOAT)_PROJECT_DIR\b)/g, () => root)
    .replace(/\$(?:\{PWD\}|PWD\b)/g, () => cwd)
    .replace(/\$(?:\{HOME\}|HOME\b)/g, () => home)
    .replace(/^~(?=\/|$)/, () => home);
}

/** What is computed: a variable or a substitution, up to its end. */
const COMPUTED = /^.*(?:\$\{[^}]*\}|\$\w+|\$\([^)]*\)|`[^`]*`)/s;

/** What an interpreter makes of a name that is a directory, or that lacks an ending. */
function variantsOf(path: string): string[] {
  const inside = ["index.js", "package.json", "__main__.py"].map((name) => join(path, name));
  return [path, ...[".js", ".cjs", ".mjs", ".ts"].map((ending) => path + ending), ...inside];
}

/** The paths that a word may mean. */
function candidates(word: LineWord, words: LineWord[], bases: string[], places: LinePlaces): string[] {
  if (word.role === "output") return [];
  return valuesOf(word.text).flatMap((value) => {
    const text = fill(value, places);
    const known = text.replace(COMPUTED, "");
    if (known === "") return [];
    const is_tail = word.tail || known !== text;
    if (is_tail) return bases.map((base) => join(base, known));
    if (/[*?[]/.test(known)) return bases.flatMap((base) => matching(known, base));
    if (isAbsolute(known)) return [resolve(known)];
    return [...bases.map((base) => resolve(base, known)), ...byName(known, words, bases)];
  });
}

/** Files that a pattern stands for; a shell takes two stars for one. */
function matching(pattern: string, base: string): string[] {
  const [cwd, relative] = isAbsolute(pattern) ? ["/", pattern.slice(1)] : [base, pattern];
  try {
    const glob = new Glob(relative.replace(/\*{2,}/g, "*"));
    return [...glob.scanSync({ cwd, dot: true, onlyFiles: true, followSymlinks: true, absolute: true })];
  } catch {
    return [];
  }
}

/** A word; and what stands behind the `=` or the letter of an option, or behind that of an assignment. */
function valuesOf(text: string): string[] {
  const behind = /^(?:--?[\w-]+|[A-Za-z_]\w*)=(.*)$/s.exec(text)?.[1];
  if (behind !== undefined) return behind.split(":");
  return text.startsWith("-") ? [text.slice(2)] : [text];
}

/** A name that is looked up: by a runner of packages, by `python -m`, or on a PATH that the line sets itself. */
function byName(name: string, words: LineWord[], bases: string[]): string[] {
  if (name.includes("/")) return [];
  const in_packages = words.some(({ text }) => RUNNERS.test(text)) ? ["node_modules/.bin"] : [];
  const on_path = words.flatMap(({ text }) => (text.startsWith("PATH=") ? text.slice(5).split(":") : []));
  const module = name.replaceAll(".", "/");
  const modules = words.some(({ text }) => text === "-m") ? [`${module}.py`, `${module}/__main__.py`] : [];
  return bases.flatMap((base) => [
    ...[...in_packages, ...on_path].map((directory) => resolve(base, directory, name)),
    ...modules.map((file) => join(base, file)),
  ]);
}

/** Anything but a directory, in one of the directories; a link counts where it lies and where it leads. */
function counts(path: string, { within }: LinePlaces): boolean {
  const stat = statOf(path);
  if (stat === null || stat.isDirectory()) return false;
  return within.some((directory) => isWithin(path, directory) || isWithin(realpathSync(path), directory));
}

/** null when nothing is there, or nothing that this user could start either. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
