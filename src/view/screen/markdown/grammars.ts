/**
 * What of a language is told apart: comments, strings, numbers and the words that it keeps for itself. That is what eyes
 * look for; a whole parser would say more and cost a hundred times as much.
 */
interface Grammar {
  /** Patterns. None may look back or try again over more than a few characters: code comes from anybody. */
  comment?: string;
  string?: string;
  /** Words, or a pattern of what names things. */
  words?: string;
  word?: string;
  added?: string;
  removed?: string;
}

const LINE_C = "\\/\\/.*|\\/\\*[\\s\\S]*?(?:\\*\\/|$(?![\\s\\S]))";
const LINE_HASH = "(?<![^\\s])#.*";
const DOUBLE = '"(?:\\\\.|[^"\\\\\\n])*"?';
const SINGLE = "'(?:\\\\.|[^'\\\\\\n])*'?";
const CHARACTER = "'(?:\\\\[^'\\n]*|[^'\\\\\\n])'";
const BACKTICK = "`(?:\\\\[\\s\\S]|[^`\\\\])*`?";
const TRIPLE = "\"\"\"[\\s\\S]*?(?:\"\"\"|$(?![\\s\\S]))|'''[\\s\\S]*?(?:'''|$(?![\\s\\S]))";
const KEY = '^[ \\t]*(?:- )?(?:"[^"\\n]*"|[\\w.$-]+)(?=[ \\t]*:(?:\\s|$))';

const GRAMMARS: Record<string, Grammar> = {
  shell: {
    comment: LINE_HASH,
    string: `"(?:\\\\[\\s\\S]|[^"\\\\])*"?|'[^']*'?`,
    words:
      "if then else elif fi for in do done while until case esac function return local export set unset exit cd source exec trap",
    word: "\\$\\w+|\\$\\{[^}\\n]*\\}|(?<=\\s)--?[A-Za-z][\\w-]*",
  },
  python: {
    comment: LINE_HASH,
    string: `${TRIPLE}|${DOUBLE}|${SINGLE}`,
    words:
      "and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield None True False self",
  },
  javascript: {
    comment: LINE_C,
    string: `${DOUBLE}|${SINGLE}|${BACKTICK}`,
    words:
      "abstract as async await break case catch class const continue declare default delete do else enum export extends false finally for from function if implements import in infer instanceof interface keyof let namespace new null of private protected public readonly return satisfies static super switch this throw true try type typeof undefined var void while yield",
  },
  json: { comment: LINE_C, word: '"(?:\\\\.|[^"\\\\\\n])*"(?=\\s*:)', string: DOUBLE, words: "true false null" },
  go: {
    comment: LINE_C,
    string: `${DOUBLE}|${CHARACTER}|\`[^\`]*\`?`,
    words:
      "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var nil true false",
  },
  rust: {
    comment: LINE_C,
    string: `${DOUBLE}|${CHARACTER}`,
    words:
      "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while",
  },
  c: {
    comment: LINE_C,
    string: `${DOUBLE}|${CHARACTER}`,
    word: "^[ \\t]*#[ \\t]*\\w+",
    words:
      "alignas auto bool break case catch char class const constexpr continue default delete do double else enum explicit extern false final float for friend goto if inline int interface long namespace new nullptr null operator override package private protected public register return short signed sizeof static struct super switch template this throw true try typedef typename union unsigned using virtual void volatile while import extends implements",
  },
  sql: {
    comment: "--.*|\\/\\*[\\s\\S]*?(?:\\*\\/|$(?![\\s\\S]))",
    string: `'(?:''|[^'])*'?`,
    words:
      "select from where and or not null insert into values update set delete create table index view drop alter add primary key foreign references join left right inner outer on group by order having limit offset as distinct union all case when then else end begin commit with SELECT FROM WHERE AND OR NOT NULL INSERT INTO VALUES UPDATE SET DELETE CREATE TABLE INDEX VIEW DROP ALTER ADD PRIMARY KEY FOREIGN REFERENCES JOIN LEFT RIGHT INNER OUTER ON GROUP BY ORDER HAVING LIMIT OFFSET AS DISTINCT UNION ALL CASE WHEN THEN ELSE END BEGIN COMMIT WITH",
  },
  yaml: { comment: LINE_HASH, word: KEY, string: `${DOUBLE}|${SINGLE}`, words: "true false null yes no" },
  toml: {
    comment: LINE_HASH,
    word: '^[ \\t]*\\[[^\\]\\n]*\\]+|^[ \\t]*[\\w."-]+(?=[ \\t]*=)',
    string: `${TRIPLE}|${DOUBLE}|${SINGLE}`,
    words: "true false",
  },
  html: {
    comment: "<!--[\\s\\S]*?(?:-->|$(?![\\s\\S]))",
    word: "<\\/?[A-Za-z][\\w:-]*|\\/?>",
    string: `${DOUBLE}|${SINGLE}`,
  },
  css: {
    comment: "\\/\\*[\\s\\S]*?(?:\\*\\/|$(?![\\s\\S]))",
    string: `${DOUBLE}|${SINGLE}`,
    word: "(?<![\\w-])[\\w-]+(?=[ \\t]*:)|@[\\w-]+",
  },
  diff: { added: "^\\+.*", removed: "^-.*", word: "^@@.*", comment: "^(?:diff|index) .*" },
};

