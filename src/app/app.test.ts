import { describe, expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { Secrets } from "../base/index.ts";
import type { ApprovalRequest } from "../protocol/index.ts";
import { styleFor } from "../term/index.ts";
import { tempProject } from "../testkit/index.ts";
import { commandNames, findCommand, slashCommands } from "./commands/table.ts";
import { complete } from "./complete.ts";
import { PromptHistory } from "./history.ts";
import { answerPrompt, questionLines, readAnswer } from "./question.ts";

const request: ApprovalRequest = {
  call_id: "c1",
  effect: { kind: "command", argv: ["make"], command: "make \x1b[31mred", cwd: "/p", escalation: null },
  reason: "the policy says so",
  justification: null,
  sandbox: "read-only",
  opens: { write: ["/data"], network: true },
  denial: null,
  choices: [
    { decision: "approved", label: "Yes, once" },
    { decision: "session", label: "Yes, this session" },
    { decision: "always", label: "Always", prefix: ["make"], rule: "rule(make)", matched: ["make all"] },
    { decision: "edited", label: "Change it", command: "make" },
    { decision: "denied", label: "No" },
    { decision: "abort", label: "Stop" },
  ],
};
const decision = (line: string) => {
  const answer = readAnswer(line, request);
  return answer.type === "decision" ? answer.decision : answer.type;
};

describe("typed answers", () => {
  test.each([
    ["y", { type: "approved" }],
    [" YES ", { type: "approved" }],
    ["1", { type: "approved" }],
    ["a", { type: "always", prefix: ["make"] }],
    ["s", { type: "session" }],
    ["p", { type: "always", prefix: ["make"] }],
    ["n", { type: "denied" }],
    ["n use  ninja", { type: "denied", reason: "use  ninja" }],
    ["e make -n", { type: "edited", command: "make -n" }],
    ["q", { type: "abort" }],
    ["6", { type: "abort" }],
  ])("%s", (line, wanted) => expect(decision(line)).toEqual(wanted as never));

  test.each(["", "what", "7", "0", "y and more", "toString", "__proto__"])("%j is no answer", (line) =>
    expect(decision(line)).toBe("unclear"),
  );

  test("e alone asks for the command", () => expect(decision("e")).toBe("command"));

  test("an answer that is not offered is none", () => {
    const few = { ...request, choices: request.choices.slice(0, 1) };
    for (const line of ["n", "p", "2", "q"]) expect(readAnswer(line, few)).toEqual({ type: "unclear" });
    expect(answerPrompt(few)).toBe("answer [y]: ");
  });

  test("the question holds everything that is needed to answer it, and no escape sequence", () => {
    const text = questionLines(request, styleFor("never", false, {})).join("\n");
    for (const part of [
      "$ make \\x1b[31mred",
      "in /p",
      "the policy says so",
      "writing to /data",
      "the network",
      "rule(make)",
      "make all",
    ])
      expect(text).toContain(part);
    expect(text).not.toContain("\x1b");
  });
});

describe("commands", () => {
  test("a slash, a dot, an alias, and q alone", () => {
    const name = (line: string) => {
      const found = findCommand(line);
      return found === null
        ? null
        : "unknown" in found
          ? `unknown ${found.unknown}`
          : `${found.command.name}|${found.args}`;
    };
    expect(name("/model a b")).toBe("model|a b");
    expect(name(".clear")).toBe("new|");
    for (const word of ["q", "quit", "exit", " exit "]) expect(name(word)).toBe("quit|");
    for (const word of ["help", "?"]) expect(name(word)).toBe("help|");
    expect(name("/nope x")).toBe("unknown nope");
    for (const text of [
      "/usr/bin/env is odd",
      "./run it",
      "...",
      "/",
      "q please",
      "help me",
      "exit code?",
      "/Status/x",
    ])
      expect(name(text)).toBeNull();
  });

  test("every name stands for one command", () => {
    const all = slashCommands.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("Tab", () => {
  test("commands with either sign, files after @, and nothing else", () => {
    using p = tempProject({ "src/main.ts": "", "src/map/a.ts": "", ".hidden": "", "README.md": "" });
    const words = (line: string) => complete(line, commandNames, p.dir)[0];
    expect(words("/mo")).toEqual(["/model "]);
    expect(words(".qu")).toEqual([".quit "]);
    expect(words("look at @src/ma")).toEqual(["@src/main.ts ", "@src/map/"]);
    expect(words("@src/map/")).toEqual(["@src/map/a.ts "]);
    expect(words("@")).toEqual(["@README.md ", "@src/"]);
    expect(words("@.h")).toEqual(["@.hidden "]);
    for (const line of ["mo", "mail@src", "@nowhere/x", ""]) expect(words(line)).toEqual([]);
  });
});

describe("the history", () => {
  const settings = { persistence: "save-all", max_bytes: null, sensitive_patterns: ["hush"] } as const;

  test("the latest first, each once; damaged lines and secrets are left out", () => {
    using p = tempProject({ "history.jsonl": 'broken\n{"text":7}\n' });
    const history = new PromptHistory(p.dir, settings, () => 5000, new Secrets(["known-secret"]));
    for (const text of ["a", "b\nc", "a", "  ", "hush now", "password = hunter22", "use known-secret"])
      history.add(text, "t1");
    expect(history.latest()).toEqual(["a", "b\nc"]);
    expect(p.read("history.jsonl")).toContain('{"thread_id":"t1","ts":5,"text":"a"}');
    history.clear();
    expect(history.latest()).toEqual([]);
  });

  test("is for its owner, and kept below its size", () => {
    using p = tempProject();
    const history = new PromptHistory(p.dir, { ...settings, max_bytes: 1000 }, () => 0, new Secrets());
    for (let n = 0; n < 100; n++) history.add(`prompt ${n}`, "t");
    expect(readFileSync(p.path("history.jsonl")).length).toBeLessThanOrEqual(1000);
    expect(statSync(p.path("history.jsonl")).mode & 0o777).toBe(0o600);
    expect(history.latest()[0]).toBe("prompt 99");
  });

  test("nothing is written when it is switched off", () => {
    using p = tempProject();
    new PromptHistory(p.dir, { ...settings, persistence: "none" }, () => 0, new Secrets()).add("a", "t");
    expect(() => statSync(p.path("history.jsonl"))).toThrow();
  });
});
