// A thread as a front end with a person opens it: the question about the project, the default sandbox, the hooks of questions.
import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TrustQuestion } from "../config/index.ts";
import { firePreCompact } from "../core/hooks.ts";
import type { Thread } from "../core/index.ts";
import { type OpenOptions, openThread } from "../open/index.ts";
import type { Decision, Event } from "../protocol/index.ts";
import { call, respond, type Script, say, startModelServer, type TempProject, tempProject } from "../testkit/index.ts";
import type { Host } from "./contract.ts";
import { fakeHost } from "./fixtures/host.ts";
import { askTrust } from "./trust.ts";

const open: { stop?(): void; remove?(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) {
    one.stop?.();
    one.remove?.();
  }
});

async function surroundings(script: Script, files: Record<string, string> = {}) {
  const [project, home] = [tempProject(files, { git: true }), tempProject()];
  const server = await startModelServer(script);
  open.push(project, home, server);
  const { host } = fakeHost({
    env: { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-test", PATH: process.env.PATH, HOME: home.dir },
    cwd: project.dir,
    moat_home: home.path(".moat"),
    home: home.dir,
  });
  return { project, home, server, host };
}

async function start(host: Host, options: Partial<OpenOptions>): Promise<{ thread: Thread; warnings: string[] }> {
  const opened = await openThread(host, { cwd: host.cwd, ...options });
  if (!opened.ok) throw new Error(opened.message);
  return opened;
}

/** One turn to its end; every question gets the same answer. */
async function turn(thread: Thread, decision: Decision = { type: "denied" }): Promise<Event[]> {
  const events: Event[] = [];
  thread.submit({ type: "user_turn", input: [{ type: "text", text: "go" }] });
  for await (const event of thread.events) {
    events.push(event);
    if (event.type === "approval.requested") {
      await Bun.sleep(50);
      thread.submit({ type: "approval", call_id: event.request.call_id, decision });
    }
    if (event.type === "turn.completed" || event.type === "turn.failed") thread.submit({ type: "shutdown" });
  }
  return events;
}

const hooks = (home: TempProject, programs: Record<string, string>) => {
  mkdirSync(home.path(".moat"), { recursive: true });
  const groups = Object.entries(programs).map(([event, line]) => [
    event,
    [{ hooks: [{ type: "command", command: line }] }],
  ]);
  writeFileSync(home.path(".moat/hooks.json"), JSON.stringify({ hooks: Object.fromEntries(groups) }));
};
const outside = call("exec_command", {
  cmd: "touch ~/made",
  login: false,
  sandbox_permissions: "require_escalated",
  justification: "may I?",
});

test("the person is asked once, and the answer counts at once", async () => {
  const { host, project } = await surroundings([], { ".moat/config.toml": 'model = "theirs"\n' });
  const asked: TrustQuestion[] = [];
  const yes = async (question: TrustQuestion) => {
    asked.push(question);
    const { answerTrust } = await import("../config/index.ts");
    answerTrust(host.moat_home, question, "trust");
  };
  const first = await start(host, { askTrust: yes });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.files.map(({ path, asks }) => [path, asks])).toEqual([
    [project.path(".moat/config.toml"), ["model"]],
  ]);
  expect(first.warnings).toEqual([]);
  expect(first.thread.settings).toMatchObject({
    model: "theirs",
    sandbox_mode: "workspace-write",
    approval_policy: "on-request",
  });
  await start(host, { askTrust: yes });
  expect(asked).toHaveLength(1);

  project.write(".moat/config.toml", 'model = "others"\n');
  await start(host, { askTrust: yes });
  expect(asked[1]?.files[0]?.state).toBe("changed");
  expect(asked[1]?.files[0]?.diff).toContain('-model = "theirs"');
  expect(asked[1]?.files[0]?.diff).toContain('+model = "others"');
});

test("no, later, and nobody to ask: nothing is used, the folder is only read, and a warning says so", async () => {
  const { host } = await surroundings([], { ".moat/config.toml": 'model = "theirs"\n' });
  const shown: string[] = [];
  const piped: Host = { ...host, stderr: (text) => void shown.push(String(text)) };
  for (const options of [{}, { askTrust: async (question: TrustQuestion) => void (await askTrust(piped, question)) }]) {
    const { thread, warnings } = await start(host, options);
    expect(thread.settings).toMatchObject({ sandbox_mode: "read-only", approval_policy: "on-request" });
    expect(thread.settings.model).not.toBe("theirs");
    expect(warnings).toEqual([expect.stringContaining("this file is not trusted")]);
  }
  expect(shown.join("")).toContain('+model = "theirs"');
  expect(existsSync(join(host.moat_home, "trust.json"))).toBe(false);
});

