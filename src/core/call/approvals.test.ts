// Every approval policy × every mode × every tool: what is asked, what runs in the real sandbox, and what is on disk then.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import type { ApprovalPolicy, ApprovalRequest, Decision, SandboxMode } from "../../protocol/index.ts";
import { call, callCustom, type Output, respond, say, tempProject } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

const POLICIES = ["untrusted", "on-failure", "on-request", "never"] as const satisfies ApprovalPolicy[];

const MODES: Record<string, { sandbox_mode: SandboxMode; free_patches: boolean }> = {
  "read-only": { sandbox_mode: "read-only", free_patches: false },
  "auto-edit": { sandbox_mode: "workspace-write", free_patches: true },
  "workspace-write": { sandbox_mode: "workspace-write", free_patches: false },
  full: { sandbox_mode: "danger-full-access", free_patches: false },
};

const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("pong 42") });
afterAll(() => server.stop(true));

/**
 * What is expected of a call. `runs`: without a question. `held`: it runs and the sandbox keeps it from its effect. `refused`:
 * neither run nor asked about. `asks …`: a question comes first, with what a yes gives; `again …`: it runs, the sandbox
 * refuses something, and then the question comes. Only a yes to every question lets the effect happen.
 */
type Expected = string;

interface Row {
  /** The call, which has its effect in a file of its own. `out` is a directory outside the workspace. */
  call(id: string, out: string): Output;
  /** For each mode, one for each policy. */
  expected: Record<keyof typeof MODES, [Expected, Expected, Expected, Expected]>;
  /** Whether it had its effect. */
  happened(where: { output: string; dir: string; out: string }): boolean;
}

/** A picture of one pixel. */
const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const command = (cmd: string, more: object = {}) => ({ cmd, login: false, ...more });
/** Node is on every machine that sets moat up; curl need not be. */
const fetching = (query = "") =>
  `node -e 'fetch("http://127.0.0.1:${server.port}/${query}").then((r) => r.text()).then((t) => console.log(t))'`;
const patchOf = (file: string) => `*** Begin Patch\n*** Add File: ${file}\n+x\n*** End Patch`;
const all = (one: Expected): Row["expected"][string] => [one, one, one, one];
const asksThen = (again: string): Row["expected"][string] => [`asks, ${again}`, again, again, "held"];
const wants = (grant: string, without = grant): Row["expected"][string] => [
  `asks ${grant}`,
  `again ${without}`,
  `asks ${grant}`,
  "refused",
];
const FULL: Row["expected"][string] = ["asks", "runs", "runs", "runs"];
const OUTSIDE: Row["expected"][string] = ["asks outside", "asks outside", "asks outside", "refused"];
const everywhere = (confined: Row["expected"][string]): Row["expected"] => ({
  "read-only": confined,
  "auto-edit": confined,
  "workspace-write": confined,
  full: FULL,
});

const ROWS: Record<string, Row> = {
  "a command that reads": {
    call: (id) => call("exec_command", command("cat known.txt"), id),
    expected: { ...everywhere(all("runs")), full: all("runs") },
    happened: ({ output }) => output.includes("known text"),
  },
  "a command that writes inside": {
    call: (id) => call("exec_command", command("echo x > inside.txt"), id),
    expected: { ...everywhere(["asks", "runs", "runs", "runs"]), "read-only": asksThen("again +write workspace") },
    happened: ({ dir }) => existsSync(`${dir}/inside.txt`),
  },
  "a command that writes outside": {
    call: (id, out) => call("exec_command", command(`touch ${out}/outside.txt`), id),
    expected: everywhere(asksThen("again +write out")),
    happened: ({ out }) => existsSync(`${out}/outside.txt`),
  },
  "a command that needs the network": {
    call: (id) => call("exec_command", command(fetching()), id),
    expected: everywhere(asksThen("again +network")),
    happened: ({ output }) => output.includes("pong 42"),
  },
  "a command that asks for a directory": {
    call: (id, out) =>
      call(
        "exec_command",
        command(`touch ${out}/asked.txt`, { sandbox_permissions: "with_write", permission_target: out }),
        id,
      ),
    expected: everywhere(wants("+write out")),
    happened: ({ out }) => existsSync(`${out}/asked.txt`),
  },
  "a command that asks for the network": {
    call: (id) => call("exec_command", command(fetching("?x"), { sandbox_permissions: "with_network" }), id),
    expected: everywhere(wants("+network")),
    happened: ({ output }) => output.includes("pong 42"),
  },
  "a command that asks to leave the sandbox": {
    call: (id, out) =>
      call("exec_command", command(`touch ${out}/left.txt`, { sandbox_permissions: "require_escalated" }), id),
    expected: everywhere(wants("outside", "+write out")),
    happened: ({ out }) => existsSync(`${out}/left.txt`),
  },
  "a patch inside": {
    call: (id) => callCustom("apply_patch", patchOf("patched.txt"), id),
    expected: {
      "read-only": OUTSIDE,
      "auto-edit": all("runs"),
      "workspace-write": ["asks", "runs", "runs", "runs"],
      full: FULL,
    },
    happened: ({ dir }) => existsSync(`${dir}/patched.txt`),
  },
  "a patch outside": {
    call: (id, out) => callCustom("apply_patch", patchOf(`${out}/patched.txt`), id),
    expected: everywhere(OUTSIDE),
    happened: ({ out }) => existsSync(`${out}/patched.txt`),
  },
  "a patch of a protected place": {
    call: (id) => callCustom("apply_patch", patchOf(".git/hooks/pre-commit"), id),
    expected: everywhere(OUTSIDE),
    happened: ({ dir }) => existsSync(`${dir}/.git/hooks/pre-commit`),
  },
  view_image: {
    call: (id) => call("view_image", { path: "dot.png" }, id),
    expected: { ...everywhere(all("runs")), full: all("runs") },
    happened: ({ output }) => JSON.stringify(output).includes("data:image/png;base64"),
  },
  update_plan: {
    call: (id) => call("update_plan", { plan: [{ step: "s", status: "pending" }] }, id),
    expected: { ...everywhere(all("runs")), full: all("runs") },
    happened: ({ output }) => output.includes("Plan updated"),
  },
};

