// The direction of imports and the other structural rules of AGENTS.md, read from its own table.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Glob } from "bun";

const src = import.meta.dir;
const files = [...new Glob("**/*.ts").scanSync(src)].filter((file) => !file.includes("fixtures/")).sort();
const sources = new Map(files.map((file) => [file, readFileSync(join(src, file), "utf8")]));
const isTest = (file: string) => /\.(test|suite)\.ts$/.test(file) || file.startsWith("e2e/");

/** `| folder | may import |` rows of AGENTS.md. */
function layerTable(): Map<string, string[]> {
  const text = readFileSync(join(src, "..", "AGENTS.md"), "utf8");
  const section = text.slice(text.indexOf("## Layers"), text.indexOf("A folder is entered"));
  const rows = [...section.matchAll(/^\| ([a-z0-9]+) \|([a-z0-9, ]*)\|$/gm)].filter(([, name]) => name !== "folder");
  return new Map(
    rows.map(([, name = "", list = ""]) => [
      name,
      list
        .split(",")
        .map((s) => s.trim())
        .filter(Boolean),
    ]),
  );
}

/** Paths of a file's relative imports, resolved from src. */
function imports(file: string, text: string): string[] {
  const literal = /(?:\bfrom|\bimport|\bimport\()\s*"(\.[^"]+)"/g;
  return [...text.matchAll(literal)].map(([, path = ""]) => relative(src, resolve(dirname(join(src, file)), path)));
}

