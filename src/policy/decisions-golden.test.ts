// Whole rulings, as data and as what a person reads. `bun run goldens` writes them anew.
import { test } from "bun:test";
import { join } from "node:path";
import type { ApprovalPolicy, Denial, Effect, Escalation, SandboxMode } from "../protocol/index.ts";
import { expectGolden } from "../testkit/golden.suite.ts";
import { CWD, commandOf, inputOf, mcp, patchOf } from "./decide.suite.ts";
import { type DecisionInput, decide, decideAfterDenial, type Ruling } from "./decide.ts";
import { AS_MODE, OUTSIDE, type Permit } from "./permit.ts";
import { parseRules } from "./rules/parse.ts";
import { NO_RULES, type Rules } from "./rules/rules.ts";

const RULES = `prefix_rule(pattern=["npm", ["install", "ci"]])
prefix_rule(pattern=["make"], sandboxed=True, write=["/var/x"], network=True)
prefix_rule(pattern=["cargo"], decision="prompt", justification="it takes long")
prefix_rule(pattern=["docker"], decision="forbidden", justification="not here")
prefix_rule(pattern=["yarn"], decision="prompt")
prefix_rule(pattern=["yarn", "add"], decision="forbidden")
define_program(program="lint", args=[ARG_RFILES])
`;
const parsed = parseRules(RULES, "team.rules");
const LIST: Rules = parsed.ok ? parsed.rules : NO_RULES;

function words({ sandboxed, extra_write, network }: Permit): string {
  if (!sandboxed) return "outside";
  return ["inside", ...extra_write.map((path) => `write ${path}`), `network ${JSON.stringify(network)}`].join(", ");
}

function page(title: string, ruling: Ruling): string {
  const lines = [`  ${ruling.type}: ${ruling.reason}`];
  if (ruling.type !== "forbid") lines.push(`  ${words(ruling.permit)}`);
  if (ruling.type === "ask") {
    const [once, session, ...more] = ruling.choices;
    lines.push(`  ${once?.label}; ${session?.label}; ${more.map(({ decision }) => decision).join(", ")}`);
    for (const { rule, command } of more) if (rule ?? command) lines.push(`    ${(rule ?? command ?? "").trimEnd()}`);
  }
  return [title, ...lines].join("\n");
}

const wish = (want: Escalation["want"], target: string | null = null): Partial<Escalation> => ({ want, target });
const NET: Partial<Escalation> = wish("network", "example.com");
const EFFECTS: [string, Effect][] = [
  ["ls", commandOf("ls")],
  ["go test", commandOf("go test ./...")],
  ["go test, outside", commandOf("go test ./...", wish("full"))],
  ["go test, a directory", commandOf("go test ./...", wish("write", "/var/y"))],
  ["go test, no directory", commandOf("go test ./...", wish("write"))],
  ["go test, the network", commandOf("go test ./...", NET)],
  ["go test, the network, no host", commandOf("go test ./...", wish("network"))],
  ["words instead of a script", { ...commandOf("x"), argv: ["go", "test"], command: "go test" }],
  ["a patch", patchOf(`${CWD}/a`)],
  ["a patch outside", patchOf(`${CWD}/a`, "/etc/x")],
  ["a move out", { kind: "patch", cwd: CWD, changes: [{ path: `${CWD}/a`, kind: "update", move_path: "/etc/y" }] }],
  ["a tool that reads", mcp(true)],
  ["a tool that acts", mcp(false)],
];
const POLICIES: ApprovalPolicy[] = ["untrusted", "on-failure", "on-request", "never"];
const MODES: SandboxMode[] = ["read-only", "workspace-write", "danger-full-access", "external"];

test("effects under every policy and mode", async () => {
  const pages = EFFECTS.flatMap(([title, effect]) =>
    MODES.flatMap((mode) =>
      POLICIES.map((policy) => page(`${title} (${mode}, ${policy})`, decide(inputOf(effect, policy, mode)))),
    ),
  );
  await expectGolden(join(import.meta.dir, "fixtures", "rulings.txt"), `${pages.join("\n")}\n`);
});