/** A question as the table has it. */
function short({ sandbox, opens, denial, effect }: ApprovalRequest, names: Record<string, string>, mode: SandboxMode) {
  const outside = sandbox === "danger-full-access" && mode !== "danger-full-access";
  const grants = [
    ...(outside ? ["outside"] : []),
    ...(opens?.write ?? []).map((path) => `+write ${names[path] ?? path}`),
    ...(opens?.network ? ["+network"] : []),
  ];
  expect(denial !== null && effect.kind !== "command").toBe(false);
  return [denial === null ? "asks" : "again", ...grants].join(" ");
}

/** Plays every row of a column with the same answer to all questions. */
async function column(policy: ApprovalPolicy, mode: string, decision: Decision) {
  const settings = { approval_policy: policy, ...MODES[mode] };
  using out = tempProject();
  const calls = Object.values(ROWS).map((row, index) => respond(row.call(`call-${index}`, out.dir)));
  using set = await stage([...calls, respond(say("done"))], { settings });
  set.project.write("known.txt", "known text");
  set.project.write("dot.png", Buffer.from(DOT, "base64"));
  const names = { [out.dir]: "out", [set.project.dir]: "workspace" };
  const { asked, outputs, events } = await play(set, [turnOf("go")], () => decision);
  expect(events.at(-1)?.type).toBe("turn.completed");
  return Object.entries(ROWS).map(([name, row], index) => {
    const id = `call-${index}`;
    const output = outputs.get(id) ?? "";
    const questions = asked.filter((request) => request.call_id.split(":")[0] === id);
    const shown = questions.map((request) => short(request, names, set.thread.settings.sandbox_mode));
    return { name, shown, happened: row.happened({ output, dir: set.project.dir, out: out.dir }), output };
  });
}

describe.each(Object.keys(MODES))("%s", (mode) => {
  test.each([...POLICIES])("%s", async (policy) => {
    const at = POLICIES.indexOf(policy);
    const wanted = Object.entries(ROWS).map(([name, { expected }]) => ({ name, cell: expected[mode]?.[at] ?? "" }));
    const yes = await column(policy, mode, { type: "approved" });
    const no = await column(policy, mode, { type: "denied", reason: "not today" });
    expect(yes.map(({ name, shown, happened, output }) => ({ name, cell: cellOf(shown, happened, output) }))).toEqual(
      wanted,
    );
    for (const [index, { cell }] of wanted.entries()) {
      const { name, shown, happened, output } = no[index] ?? { name: "", shown: [], happened: true, output: "" };
      const first = cell.startsWith("asks") || cell.startsWith("again") ? [cell.split(",")[0] ?? ""] : [];
      expect({ name, shown, happened }).toEqual({ name, shown: first, happened: cell === "runs" });
      if (cell.startsWith("asks")) expect(output).toBe("not run: the user said no; the reason: not today");
    }
  });
});

function cellOf(shown: string[], happened: boolean, output: string): Expected {
  if (shown.length > 0) return happened ? shown.join(", ") : `${shown.join(", ")}, to no effect: ${output}`;
  if (happened) return "runs";
  return output.startsWith("not run: ") ? "refused" : "held";
}
