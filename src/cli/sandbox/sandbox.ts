import { constants } from "node:os";
import { join, resolve } from "node:path";
import { USAGE } from "../../base/index.ts";
import { homeWroteText, type SandboxReport } from "../../protocol/index.ts";
import type { GuardFinding, Launch } from "../../sandbox/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { type SandboxOptions, sandboxOptions } from "./options.ts";
import { type Overheard, overheard, passOn } from "./overhear.ts";
import { type SandboxSettings, sandboxSettings } from "./policy.ts";

/** The command was not started: the code of env(1) and its kind. */
const NOT_STARTED = 125;

/**
 * `moat sandbox [FLAGS] -- COMMAND`: runs a command confined as the agent's are, with the caller's terminal.
 * `moat sandbox doctor`: attacks the sandbox and shows what held.
 */
export const run: CommandRun = async ({ args, rest, flags, host }) => {
  if (args[0] === "doctor" && args.length === 1 && rest.length === 0) {
    const { runDoctor } = await import("./doctor.ts");
    return runDoctor(host, flags.json === true);
  }
  if (args[0] === "home" && rest.length === 0) {
    const { runHome } = await import("./home/home.ts");
    return runHome(host, args.slice(1), flags);
  }
  const read = sandboxOptions(args, rest, flags);
  if (!read.ok) return fail(host, read.message, USAGE);
  const { options } = read;
  const cwd = resolve(host.cwd, options.cd ?? ".");
  const resolved = await sandboxSettings(host, options, cwd);
  if (!resolved.ok) return fail(host, resolved.message, NOT_STARTED);
  for (const note of resolved.notes) host.stderr(`moat: ${note}\n`);
  const { SandboxError } = await import("../../sandbox/index.ts");
  try {
    return await confine(host, options, resolved, cwd);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return fail(host, error.message, NOT_STARTED);
  }
};

async function confine(host: Host, options: SandboxOptions, settings: SandboxSettings, cwd: string): Promise<number> {
  const sandboxes = await import("../../sandbox/index.ts");
  const { commandEnvironment, forCommand, KnownRepositories, HomeWrites, memoryStruck, openSandbox } = sandboxes;
  const sandbox = await openSandbox({ cache_dir: join(host.home, ".cache", "moat", "bin") });
  const base = commandEnvironment({
    env: host.env,
    policy: settings.shell_environment_policy,
    provider_key_names: settings.provider_key_names,
    holdsKey: settings.holdsKey,
    thread_id: null,
    network: settings.policy.net,
    tier: sandbox.tier,
    display: "terminal",
    caches: settings.caches,
  });
  const known = new KnownRepositories();
  for (const directory of [cwd, ...settings.policy.writable]) known.learn(directory);
  const { policy, env } = forCommand(options.command, cwd, settings.policy, base, known, options.git);
  const writes = new HomeWrites();
  if (policy.layer) writes.begin(policy.layer);
  const heard = overheard(host.stderr_is_tty);
  const launch = sandbox.launch(options.command, policy, cwd, env, heard === "both" ? "merged" : "separate");
  const { exit_code, report, output } = await execute(launch, cwd, host.signal, heard);
  const findings = await launch.finish();
  for (const finding of findings) host.stderr(`moat: ${findingText(finding)}\n`);
  const wrote = policy.layer && report.home === "layer" ? writes.news(policy.layer) : [];
  if (wrote.length > 0) host.stderr(`moat: ${homeWroteText(wrote)}\n`);
  if (!host.signal.aborted) {
    const command = options.command.join(" ");
    const { denialText, droppedNames, explainDenial, hostDenials, needsOf, outsideOf } = sandboxes;
    const dropped = () => droppedNames({ env: host.env, policy: settings.shell_environment_policy }, env);
    const needs = () => needsOf(options.command, cwd, outsideOf(host.home, { ...host.env, ...env }));
    const ended = { policy, report, exit_code, output, command, cwd, home: host.home, dropped, needs };
    const denial = explainDenial(ended);
    // Those of the proxy are known for sure, and each is told.
    const hosts = hostDenials(launch.refused(), cwd);
    for (const one of denial ? [...hosts, denial] : hosts) host.stderr(`moat: ${denialText(one)}\n`);
    const struck = memoryStruck({ limit: policy.memory_limit, report, spent: await launch.spent(), exit_code, output });
    if (struck) host.stderr(`moat: ${struck.text}\n`);
  }
  if (options.json) host.stderr(`${JSON.stringify({ exit_code, report, policy, findings })}\n`);
  return exit_code;
}

/** What the guard found, as a sentence. */
function findingText({ path, action, kept_at, why }: GuardFinding): string {
  const reason = why === undefined ? "" : `, because ${why}`;
  const kept = `${kept_at === null ? "" : `; what was there is kept as ${kept_at}`}${reason}`;
  switch (action) {
    case "restored":
      return `the protected ${path} was changed while the command ran: it was put back${kept}`;
    case "quarantined":
      return `the protected ${path} came into being while the command ran: it was moved to ${kept_at}`;
    case "reported":
      return `the protected ${path} was changed while the command ran: it was left, because that may have been you`;
  }
}

/**
 * Runs it with our own terminal, or passes on what is overheard, and waits. A signal to us goes on to the command; Ctrl-C reaches it
 * by itself.
 */
async function execute(
  launch: Launch,
  cwd: string,
  signal: AbortSignal,
  heard: Overheard,
): Promise<{ exit_code: number; report: SandboxReport; output: string }> {
  const [out, errors] = [heard === "both", heard === "errors"].map((piped) => (piped ? "pipe" : "inherit"));
  const child = Bun.spawn(launch.argv, { cwd, env: launch.env, stdio: ["inherit", out, errors, "pipe"] });
  const stream = child.stdout ?? child.stderr;
  const output = stream ? passOn(stream, heard === "both" ? 1 : 2, child.exited) : "";
  const pass = () => child.kill(signal.reason);
  if (signal.aborted) pass();
  else signal.addEventListener("abort", pass, { once: true });
  try {
    const report = await launch.confirm(child.stdio[3] as unknown as number);
    await child.exited;
    return { exit_code: exitCode(child), report, output: await output };
  } catch (error) {
    child.kill("SIGKILL");
    await child.exited;
    await launch.finish();
    throw error;
  } finally {
    signal.removeEventListener("abort", pass);
  }
}

/** The command's own, or 128 + the number of the signal that ended it. */
function exitCode(child: Bun.Subprocess): number {
  if (child.exitCode !== null) return child.exitCode;
  const number = child.signalCode ? constants.signals[child.signalCode as keyof typeof constants.signals] : 0;
  return 128 + number;
}
