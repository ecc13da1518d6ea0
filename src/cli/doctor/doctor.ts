import { FAILED } from "../../base/index.ts";
import { type Printable, SafeText, type Style, safe, styleFor, visibleLine } from "../../term/index.ts";
import type { CommandRun, Flags, Host } from "../contract.ts";
import { checksOf, type DoctorCheck, GROUPS } from "./check.ts";
import { sandboxChecks } from "./sandbox.ts";

/**
 * `moat doctor`: looks at everything that a thread needs, and says of each problem what to do. Sends nothing without
 * --network, and starts no MCP server and no program of the configuration. Exit code 1 when there is a problem.
 */
export const run: CommandRun = async ({ flags, host }) => {
  const checks = await examine(host, flags);
  const sound = checks.every(({ status }) => status !== "problem");
  const shown = checks.filter(({ status }) => flags.all || status !== "detail");
  if (flags.json) host.json({ ok: sound, version: host.version, checks: shown }, 2);
  else host.stdout(report(shown, flags.summary === true, styleFor("auto", host.stdout_is_tty, host.env)));
  return sound ? 0 : FAILED;
};

async function examine(host: Host, flags: Flags): Promise<DoctorCheck[]> {
  // The launcher looks at the machine while everything else is loaded and read.
  const sandbox = sandboxChecks(host);
  const { configChecks, environmentChecks, modelChecks } = await import("./config.ts");
  const { diskChecks, installChecks, projectChecks, terminalChecks } = await import("./system.ts");
  const { checks, loaded } = await configChecks(host, flags);
  return [
    ...installChecks(host, process.execPath),
    ...checks,
    ...(loaded === null ? [] : await (await import("./servers.ts")).serverChecks(loaded, host)),
    ...(loaded === null ? [] : await modelChecks(loaded, host)),
    ...(await sandbox),
    ...(await projectChecks(host, loaded)),
    ...terminalChecks(host, host.stdout_is_tty ? process.stdout.columns : undefined),
    ...(await diskChecks(host)),
    ...environmentChecks(host),
    ...(flags.network ? await networkChecks(host, flags) : []),
  ];
}

async function networkChecks(host: Host, flags: Flags): Promise<DoctorCheck[]> {
  const { checkNetwork } = await import("./network-check.ts");
  const { ok, note, problem } = checksOf("network");
  return (await checkNetwork(host, flags)).map(({ name, ok: good, what, remedy }) => {
    if (good === false) return problem(name, what, remedy);
    return remedy === null ? ok(name, what) : note(name, what, remedy);
  });
}

/** The report for people. `summary`: one line a group, and the problems. */
export function report(checks: DoctorCheck[], summary: boolean, style: Style): SafeText {
  const signs = { ok: "ok", detail: "  ", note: style.yellow("!!"), problem: style.red("XX") };
  const width = Math.max(...checks.map(({ name }) => name.length));
  const line = ({ status, name, what }: DoctorCheck) =>
    safe`  ${signs[status]}  ${name.padEnd(width)}  ${visibleLine(what)}`;
  const fix = ({ remedy }: DoctorCheck) =>
    remedy === null ? [] : [safe`      ${" ".repeat(width)}  -> ${visibleLine(remedy)}`];
  const groups = GROUPS.map((group) => ({ group, own: checks.filter((check) => check.group === group) })).filter(
    ({ own }) => own.length > 0,
  );
  const lines = groups.flatMap(({ group, own }): Printable[] => {
    if (!summary) return [style.bold(group), ...own.flatMap((check) => [line(check), ...fix(check)]), ""];
    const open = own.filter(({ remedy }) => remedy !== null);
    return [`${group.padEnd(14)} ${worst(own)}`, ...open.flatMap((check) => [line(check), ...fix(check)])];
  });
  return SafeText.join([...lines, verdict(checks), ""], "\n");
}

function worst(checks: DoctorCheck[]): string {
  if (checks.some(({ status }) => status === "problem")) return "problem";
  return checks.some(({ status }) => status === "note") ? "note" : "ok";
}

function verdict(checks: DoctorCheck[]): string {
  const count = (wanted: DoctorCheck["status"]) => checks.filter(({ status }) => status === wanted).length;
  const [problems, notes] = [count("problem"), count("note")];
  if (problems === 0) return notes === 0 ? "Everything is in order." : `No problem; ${notes} note(s) above (!!).`;
  return `${problems} problem(s) above (XX), each with what to do (->).`;
}