const folderOf = (file: string) => file.match(/^([^/]+)\//)?.[1] ?? null;
const offences = (check: (file: string, text: string) => string[]) =>
  [...sources].flatMap(([file, text]) => check(file, text).map((what) => `${file}: ${what}`));

describe("layers", () => {
  const layers = layerTable();

  test("the table names every folder of src", () => {
    const folders = new Set(files.map(folderOf).filter((folder) => folder !== null));
    expect([...folders].filter((folder) => !layers.has(folder))).toEqual([]);
  });

  test("no import goes against the table", () => {
    expect(
      offences((file, text) => {
        const from = folderOf(file);
        if (from === null || isTest(file)) return [];
        return imports(file, text)
          .map((path) => [path, folderOf(path)] as const)
          .filter(
            ([, to]) => to !== null && to !== ".." && to !== from && to !== "base" && !layers.get(from)?.includes(to),
          )
          .map(([path]) => `imports ${path}`);
      }),
    ).toEqual([]);
  });

  /** Entrances beside a folder's index: what is behind them is heavy, and only few need it. */
  const sideDoors = [
    // Opens the C library, for the few that need it.
    "base/libc.ts",
    "config/editing.ts",
    "config/show.ts",
    "open/model-catalog.ts",
    "open/saved-keys.ts",
    // Frees what only looks from loading the thread and its tools.
    "open/door/looking.ts",
    // Frees a thread that runs no command from loading the sandbox.
    "sandbox/hide.ts",
    // What a machine offers, and where a program could have been put, without what starts commands.
    "sandbox/launch/probe.ts",
    "sandbox/policy.ts",
    "sandbox/programs.ts",
    "session/stored/quota.ts",
    // Frees a conversation that runs no command from loading the rules.
    "policy/modes.ts",
    "app/early.ts",
    // Which settings a mode is, and questions as forms, without the app.
    "app/state/mode.ts",
    "app/forms.ts",
  ];

  test("a folder is entered through its index or a side door, and never imports its own index", () => {
    expect(
      offences((file, text) => {
        if (isTest(file)) return [];
        return imports(file, text).filter((path) => {
          const [to, own] = [folderOf(path), folderOf(file)];
          if (to === null || to === ".." || sideDoors.includes(path)) return to === own && path === `${own}/index.ts`;
          return to === own
            ? path === `${own}/index.ts`
            : !/\/index\.ts$/.test(path) && existsSync(join(src, to, "index.ts"));
        });
      }),
    ).toEqual([]);
  });

  test("front ends do not import each other", () => {
    expect(
      offences((file, text) => {
        const own = file.match(/^frontends\/([^/]+)\//)?.[1];
        if (!own) return [];
        return imports(file, text).filter(
          (path) => path.startsWith("frontends/") && !path.startsWith(`frontends/${own}/`),
        );
      }),
    ).toEqual([]);
  });
});

describe("structure", () => {
  /** Files that import each other, types and `import()` included: each with a way back to itself. */
  function circles(): string[] {
    const graph = new Map(
      [...sources].filter(([file]) => !isTest(file)).map(([file, text]) => [file, new Set(imports(file, text))]),
    );
    const reaches = (from: string, to: string): boolean => {
      const seen = new Set<string>();
      const open = [...(graph.get(from) ?? [])];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (next === to) return true;
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(...(graph.get(next) ?? []));
      }
      return false;
    };
    return [...graph.keys()].filter((file) => reaches(file, file));
  }

  /** Files that are loaded with a file: what it imports by more than a type or `import()`, and what those import. */
  function loadedWith(file: string): Set<string> {
    const loaded = new Set([file]);
    for (const each of loaded) {
      const text = (sources.get(each) ?? "").replace(/^(?:import|export) type\b[^;]*;|\bimport\("[^"]*"\)/gm, "");
      for (const path of imports(each, text)) loaded.add(path);
    }
    return loaded;
  }

  test("opening a thread loads nothing of what only a command, a server of tools or an undo needs", () => {
    const heavy = /^(?:sandbox\/(?!hide\.ts)|mcp\/|checkpoint\/(?!index\.ts)|patch\/|process\/)/;
    expect([...loadedWith("open/index.ts")].filter((file) => heavy.test(file))).toEqual([]);
    expect([...loadedWith("checkpoint/store/usage.ts")].filter((file) => /undo|merge|record\//.test(file))).toEqual([]);
    expect([...loadedWith("checkpoint/live.ts")].filter((file) => /execute|plan|session/.test(file))).toEqual([]);
  });

  test("a command that needs no network loads none of the runtime's modules for it: they cost as much as its sandbox", () => {
    const network = /^import (?!type\b)[^;]*"node:(?:net|tls|crypto|dns|http|https|stream)\b/m;
    const loaded = ["core/call/dispatch.ts", "tools/exec-command.ts"].flatMap((file) => [...loadedWith(file)]);
    expect(loaded).toContain("sandbox/launch/launch.ts");
    expect(loaded.filter((file) => network.test(sources.get(file) ?? ""))).toEqual([]);
  });

  test("no circle of imports, of types neither", () => expect(circles()).toEqual([]));

  test("one name, one meaning: nothing is exported under a name that something else has", () => {
    const homes = new Map<string, string[]>();
    for (const [file, text] of sources) {
      if (/\.test\.ts$/.test(file)) continue;
      for (const [, name = ""] of text.matchAll(/^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm))
        homes.set(name, [...(homes.get(name) ?? []), file]);
    }
    // The entrance of every command, by the contract of the table.
    homes.delete("run");
    expect([...homes].filter(([, places]) => places.length > 1)).toEqual([]);
  });

  test("no folder holds more than 25 sources", () => {
    const counts = Map.groupBy(
      [...sources.keys()].filter((file) => !isTest(file)),
      dirname,
    );
    expect([...counts].filter(([, list]) => list.length > 25).map(([folder]) => folder)).toEqual([]);
  });
});

/** Rules on the text of a file: what is not allowed, and the files that have a reason to do it all the same. */
const textRules: { what: string; pattern: RegExp; except: RegExp }[] = [
  {
    what: "process.env is read in main, cli and config only",
    pattern: /\bprocess\.env\b/,
    except: /^(main\.ts|cli\/|config\/)/,
  },
  { what: "process.cwd() is read at the door only", pattern: /\bprocess\.cwd\(/, except: /^cli\/host\.ts/ },
  { what: "process.exit belongs to main", pattern: /\bprocess\.exit\(/, except: /^main\.ts/ },
  {
    what: "clock and randomness are passed in",
    pattern: /\b(Date\.now\(|new Date\(\)|Math\.random\()/,
    // testkit and cli/host are the edges where they are read.
    except: /^(main\.ts|cli\/|config\/|testkit\/)/,
  },
  { what: "no import() of anything but a literal", pattern: /\bimport\((?!\s*")/, except: /^$/ },
  { what: "no Worker", pattern: /\bnew Worker\(/, except: /^$/ },
  { what: "bun:ffi in one file", pattern: /from "bun:ffi"|import\("bun:ffi"\)/, except: /^base\/libc\.ts/ },
  { what: "no module-level let", pattern: /^(export )?let /m, except: /^$/ },
  {
    what: "text leaves through the host, which makes it visible; nothing of it is deleted",
    pattern: /\bconsole\.|\bprocess\.std(?:out|err)\.write\b|\bBun\.std(?:out|err)\b|\bwriteSync\([12],|\bstripANSI\b/,
    // What a command printed is cleaned for the model; nobody approves it.
    except: /^main\.ts|^tools\/printed\.ts/,
  },
  {
    what: "what draws by itself is used through term/dialog.ts",
    pattern: /"@clack\/prompts"/,
    except: /^term\/dialog\.ts/,
  },
  {
    what: "styled text is put together by safe`…`: a plain template would show its sequences",
    pattern: /(?<!\bsafe)`[^`]*\$\{(?:[\w.#]*\.)?style\.\w+\(/,
    except: /^$/,
  },
  { what: "no any", pattern: /: any\b|<any>|as any\b/, except: /^$/ },
];

describe("rules on source text", () => {
  for (const { what, pattern, except } of textRules) {
    test(what, () => {
      expect(
        offences((file, text) =>
          isTest(file) || except.test(file) || !pattern.test(stripComments(text)) ? [] : ["breaks it"],
        ),
      ).toEqual([]);
    });
  }

  test("no source file is longer than 500 lines", () => {
    expect(offences((_, text) => (text.split("\n").length > 500 ? [`${text.split("\n").length} lines`] : []))).toEqual(
      [],
    );
  });
});

describe("rules on tests", () => {
  const inTests = (check: (file: string, text: string) => boolean) =>
    offences((file, text) => (isTest(file) && file !== "layers.test.ts" && check(file, text) ? ["breaks it"] : []));

  test("no name at the root of the disk is taken for one that is not there: anybody may have made it; /proc/… nobody makes", () => {
    const surely = /["'`\s=:(]\/(nonexistent|nowhere|missing|no\/such|does-?not-?exist)\b/;
    expect(inTests((_, text) => surely.test(stripComments(text)))).toEqual([]);
  });

  test("who takes the keys away looks for model servers nowhere: one of this machine may listen on a usual port", () => {
    const bare = /OPENAI_API_KEY: ""|\bOPENAI_API_KEY: _|\bdelete \w+\.OPENAI_API_KEY/;
    const closed = /\bNO_LOCAL_SERVERS\b|\bworld\(|\btrusted\(|\bfakeHost\(|_BASE_URL: "http/;
    expect(inTests((_, text) => bare.test(text) && !closed.test(text))).toEqual([]);
    // Nor who starts the program in an environment of its own; the demo, the SDK and the installer name their server.
    const own = (file: string, text: string) =>
      /\[binary\b[^;]*env: \{\s*HOME: /.test(text) && !/^e2e\/(demo|sdk|release)/.test(file);
    expect(inTests((file, text) => own(file, text) && !/\bNO_LOCAL_SERVERS\b/.test(text))).toEqual([]);
  });
});

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
