// Rule files, right and wrong, and what definitions of programs say of calls. `bun run goldens` writes it anew.
import { test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectGolden } from "../../testkit/golden.suite.ts";
import { judgeCommand } from "../judge.ts";
import { applyRules } from "./match.ts";
import { parseRules, ruleErrorText } from "./parse.ts";
import { printRule } from "./print.ts";
import { judgeByPrograms } from "./program-verdict.ts";
import { mergeRules, NO_RULES } from "./rules.ts";

const fixture = (name: string) => join(import.meta.dir, "fixtures", name);
const linesOf = (name: string) => readFileSync(fixture(name), "utf8").trimEnd().split("\n");

/** One file, in short: its errors, or what is in it. */
function parsed(text: string): string[] {
  const read = parseRules(text, "f");
  if (!read.ok) return read.errors.map(ruleErrorText);
  const { prefix, programs, hosts } = mergeRules([read.rules, NO_RULES]);
  return [
    ...prefix.map((rule) => `${printRule(rule).trimEnd()} at ${rule.place?.line}:${rule.place?.column}`),
    ...programs.specs.map(({ place, ...spec }) => `${JSON.stringify(spec)} at ${place.line}:${place.column}`),
    ...programs.forbidden_substrings.map((part) => `no argument with ${JSON.stringify(part)}`),
    ...programs.forbidden_programs.map(({ regex, reason }) => `no program like ${regex}: ${reason}`),
    ...[...hosts].map(([name, paths]) => `${name} is ${JSON.stringify(paths)}`),
    ...read.notes,
  ];
}

test("files of rules", async () => {
  const pages = linesOf("wrong.txt").map((file) => {
    // `\n` is a line end, `\\` a backslash.
    const found = parsed(file.replaceAll(/\\([n\\])/g, (_, c: string) => (c === "n" ? "\n" : c)));
    return [file, ...(found.length > 0 ? found : ["nothing"]).map((line) => `  ${line}`)].join("\n");
  });
  await expectGolden(fixture("parsed.txt"), `${pages.join("\n")}\n`);
});

const programs = parseRules(readFileSync(fixture("programs.rules"), "utf8"), "programs.rules");
const rules = programs.ok ? programs.rules : NO_RULES;

test("calls of defined programs", async () => {
  const pages = linesOf("calls.txt").map((line) => {
    const [program = "", ...args] = line.split(" ").map((word) => (word === '""' ? "" : word));
    return `${line}\n  ${JSON.stringify(judgeByPrograms(mergeRules([rules]).programs, program, args))}`;
  });
  await expectGolden(fixture("called.txt"), `${pages.join("\n")}\n`);
});

const MIXED = `prefix_rule(["git"], "prompt")
prefix_rule(["git", ["push", "fetch"]], "forbidden", "no")
prefix_rule(["git", "status"])
prefix_rule(["az"])
prefix_rule(["make"], sandboxed=True, write=["/x", "/y"])
prefix_rule(["make", "all"], sandboxed=True, write=["/y/z"], network=True)
host_executable("az", ["/opt/az"])
define_program(program="rm", args=[ARG_RFILES], forbidden="no rm")
define_program(program="lint", args=[ARG_RFILES])
`;
const LINES = [
  ...[
    "git",
    "git status",
    "git push",
    "git fetch x",
    "git -C a push",
    "git --git-dir=x push",
    "git --work-tree x push",
  ],
  ...[
    "git --namespace x push",
    "git --config-env a push",
    "git -c a=b -P push",
    "git -Cx push",
    "git --git-dirs x push",
  ],
  ...[
    "/usr/bin/git push",
    "./git push",
    "x/git -C a push",
    "git $x",
    "git s$x",
    "git p$x",
    "git st$x",
    "$x push",
    "gi$x push",
  ],
  ...[
    "az",
    "/opt/az x",
    "/usr/bin/az",
    "opt/az",
    "make",
    "make all",
    "make all x",
    "make al",
    "make $x",
    "make; make all",
  ],
  ...[
    "make > x",
    "PATH=x make",
    "timeout 5 make",
    "xargs make",
    "find . -exec make \\;",
    "bash -c 'make; az'",
    "env A=1 make",
  ],
  ...[
    "rm a",
    "./rm a",
    "rm",
    "rm $x",
    "r() { rm a; }",
    "f() { lint a; }",
    "lint a",
    "./lint a",
    "lint $x",
    "lint",
    "ls; lint a",
  ],
  ...[
    "cd x; az",
    "echo a; az",
    "ls; az",
    "cat a; make",
    "ls | az | pwd",
    "az; nope",
    "az && git status",
    "f() { digit; }",
  ],
  ...["cd x", "echo a", "printf a", "true", "false", ":", "set -e", "exit 1", "pwd", "read x", "wait"].map(
    (one) => `${one}; az`,
  ),
  ...["for x in a; do az; done", "if true; then az; fi", "[ -f a ] && az"],
  ...["f() { az; }", "f() { a-make; }", "f() { make.x; }", "make all && az && ls"],
];

test("rules of every kind on command lines", async () => {
  const mixed = parseRules(MIXED, "m");
  const pages = LINES.map((line) => {
    const { segments } = judgeCommand(["bash", "-lc", line], { cwd: "/work", workspace: "/work" });
    const { decision, permit, hits } = applyRules(segments, mixed.ok ? mixed.rules : NO_RULES);
    const found = hits.map(
      ({ rule, prefix, certain }) =>
        `${rule.decision} ${JSON.stringify(prefix)} of ${rule.place?.line ?? "a program"}${certain ? "" : ", perhaps"}`,
    );
    const given = decision === "allow" ? ` ${JSON.stringify(permit)}` : "";
    return [line, `  ${decision ?? "open"}${given}`, ...found.map((hit) => `  ${hit}`)].join("\n");
  });
  await expectGolden(fixture("applied.txt"), `${pages.join("\n")}\n`);
});
