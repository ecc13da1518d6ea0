// The two agents, each in its own sandbox with nothing but what it proposes itself.
import { join } from "node:path";
import { linesOf, NO_LOCAL_SERVERS } from "../../src/testkit/index.ts";
import type { Project } from "./list.ts";
import { type StepOutcome, startModel } from "./model.ts";

/** Where a project lies for one run. */
export interface Place {
  home: string;
  workspace: string;
  env: Record<string, string>;
}

/** How an agent came through a project. */
export interface Result {
  outcomes: StepOutcome[];
  /** What a person was asked, as what a yes would give. */
  questions: string[];
}

interface Line {
  type: string;
  request?: { call_id: string; opens?: { write: string[]; network: unknown }; sandbox: string };
}

/** moat, asked by a program that says yes to every question; nothing else is opened. */
export async function withMoat(project: Project, { workspace, env }: Place, binary: string): Promise<Result> {
  using model = await startModel(project.steps, { login: false, timeout_ms: 600_000 });
  const child = Bun.spawn([binary, "proto", "-s", "workspace-write", "-c", 'approval_policy="on-request"'], {
    cwd: workspace,
    env: { ...env, ...NO_LOCAL_SERVERS, OPENAI_BASE_URL: model.server.url, OPENAI_API_KEY: "sk-projects" },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "ignore",
  });
  const tell = (op: object) => child.stdin.write(`${JSON.stringify(op)}\n`);
  tell({ type: "user_turn", input: [{ type: "text", text: "install and test" }] });
  const questions: string[] = [];
  for await (const line of linesOf(child.stdout)) {
    const { type, request } = JSON.parse(line) as Line;
    if (type === "approval.requested" && request) {
      questions.push(asked(request));
      tell({ type: "approval", call_id: request.call_id, decision: { type: "approved" } });
    }
    if (type === "turn.completed" || type === "turn.failed") tell({ type: "shutdown" });
  }
  await child.exited;
  return { outcomes: model.outcomes, questions };
}

function asked({ opens, sandbox }: NonNullable<Line["request"]>): string {
  const network = opens?.network;
  const parts = [...(opens?.write ?? []).map((path) => `write ${path}`)];
  if (network) parts.push(typeof network === "object" ? `network ${JSON.stringify(network)}` : "network");
  return parts.length > 0 ? parts.join(" and ") : sandbox;
}

/** It starts nothing where its directory in /tmp was left with another mode: a run as root has a /tmp of its own. */
const APART = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o mode=1777 tmpfs /tmp; exec "$@"', "sh"];

/** codex exec, as it runs without anybody to ask; `network`: its sandbox is given the network beforehand. */
export async function withCodex(project: Project, place: Place, codex: string, network: boolean): Promise<Result> {
  using model = await startModel(project.steps, { yield_time_ms: 30_000 });
  const provider = `{name="x",base_url="${model.server.url}",wire_api="responses"}`;
  const settings = ["model=gpt-5.5", "model_provider=x", `model_providers.x=${provider}`];
  if (network) settings.push("sandbox_workspace_write.network_access=true");
  const flags = settings.flatMap((one) => ["-c", one]);
  const words = [codex, "exec", "--skip-git-repo-check", "-s", "workspace-write", ...flags, "install and test"];
  const child = Bun.spawn(process.getuid?.() === 0 ? [...APART, ...words] : words, {
    cwd: place.workspace,
    env: { ...place.env, CODEX_HOME: join(place.home, ".codex") },
    stdio: ["ignore", "ignore", "ignore"],
  });
  await child.exited;
  return { outcomes: model.outcomes, questions: [] };
}
