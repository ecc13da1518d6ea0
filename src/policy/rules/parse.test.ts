import { describe, expect, test } from "bun:test";
import { judgeCommand } from "../judge.ts";
import { applyRules } from "./match.ts";
import { parseRules, ruleErrorText } from "./parse.ts";
import { printRule } from "./print.ts";
import { judgeByPrograms } from "./program-verdict.ts";
import { mergeRules, type Rules } from "./rules.ts";

function rulesOf(text: string, file = "test.rules"): Rules {
  const parsed = parseRules(text, file);
  if (!parsed.ok) throw new Error(parsed.errors.map(ruleErrorText).join("\n"));
  return parsed.rules;
}

function errorsOf(text: string): string[] {
  const parsed = parseRules(text, "f.rules");
  return parsed.ok ? [] : parsed.errors.map(ruleErrorText);
}

function applied(rules: Rules, line: string) {
  return applyRules(judgeCommand(["bash", "-lc", line], { cwd: "/work", workspace: "/work" }).segments, rules);
}

const RULES =
  "the rules are prefix_rule, define_program, host_executable, forbid_substrings, forbid_program_regex, network_rule";

describe("prefix_rule", () => {
  test("several lines, comments, alternatives, trailing commas, both quotes and an omitted decision", () => {
    const { prefix } = rulesOf(`
# what may run
"""Notes."""
common = ["status"]
prefix_rule(
    pattern = ["git", common + ['fetch'],],  # words
    match = [["git", "status"], "git fetch --all"],
    not_match = ["git push", ["git"]],
)
prefix_rule(["rm", "-rf"], "forbidden", justification = "use \\"trash\\"")
`);
    expect(prefix.map(({ place, ...rule }) => ({ ...rule, line: place?.line }))).toEqual([
      { pattern: [["git"], ["status", "fetch"]], decision: "allow", sandboxed: false, justification: null, line: 5 },
      { pattern: [["rm"], ["-rf"]], decision: "forbidden", sandboxed: false, justification: 'use "trash"', line: 10 },
    ]);
  });

  test("what is printed reads back as the same rule", () => {
    for (const rule of [
      { pattern: [["a", "b"], ['c"\n\\']], decision: "prompt", sandboxed: false, justification: "why\tso" },
      { pattern: [["npm"], ["run"]], decision: "allow", sandboxed: true, justification: null },
      { pattern: [["a"]], decision: "allow", sandboxed: true, justification: null, write: ["/b c"], network: "full" },
    ] as const) {
      const [read] = rulesOf(printRule({ ...rule, pattern: rule.pattern.map((word) => [...word]) })).prefix;
      expect(read).toMatchObject(rule as object);
    }
  });

  test.each([
    ['prefix_rule(pattern=["git"], match=["ls"])', "f.rules:1:37: the rule does not match its own example `ls`"],
    [
      'prefix_rule(\n  pattern=["git"],\n  not_match=[["git", "x"]],\n)',
      "f.rules:3:14: the rule matches `git x`, which its not_match rules out",
    ],
    [
      'prefix_rule(pattern=["npm"], network=True)',
      "f.rules:1:38: `write`, `network`, `sockets` and `read` open something inside the sandbox: they need `sandboxed = True` and allow",
    ],
    [
      'prefix_rule(["npm"], sandboxed=True, write=["build"])',
      "f.rules:1:44: `write` must hold absolute paths, not `build`",
    ],
    [
      'prefix_rule(pattern=["git"], match=["ls && git"])',
      "f.rules:1:37: `match` must hold command lines or lists of words",
    ],
    [
      'prefix_rule(pattern=["git"], decision="maybe")',
      "f.rules:1:39: `decision` must be one of allow, prompt, forbidden",
    ],
    ["prefix_rule(pattern=[])", "f.rules:1:1: prefix_rule needs `pattern`, a list of words"],
    ['prefix_rule(decision="allow")', "f.rules:1:1: prefix_rule needs `pattern`, a list of words"],
    ['prefix_rule(pattern=["git", []])', "f.rules:1:1: `pattern` has an empty word"],
    ['prefix_rule(pattern=["git", True])', "f.rules:1:29: `pattern` must hold strings only"],
    [
      'prefix_rule(pattern=["git"], why="x")',
      "f.rules:1:34: prefix_rule has no argument `why`; it has pattern, decision, justification, match, not_match, sandboxed, write, network, sockets, read",
    ],
    ['prefix_rule(pattern=["git"], pattern=["a"])', "f.rules:1:30: `pattern` is given twice"],
    ['\nprefix_rule(pattern=["git"]', "f.rules:2:28: `,` is missing before the end of the file"],
    ['\n  prefix_rule(pattern=["git"])', "f.rules:2:3: this line is moved in, and no block begins here"],
    ['prefix_rule(pattern=["git])', "f.rules:1:22: a string does not end"],
    ['x = ["a"] prefix_rule(pattern=x)', "f.rules:1:11: a new line is missing before `prefix_rule`"],
    ["for x in y", "f.rules:1:11: `:` is missing before the end of the file"],
    ["run(1)", `f.rules:1:1: \`run\` is not defined; ${RULES}`],
    ['allow(pattern=["git"])', `f.rules:1:1: \`allow\` is not defined; ${RULES}`],
    ['prefix_rule(pattern=["git"] + "x")', "f.rules:1:29: only two lists, strings, tuples or numbers can be added"],
  ])("%s", (text, error) => expect(errorsOf(text)[0]).toBe(error));

  test("all wrong rules of a file are reported", () => {
    expect(errorsOf('prefix_rule(pattern=[])\nprefix_rule(pattern=["a"], match=["b"])')).toHaveLength(2);
  });

  test("where rules disagree the stricter wins, and both are shown", () => {
    const rules = mergeRules([
      rulesOf('prefix_rule(pattern=["git"])', "a"),
      rulesOf('prefix_rule(pattern=["git", "push"], decision="forbidden")', "b"),
    ]);
    const { decision, hits } = applied(rules, "git push origin");
    expect(decision).toBe("forbidden");
    expect(hits.map(({ rule, prefix }) => [rule.place?.file, prefix])).toEqual([
      ["b", ["git", "push"]],
      ["a", ["git"]],
    ]);
    expect(applied(rules, "git commit").decision).toBe("allow");
  });

  test("host_executable names the only paths that are the program", () => {
    const rules = rulesOf('prefix_rule(pattern=["az"])\nhost_executable(name="az", paths=["/opt/az/bin/az"])');
    expect(applied(rules, "/opt/az/bin/az login").decision).toBe("allow");
    expect(applied(rules, "/usr/bin/az login").decision).toBeNull();
    expect(applied(rules, "az login").decision).toBe("allow");
  });

  test("a host has the ports of its protocol, or the one that it names; what stays closed is marked", () => {
    const entries = (rule: string) => rulesOf(`network_rule(${rule})`).network;
    expect(entries('host="H.example", protocol="http", decision="allow"')).toEqual(["h.example:80"]);
    expect(entries('host="h.example:8443", protocol="https", decision="allow"')).toEqual(["h.example:8443"]);
    expect(entries('host="h.example", protocol="socks5_tcp", decision="allow", justification="j"')).toHaveLength(3);
    expect(entries('host="h.example", protocol="https", decision="forbidden"')).toEqual(["!h.example:443"]);
    expect(entries('host="h.example", protocol="https", decision="prompt"')).toEqual([]);
    for (const bad of ['"*.example"', '"http://h"', '"h/x"', '""'])
      expect(parseRules(`network_rule(host=${bad}, protocol="https", decision="allow")`, "f").ok).toBe(false);
    expect(parseRules('network_rule(host="h", protocol="ftp", decision="allow")', "f").ok).toBe(false);
    expect(parseRules('network_rule(host="h", protocol="https")', "f").ok).toBe(false);
  });

  test("the rule that an answer writes for hosts is read again", () => {
    const network = { hosts: ["a.example", "*.b.example:8443"] };
    const rule = { pattern: [["npm"]], decision: "allow" as const, sandboxed: true, network, justification: null };
    expect(rulesOf(printRule(rule)).prefix).toMatchObject([{ sandboxed: true, network }]);
  });

  test("what is not applied is said", () => {
    expect(parseRules('network_rule(host="h", protocol="socks5_udp", decision="allow")', "f")).toMatchObject({
      ok: true,
      notes: [expect.stringContaining("f:1: network_rule is not applied")],
    });
    expect(parseRules('network_rule(host="h", protocol="https", decision="allow")', "f")).toMatchObject({
      ok: true,
      rules: { network: ["h:443"] },
      notes: [],
    });
  });
});

