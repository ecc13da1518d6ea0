// What hooks say to a call: whether a person is asked, and what is asked then.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import type { HookInput, HookVerdict } from "../../config/index.ts";
import type { ApprovalPolicy, Decision } from "../../protocol/index.ts";
import { call, respond, say } from "../../testkit/index.ts";
import { play, SILENT, stage, turnOf } from "../harness.suite.ts";

type Event = HookInput["hook_event_name"];

/** One call of a command that makes a file, with what hooks of these events say. */
async function heard(
  says: Partial<Record<Event, Partial<HookVerdict>>>,
  { policy = "on-request" as ApprovalPolicy, more = {}, answer = { type: "approved" } as Decision } = {},
) {
  const told: HookInput[] = [];
  const fire = async (input: HookInput) => {
    told.push(input);
    return { ...SILENT, ...says[input.hook_event_name] };
  };
  const one = call("exec_command", { cmd: "touch made", login: false, ...more }, "c");
  using s = await stage([respond(one), respond(say("ok"))], {
    settings: { approval_policy: policy },
    services: { hooks: { fire } },
  });
  const { asked, outputs, events } = await play(s, [turnOf("go")], () => answer);
  const [request] = asked;
  return {
    request: request && { reason: request.reason, choices: request.choices, sandbox: request.sandbox },
    made: existsSync(s.project.path("made")),
    output: outputs.get("c") ?? "",
    declined: events.some(
      (event) => event.type === "item.completed" && "status" in event.item && event.item.status === "declined",
    ),
    events: told.map(({ hook_event_name }) => hook_event_name),
  };
}
const pre = (verdict: Partial<HookVerdict>, more = {}) => heard({ PreToolUse: verdict }, more);

describe("before a call", () => {
  test("a hook that allows spares the question, and nothing else", async () => {
    const quiet = await pre({ permission: "allow" }, { policy: "untrusted" });
    expect([quiet.request, quiet.made]).toEqual([undefined, true]);
    const without = await pre({}, { policy: "untrusted" });
    expect([without.request?.reason.length !== 0, without.made]).toEqual([true, true]);
    // The sandbox stays as it is.
    const outside = await pre(
      { permission: "allow" },
      { more: { cmd: "touch ../made", sandbox_permissions: "require_escalated" }, answer: { type: "denied" } },
    );
    expect(outside.request?.reason).toStartWith("The sandbox allows no writing");
  });

  test("a hook that asks makes a question of what would just run", async () => {
    const { request, made } = await pre({ permission: "ask" });
    expect(request).toEqual({
      reason: "a hook asks you to decide",
      sandbox: "workspace-write",
      choices: [
        { decision: "approved", label: "Yes, once" },
        { decision: "denied", label: "No, and tell the model why" },
        { decision: "abort", label: "No, and stop here" },
      ],
    });
    expect(made).toBe(true);
    const no = await pre({ permission: "ask" }, { answer: { type: "denied" } });
    expect([no.made, no.declined, no.output]).toEqual([false, true, "not run: the user said no"]);
  });

  test("a question that is asked anyway stays as it is, and says what the hook says", async () => {
    const { request } = await pre({ permission: "ask", reason: "the port is taken" }, { policy: "untrusted" });
    expect(request?.choices.map(({ decision }) => decision)).toContain("edited");
    expect(request?.reason).toEndWith("; a hook asks you to decide: the port is taken");
    const other = await pre({ permission: "ask", reason: "the port is taken" });
    expect(other.request?.reason).toBe("a hook asks you to decide: the port is taken");
  });

  test("where nobody is asked, asking is a no", async () => {
    const { request, made, output } = await pre({ permission: "ask" }, { policy: "never" });
    expect([request, made, output]).toEqual([
      undefined,
      false,
      "not run: a hook wants a person to decide, and nobody can be asked here",
    ]);
    const why = await pre({ permission: "ask", reason: "the port is taken" }, { policy: "never" });
    expect(why.output).toBe(
      "not run: a hook wants a person to decide, and nobody can be asked here: the port is taken",
    );
  });

  test("a hook that denies is a no, whatever the policy", async () => {
    const { request, made, output, declined, events } = await pre({ permission: "deny", reason: "not that" });
    expect([request, made, output, declined]).toEqual([undefined, false, expect.stringContaining("not that"), true]);
    expect(events).not.toContain("PostToolUse");
  });

  test("a hook may put other arguments in the place of the model's; what cannot be run then is not", async () => {
    const other = await pre({ updated_input: { command: "touch other" } });
    expect([other.made, other.output]).toEqual([false, expect.stringContaining("Process exited with code 0")]);
    const none = await pre({ updated_input: { command: " " } });
    expect([none.made, none.output]).toEqual([
      false,
      "not run: a hook changed it into something that cannot be run: cmd is empty: give the command to run",
    ]);
    const patch = "apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: made\n+x\n*** End Patch\nEOF";
    const delegated = await pre({ updated_input: { command: patch } });
    expect([delegated.made, delegated.output]).toEqual([
      false,
      "not run: a hook changed it into something that cannot be run: it is a call of apply_patch now",
    ]);
  });
});

describe("in the place of a person", () => {
  const instead = (permission: "allow" | "deny" | "ask" | null, more = {}) =>
    heard({ PermissionRequest: { permission, reason: "the rule" } }, { policy: "untrusted", ...more });

  test("a hook may answer with yes or no", async () => {
    const yes = await instead("allow");
    expect([yes.request, yes.made]).toEqual([undefined, true]);
    const no = await instead("deny");
    expect([no.request, no.made, no.output]).toEqual([undefined, false, expect.stringContaining("the rule")]);
  });

  test("or leave it to the person", async () => {
    for (const permission of ["ask", null] as const) {
      const { request, made } = await instead(permission);
      expect([request === undefined, made]).toEqual([false, true]);
    }
  });

  test("and the disk is looked at once more behind its yes", async () => {
    let make: () => void = () => {};
    const fire = async ({ hook_event_name }: HookInput): Promise<HookVerdict> => {
      if (hook_event_name !== "PermissionRequest") return SILENT;
      make();
      return { ...SILENT, permission: "allow" };
    };
    const one = call("exec_command", { cmd: "touch .cursor/x", login: false }, "c");
    using s = await stage([respond(one), respond(say("ok"))], {
      settings: { approval_policy: "untrusted" },
      services: { hooks: { fire } },
    });
    make = () => mkdirSync(s.project.path(".cursor"), { recursive: true });
    const { events } = await play(s, [turnOf("go")], () => ({ type: "denied" }));
    expect(events.filter(({ type }) => type === "sandbox.denied").length).toBeGreaterThan(0);
  });

  test("but is not asked where there is no question", async () => {
    const { events } = await heard({ PermissionRequest: { permission: "deny" } });
    expect(events).not.toContain("PermissionRequest");
  });
});