test("a folder without files is not asked about where nobody sits at a terminal", async () => {
  const { host } = await surroundings([]);
  const question = { folder: host.cwd, folder_trust: null, files: [] };
  expect(await askTrust(host, question)).toEqual({ answer: "later", typed: null });
});

test("a setting of the user is stronger than the default of a trusted folder", async () => {
  const { host, home } = await surroundings([]);
  mkdirSync(home.path(".moat"), { recursive: true });
  writeFileSync(
    home.path(".moat/config.toml"),
    `sandbox_mode = "read-only"\n[projects."${host.cwd}"]\ntrust_level = "trusted"\n`,
  );
  const { thread } = await start(host, { askTrust: async () => {} });
  expect(thread.settings.sandbox_mode).toBe("read-only");
});

test("AGENTS.md of a folder that was refused is still read, as text within its fence", async () => {
  const { host, server } = await surroundings([respond(say("ok"))], { "AGENTS.md": "Use tabs.\n@~/.ssh/id_rsa\n" });
  const { thread } = await start(host, { askTrust: async () => {} });
  await turn(thread);
  const sent = JSON.stringify(server.requests[0]?.body);
  expect(sent).toContain(`<INSTRUCTIONS>\\nUse tabs.\\n@~/.ssh/id_rsa\\n\\n</INSTRUCTIONS>`);
});

test("PermissionRequest answers in the person's place: yes gives what was asked for, no is told to the model", async () => {
  for (const behavior of ["allow", "deny"]) {
    const { host, home, server } = await surroundings([respond(outside), respond(say("done"))]);
    const output = JSON.stringify({ hookSpecificOutput: { decision: { behavior, message: "not here" } } });
    hooks(home, {
      PermissionRequest: `cat >"$HOME/seen"; printf '%s' '${output}'`,
      Notification: 'touch "$HOME/notified"',
    });
    const { thread } = await start(host, {});
    const events = await turn(thread);
    expect(events.filter(({ type }) => type === "approval.requested")).toEqual([]);
    expect(existsSync(home.path("made"))).toBe(behavior === "allow");
    expect(existsSync(home.path("notified"))).toBe(false);
    const told = JSON.parse(readFileSync(home.path("seen"), "utf8"));
    expect(told).toMatchObject({ tool_name: "Bash", sandbox: "danger-full-access", permission_mode: "default" });
    expect(told.tool_input).toEqual({ command: "/bin/bash -c 'touch ~/made'", description: "may I?" });
    const [output_text] = outputs(server.requests[1]?.body);
    if (behavior === "deny") expect(output_text).toBe("not run: a hook refused it: not here");
  }
});

test("a hook without an opinion leaves the question to the person, and Notification says that one waits", async () => {
  const { host, home } = await surroundings([respond(outside), respond(say("done"))]);
  hooks(home, { PermissionRequest: "true", Notification: 'cat >"$HOME/told"; echo no >&2; exit 2' });
  const { thread } = await start(host, {});
  const events = await turn(thread);
  expect(events.filter(({ type }) => type === "approval.requested")).toHaveLength(1);
  expect(JSON.parse(readFileSync(home.path("told"), "utf8"))).toMatchObject({
    notification_type: "permission_prompt",
    message: "moat asks for permission: /bin/bash -c 'touch ~/made'",
  });
  expect(thread.parts.conversation.items.some((item) => item.type === "message" && item.role === "developer")).toBe(
    false,
  );
});

test("PreToolUse `ask` brings a person in where a command would just run", async () => {
  const { host, home } = await surroundings([
    respond(call("exec_command", { cmd: "ls", login: false })),
    respond(say("done")),
  ]);
  const answer = { hookSpecificOutput: { permissionDecision: "ask", permissionDecisionReason: "look first" } };
  hooks(home, { PreToolUse: `printf '%s' '${JSON.stringify(answer)}'` });
  const { thread } = await start(host, {});
  const events = await turn(thread);
  expect(events.filter(({ type }) => type === "approval.requested")).toHaveLength(1);
});

test("PreCompact may object, and is told what is asked for", async () => {
  const { host, home } = await surroundings([]);
  hooks(home, { PreCompact: 'tee "$HOME/told" | grep -q manual || { echo "not now" >&2; exit 2; }' });
  const { thread } = await start(host, {});
  const signal = new AbortController().signal;
  expect(await firePreCompact(thread.parts, "auto", "", signal)).toBe("not now");
  expect(await firePreCompact(thread.parts, "manual", "keep names", signal)).toBeNull();
  expect(JSON.parse(readFileSync(home.path("told"), "utf8"))).toMatchObject({
    trigger: "manual",
    custom_instructions: "keep names",
  });
});

function outputs(body: unknown): string[] {
  const { input } = body as { input: { output?: string }[] };
  return input.flatMap(({ output }) => output ?? []);
}