describe("define_program", () => {
  const CP = `define_program(
    program="cp",
    options=[flag("-r"), opt("-n", ARG_POS_INT), opt("-t", ARG_WFILE, required=False)],
    args=[ARG_RFILES, ARG_WFILE],
    system_path=["/bin/cp"],
    should_match=[["a", "b"], ["-r", "a", "b", "c"]],
    should_not_match=[["a"], []],
)
`;
  const judge = (text: string, ...argv: string[]) => {
    const [program = "", ...args] = argv;
    const { programs } = mergeRules([rulesOf(text)]);
    return judgeByPrograms(programs, program, args);
  };

  test("match carries the types of the arguments and the system path", () => {
    expect(judge(CP, "cp", "-r", "a", "b", "c")).toEqual({
      result: "match",
      match: {
        program: "cp",
        flags: [{ name: "-r" }],
        opts: [],
        args: [
          { index: 1, type: "ReadableFile", value: "a" },
          { index: 2, type: "ReadableFile", value: "b" },
          { index: 3, type: "WriteableFile", value: "c" },
        ],
        system_path: ["/bin/cp"],
      },
    });
  });

  const HEAD = 'define_program(program="head", options=[opt("-n", ARG_POS_INT)], args=[ARG_RFILES])\n';
  const SED = 'define_program(program="sed", options=[flag("-n")], args=[ARG_SED_COMMAND, ARG_RFILES])\n';
  const LS = 'define_program(program="ls", options=[flag("-l")], args=[ARG_RFILES_OR_CWD])\n';
  test.each([
    [HEAD, ["head", "-n", "5", "a"], "safe"],
    [HEAD, ["head", "-n", "0", "a"], "InvalidPositiveInteger"],
    [HEAD, ["head", "-n", "-c", "a"], "OptionFollowedByOptionInsteadOfValue"],
    [HEAD, ["head", "-n"], "OptionMissingValue"],
    [HEAD, ["head", "-c", "1"], "UnknownOption"],
    [HEAD, ["head"], "VarargMatcherDidNotMatchAnything"],
    [HEAD, ["head", "--", "a"], "DoubleDashNotSupportedYet"],
    [HEAD, ["head", ""], "EmptyFileName"],
    [HEAD, ["tail", "a"], "NoSpecForProgram"],
    [SED, ["sed", "-n", "1,5p", "a"], "safe"],
    [SED, ["sed", "s/a/b/e", "a"], "SedCommandNotProvablySafe"],
    [LS, ["ls"], "safe"],
    [LS, ["ls", "-l", "a", "b"], "safe"],
    ['define_program(program="pwd", args=[])', ["pwd", "x"], "UnexpectedArguments"],
    ['define_program(program="git", args=["status"])', ["git", "status"], "safe"],
    ['define_program(program="git", args=["status"])', ["git", "push"], "LiteralValueDidNotMatch"],
    ['define_program(program="x", args=[ARG_UNVERIFIED_VARARGS])', ["x", "a", "b"], "match"],
    ['define_program(program="x", options=[opt("-o", ARG_WFILE)])', ["x", "-o", "b"], "match"],
    ['define_program(program="x", options=[opt("-e", ARG_RFILE, required=True)])', ["x"], "MissingRequiredOptions"],
    [CP, ["cp", "a"], "VarargMatcherDidNotMatchAnything"],
    [CP, ["cp"], "NotEnoughArgs"],
  ])("%p %p is %s", (text, argv, expected) => {
    const verdict = judge(text, ...argv);
    expect(verdict.result === "unverified" ? verdict.error.type : verdict.result).toBe(expected);
  });

  test("forbidden by definition, by substring and by name", () => {
    const text = `define_program(program="applied", args=["deploy"], forbidden="too risky", should_match=[["deploy"]])
forbid_substrings(["secret"])
forbid_program_regex("^mkfs", "it formats disks")
`;
    expect(judge(text, "applied", "deploy")).toMatchObject({
      result: "forbidden",
      reason: "too risky",
      cause: { Exec: { exec: { program: "applied" } } },
    });
    expect(judge(text, "cat", "a-secret")).toMatchObject({ result: "forbidden", cause: { Arg: { arg: "a-secret" } } });
    expect(judge(text, "mkfs.ext4", "/dev/sda")).toMatchObject({ result: "forbidden", reason: "it formats disks" });
    expect(judge(text, "applied", "lint").result).toBe("unverified");
  });

  test("definitions that disagree: the stricter wins and the other is shown", () => {
    const text = `${LS}define_program(program="ls", args=["/etc"], forbidden="not there")\n`;
    expect(judge(text, "ls", "/etc")).toMatchObject({
      result: "forbidden",
      reason: "not there",
      also: [{ result: "safe" }],
    });
  });

  test.each([
    ['define_program(program="x", forbidden="")', "f.rules:1:39: `forbidden` must say why"],
    ["define_program(args=[])", "f.rules:1:1: define_program needs `program`"],
    [
      'define_program(program="x", args=[ARG_FILE])',
      "f.rules:1:35: an argument is a text or one of ARG_OPAQUE_VALUE, ARG_RFILE, ARG_WFILE, ARG_RFILES, ARG_RFILES_OR_CWD, ARG_POS_INT, ARG_SED_COMMAND, ARG_UNVERIFIED_VARARGS",
    ],
    [
      'define_program(program="x", args=[ARG_RFILES, ARG_RFILES])',
      "f.rules:1:34: `args` can have one pattern that takes several words",
    ],
    ['define_program(program="x", options=[flag("-a"), flag("-a")])', "f.rules:1:37: the option `-a` is there twice"],
    ['define_program(program="x", options=["-a"])', "f.rules:1:38: `options` must hold flag(…) and opt(…)"],
    ['define_program(program="x", options=[opt("-a")])', "f.rules:1:38: opt(…) needs a type such as ARG_POS_INT"],
    [
      'define_program(program="x", args=[], should_match=[["a"]])',
      "f.rules:1:52: the definition does not fit its own example `x a`: UnexpectedArguments",
    ],
    [
      'define_program(program="x", args=[], should_not_match=[[]])',
      "f.rules:1:56: the definition fits `x`, which its should_not_match rules out",
    ],
    ['forbid_program_regex("(", "x")', "f.rules:1:1: `regex` is not a regular expression"],
    ['forbid_program_regex("a")', "f.rules:1:1: forbid_program_regex needs `reason`"],
  ])("%s", (text, error) => expect(errorsOf(text)[0]).toBe(error));

  test("in compounds too: safe allows inside the sandbox, forbidden forbids, unknown words turn into a question", () => {
    const rules = rulesOf(
      `define_program(program="lint", args=[ARG_RFILES])\ndefine_program(program="applied", args=["deploy"], forbidden="no")\n`,
    );
    expect(applied(rules, "cd a && lint x")).toMatchObject({ decision: "allow", permit: { sandboxed: true } });
    expect(applied(rules, "./lint x").decision).toBeNull();
    expect(applied(rules, "ls; ./bin/applied deploy").decision).toBe("forbidden");
    expect(applied(rules, "applied $x").decision).toBe("prompt");
    expect(applied(rules, "f() { applied deploy; }; f").decision).toBe("prompt");
  });
});

test("brackets that are nested without end are an error at their place", () => {
  const told = ["f.rules:2:51: brackets are nested deeper than 50 levels"];
  expect(errorsOf(`# deep\n${"[".repeat(200_000)}`)).toEqual(told);
  expect(errorsOf(`# deep\n${"(".repeat(200_000)}`)).toEqual(told);
  expect(errorsOf(`${"f(".repeat(200_000)}`)).toEqual([expect.stringContaining("nested deeper")]);
  expect(errorsOf(`${"x=[x]\n".repeat(20_000)}prefix_rule(x)`)).toEqual([expect.stringMatching(/^f\.rules:\d+:\d+: /)]);
});