test("rules, answers and refusals", async () => {
  const pages: string[] = [];
  const on = (
    title: string,
    effect: Effect,
    more: Partial<DecisionInput> = {},
    policy: ApprovalPolicy = "on-request",
  ) => pages.push(page(title, decide(inputOf(effect, policy, "workspace-write", { rules: LIST, ...more }))));
  for (const line of [
    "npm install x",
    "npm ci",
    "npm run build",
    "/usr/bin/npm ci",
    "./npm ci",
    "make all",
    "make all; npm install",
    "npm install; ls",
    "npm install; cat x",
    "npm install; nope",
    "npm install > log",
    "A=1 npm install",
    "cargo test",
    "docker run x",
    "docker $x",
    "$x",
    "yarn add x",
    "yarn",
    "lint a b",
    "lint $x",
    "lint -x",
    "bash -c 'npm ci'",
    "timeout 5 npm ci",
    "nohup npm ci",
    "f() { docker run; }; f",
    "f() { npm ci; }; f",
  ])
    on(line, commandOf(line));
  for (const want of [wish("full"), NET, wish("write", "/var/x/y"), wish("write", "/var/z")]) {
    for (const line of ["npm ci", "make all"]) on(`${line}, ${want.want} ${want.target}`, commandOf(line, want));
  }
  on("make, untrusted", commandOf("make all"), {}, "untrusted");
  on("make, never", commandOf("make all"), {}, "never");
  on("nope, never", commandOf("nope", wish("full")), {}, "never");
  const granular = { sandbox_approval: false, rules: false, mcp_elicitations: false, request_permissions: false };
  on("granular: outside", commandOf("nope", wish("full")), { granular });
  on("granular: network", commandOf("nope", NET), { granular });
  on("granular: rules", commandOf("cargo test"), { granular });
  on("granular: tools", mcp(false), { granular });
  on("granular: all", commandOf("nope", NET), { granular: { ...granular, request_permissions: true } });
  const foreign = (program: string) => (program === "npm" || program === "go" ? `${CWD}/bin/${program}` : null);
  on("a program of the project", commandOf("npm ci"), { foreign });
  on("a program of the project, in the sandbox", commandOf("go test"), { foreign });
  on("a program of the project, outside", commandOf("go test", wish("full")), { foreign });
  on("a program of the project, in a script", commandOf("bash -c 'ls; go test'", wish("full")), { foreign });
  const given = (permit: Permit, effect: Effect) => ({ session_grants: [{ effect, permit }] });
  on("answered for the session", commandOf("nope", NET), given({ ...AS_MODE, network: "full" }, commandOf("nope")));
  on("answered for the session, outside, foreign", commandOf("go test"), {
    foreign,
    ...given(OUTSIDE, commandOf("go test")),
  });
  on("answered for the session: files", patchOf("/etc/x"), given(OUTSIDE, patchOf("/etc/x", "/etc/y")));
  on("answered for the session: a tool", mcp(false), given(AS_MODE, mcp(false)));
  on("auto-edit", patchOf(`${CWD}/a`), { free_patches: true }, "untrusted");
  on("untrusted reads", commandOf("ls"), {}, "untrusted");

  const DENIALS: [string, Pick<Denial, "opens" | "explanation">][] = [
    ["a directory", { opens: { add_dir: "/var/q" }, explanation: "no writing to /var/q" }],
    ["the network", { opens: { network: "full" }, explanation: "no network." }],
    ["a host", { opens: { network: { hosts: ["a.example"] } }, explanation: "no network" }],
    ["nothing", { opens: null, explanation: "hidden" }],
  ];
  const HAD: [string, Permit][] = [
    ["as the mode", AS_MODE],
    ["with the directory", { ...AS_MODE, extra_write: ["/var/q"] }],
    ["with the network", { ...AS_MODE, network: "full" }],
    ["with a host", { ...AS_MODE, network: { hosts: ["b.example"] } }],
    ["outside", OUTSIDE],
  ];
  for (const [what, denial] of DENIALS) {
    for (const [how, had] of HAD) {
      const ended = inputOf(commandOf("nope"), "on-request", "workspace-write", { rules: LIST });
      pages.push(page(`refused: ${what}, ${how}`, decideAfterDenial(ended, denial, had)));
    }
  }
  const [, [, network] = ["", { opens: null, explanation: "" }]] = DENIALS;
  const refused = (title: string, effect: Effect, more: Partial<DecisionInput> = {}) =>
    pages.push(
      page(
        title,
        decideAfterDenial(inputOf(effect, "on-request", "workspace-write", { rules: LIST, ...more }), network, AS_MODE),
      ),
    );
  refused("refused: a rule lets it out", commandOf("npm ci"));
  refused("refused: a rule opens the network", commandOf("make all"));
  refused("refused: a rule, foreign", commandOf("npm ci"), { foreign });
  refused("refused: answered", commandOf("nope"), given(OUTSIDE, commandOf("nope")));
  refused("refused: answered, foreign", commandOf("go test"), { foreign, ...given(OUTSIDE, commandOf("go test")) });
  refused("refused: a patch", patchOf(`${CWD}/a`));
  await expectGolden(join(import.meta.dir, "fixtures", "rulings-more.txt"), `${pages.join("\n")}\n`);
});
