import { join } from "node:path";
import { FAILED, signalExit, USAGE } from "../../base/index.ts";
import type { Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { takeInterrupts } from "../host.ts";
import { openBroker } from "./broker.ts";
import { parseEndPoint } from "./end-point.ts";

/** No network of its own can be made here: the exit code of whatever cannot be confined. */
const NO_SANDBOX = 6;

/** First word of the program that runs inside; people have no use for it. */
export const INSIDE = "--offline-inside";

/**
 * `moat --offline-except URL …`: runs the rest of the command line in a network namespace without a way out, beside a broker that
 * reaches the one end point. Refuses where that cannot be had.
 */
export async function runOffline(words: string[], host: Host): Promise<number> {
  const [url = "", ...rest] = words;
  const end_point = parseEndPoint(url);
  if (end_point === null)
    return fail(host, `--offline-except needs an address, as in --offline-except https://api.example exec "…"`, USAGE);
  const { offlineCommand, SandboxError } = await import("../../sandbox/index.ts");
  try {
    const inside = [host.program, INSIDE];
    using broker = await openBroker(end_point);
    const command = await offlineCommand(join(host.home, ".cache", "moat", "bin"), [
      ...inside,
      broker.path,
      url,
      ...rest,
    ]);
    const exit = await follow(command, host);
    // Whatever ended before it greeted never ran: the launcher has said why.
    return broker.met ? exit : fail(host, "no network of its own can be made here, so nothing was started", NO_SANDBOX);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return fail(host, `${error.message}; nothing was started`, NO_SANDBOX);
  }
}

/** Runs it to its end on this terminal, and hands signals on that the terminal does not send by itself. */
async function follow(command: string[], host: Host): Promise<number> {
  const env = Object.entries(host.env).filter(([name]) => !name.startsWith("BUN_"));
  const child = Bun.spawn(command, {
    cwd: host.cwd,
    env: Object.fromEntries(env),
    stdio: ["inherit", "inherit", "inherit"],
  });
  // Ctrl-C reaches the program inside from the terminal, as often as it is typed: what it means is known there.
  takeInterrupts(() => {
    if (!host.stdin_is_tty) child.kill("SIGINT");
  });
  const hand_on = () => child.kill(host.signal.reason === "SIGHUP" ? "SIGHUP" : "SIGTERM");
  host.signal.addEventListener("abort", hand_on, { once: true });
  await child.exited;
  host.signal.removeEventListener("abort", hand_on);
  return child.exitCode ?? signalExit(child.signalCode) ?? FAILED;
}

/** The same program again, inside: `[SOCKET, URL, …]`. The rest of the command line is run as ever. */
export async function runInside([path = "", url = "", ...rest]: string[], createHost: () => Host): Promise<number> {
  const end_point = parseEndPoint(url);
  if (end_point === null) return USAGE;
  const { openInside } = await import("./inside.ts");
  await openInside(path, end_point, process.env);
  const { runCli } = await import("../run.ts");
  return runCli(rest, createHost());
}