const NAMES: Record<string, string> = {
  sh: "shell",
  bash: "shell",
  zsh: "shell",
  console: "shell",
  "shell-session": "shell",
  dockerfile: "shell",
  make: "shell",
  makefile: "shell",
  py: "python",
  python3: "python",
  rb: "python",
  ruby: "python",
  js: "javascript",
  jsx: "javascript",
  mjs: "javascript",
  ts: "javascript",
  tsx: "javascript",
  typescript: "javascript",
  jsonc: "json",
  json5: "json",
  jsonl: "json",
  golang: "go",
  rs: "rust",
  h: "c",
  cc: "c",
  cpp: "c",
  "c++": "c",
  hpp: "c",
  java: "c",
  cs: "c",
  csharp: "c",
  kotlin: "c",
  swift: "c",
  php: "c",
  yml: "yaml",
  ini: "toml",
  xml: "html",
  svg: "html",
  vue: "html",
  svelte: "html",
  scss: "css",
  less: "css",
  patch: "diff",
};

const NUMBER = "(?<![\\w.])(?:0[xX][\\da-fA-F_]+|0[bB][01_]+|\\d[\\d_]*(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)(?!\\w)";

const made = new Map<string, RegExp>();

/** One pattern that finds everything of a language, each kind a group; null: the language is not known. */
export function grammarOf(language: string): RegExp | null {
  const named = language.toLowerCase();
  const name = Object.hasOwn(NAMES, named) ? (NAMES[named] ?? named) : named;
  const grammar = Object.hasOwn(GRAMMARS, name) ? GRAMMARS[name] : undefined;
  if (grammar === undefined) return null;
  const known = made.get(name);
  if (known !== undefined) return known;
  const pattern = patternOf(grammar);
  made.set(name, pattern);
  return pattern;
}

function patternOf({ comment, added, removed, word, string, words }: Grammar): RegExp {
  const kept = words === undefined ? undefined : `(?<![\\w$.-])(?:${words.replaceAll(" ", "|")})(?![\\w-])`;
  const groups: [string, string | undefined][] = [
    ["added", added],
    ["removed", removed],
    ["comment", comment],
    ["word", [word, kept].filter((one) => one !== undefined).join("|") || undefined],
    ["string", string],
    ["number", added === undefined ? NUMBER : undefined],
  ];
  const given = groups.flatMap(([name, pattern]) => (pattern === undefined ? [] : [`(?<${name}>${pattern})`]));
  return new RegExp(given.join("|"), "gm");
}
