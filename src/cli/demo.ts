import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openThread } from "../open/index.ts";
import { type Event, isOfChild } from "../protocol/index.ts";
import { safe, styleFor } from "../term/index.ts";
import { startModelServer } from "../testkit/index.ts";
import { LinePrinter } from "../view/index.ts";
import type { CommandRun } from "./contract.ts";
import { demoProject, demoScript } from "./demo-script.ts";

/** `moat demo`: the real agent loop repairs a small project, driven by a scripted model that this process serves itself. */
export const run: CommandRun = async ({ host }) => {
  const style = styleFor("auto", host.stdout_is_tty, host.env);
  const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-demo-")));
  const project = join(base, "project");
  const outside = join(base, "must-not-exist.txt");
  const server = await startModelServer(demoScript(outside));
  try {
    host.stdout(
      safe`${style.bold("moat demo")}: a scripted model on 127.0.0.1 (no key, no network); everything else is real.\n`,
    );
    await writeProject(project);
    // The demo leaves nothing behind, not even in moat's own home.
    const opened = await openThread(
      { ...host, moat_home: join(base, "home") },
      {
        cwd: project,
        preset: [
          'model="scripted"',
          'model_provider="demo"',
          `model_providers.demo={name="scripted model", base_url="${server.url}"}`,
          'sandbox_mode="workspace-write"',
          "sandbox_workspace_write.exclude_slash_tmp=true",
          "sandbox_workspace_write.exclude_tmpdir_env_var=true",
        ],
        own_policy: () => "never",
        ignore_user_config: true,
        ephemeral: true,
      },
    );
    if (!opened.ok) {
      host.stderr(`moat: ${opened.message}\n`);
      return opened.exit;
    }
    const { thread } = opened;
    const printer = new LinePrinter({ style, stream: true });
    const evidence: string[] = [];
    let completed = false;
    const task = "The test of this project fails. Find out why and repair it.";
    host.stdout(safe`\n${style.bold(`> ${task}`)}\n`);
    thread.submit({ type: "user_turn", input: [{ type: "text", text: task }] });
    for await (const event of thread.events) {
      host.stdout(printer.print(event));
      evidence.push(...evidenceOf(event));
      if (isOfChild(event, thread.thread_id)) continue;
      if (event.type === "turn.completed") completed = true;
      if (event.type === "turn.completed" || event.type === "turn.failed") thread.submit({ type: "shutdown" });
    }
    host.stdout(safe`\n${style.bold("What really happened")} (recorded by moat, not by the model):\n`);
    for (const line of evidence) host.stdout(`  ${line}\n`);
    return completed && evidence.at(-1)?.startsWith("exit 0") ? 0 : 1;
  } finally {
    server.stop();
    rmSync(base, { recursive: true, force: true });
  }
};

async function writeProject(dir: string): Promise<void> {
  for (const [name, text] of Object.entries(demoProject)) await Bun.write(join(dir, name), text);
}

/** What an event proves, as lines of the closing list. */
function evidenceOf(event: Event): string[] {
  if (event.type === "sandbox.denied") return [`refused by the sandbox: ${event.denial.target ?? event.denial.rule}`];
  if (event.type !== "item.completed") return [];
  const { item } = event;
  if (item.type === "command_execution") return [`exit ${item.exit_code}: ${item.command}`];
  if (item.type === "file_change") return item.changes.map(({ kind, path }) => `${item.status}: ${kind} ${path}`);
  return [];
}
