import { fstatSync, writeSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { freeBytes, readAll, SecretStream, Secrets } from "../base/index.ts";
import { holdsLongText, readable, SafeText, safeJson, safeJsonLine } from "../term/index.ts";
import { COMMIT, VERSION } from "../version.ts";
import type { Flags, Host } from "./contract.ts";

/** Writes all of it at once; false when the reader has gone. */
export function writeThrough(fd: number, bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") return false;
      if (code !== "EAGAIN") throw error;
      // A pipe that somebody made non-blocking and that is full: give its reader a moment.
      Bun.sleepSync(1);
    }
  }
  return true;
}

/** Bun ignores SIGPIPE, so that a reader that has gone has to be noticed here. `gone` is called once, at the next write. */
function writer(fd: number, gone: () => void): (text: string) => void {
  let open = true;
  return (text) => {
    if (!open) return;
    const bytes = Buffer.from(text, "utf8");
    open = writeThrough(fd, bytes);
    freeBytes(bytes);
    if (!open) gone();
  };
}

/** Most that is taken from standard input: far more than any prompt or patch has. */
const MAX_STDIN_BYTES = 64 * 1024 * 1024;

/** Every way of text out of the process. */
export function printers(
  out: (text: string) => void,
  err: (text: string) => void,
  stdout_is_tty: boolean,
): Pick<Host, "stdout" | "stderr" | "asked" | "control" | "controlError" | "data" | "json" | "secrets"> {
  const secrets = new Secrets();
  return {
    secrets,
    stdout: (text) => out(secrets.redact(String(SafeText.of(text)))),
    stderr: (text) => err(secrets.redact(String(SafeText.of(text)))),
    asked: (text) => out(String(SafeText.of(text))),
    control: out,
    controlError: err,
    data: (text) => out(stdout_is_tty ? readable(text) : text),
    json: (value, indent) => {
      if (indent === undefined && holdsLongText(value)) writeInPieces(value, secrets, out);
      else out(`${secrets.redact(safeJson(value, indent))}\n`);
    },
  };
}

/** One line of JSON. */
function writeInPieces(value: unknown, secrets: Secrets, out: (text: string) => void): void {
  const whole = new SecretStream(secrets);
  for (const text of safeJsonLine(value)) out(whole.push(text));
  out(whole.end());
}

/** MOAT_HOME, absolute; ~/.moat without it. */
function moatHome(env: NodeJS.ProcessEnv, cwd: string, home: string): string {
  const named = env.MOAT_HOME;
  if (!named) return join(home, ".moat");
  return isAbsolute(named) ? named : resolve(cwd, named);
}

/** Device number of /dev/null on Linux: major 1, minor 3. */
const NULL_DEVICE = 0x103;

/** node:tty costs 2.5 ms to load: only a character device that is not /dev/null is worth the question. */
function isTerminal(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    if (!stat.isCharacterDevice() || stat.rdev === NULL_DEVICE) return false;
  } catch {
    // The descriptor is closed.
    return false;
  }
  return process.getBuiltinModule("node:tty").isatty(fd);
}

/** From now on Ctrl-C is the front end's: it interrupts what runs and does not end the process. */
export function takeInterrupts(handler: () => void): void {
  process.removeAllListeners("SIGINT");
  process.on("SIGINT", handler);
}

/** Reads the process once: nothing below the command line looks at `process.env` or `process.cwd()`. */
export function createHost(): Host {
  const { env } = process;
  const cwd = process.cwd();
  const home = env.HOME || process.getBuiltinModule("node:os").homedir();
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      // The second Ctrl-C does not wait for anything.
      if (interrupt.signal.aborted) process.kill(process.pid, "SIGKILL");
      interrupt.abort(name);
    });
  }
  const stdout_is_tty = isTerminal(1);
  // Whoever read the results does not want more of them, as with the field's tools; nobody has to read the progress.
  const out = writer(1, () => interrupt.abort("SIGPIPE"));
  const err = writer(2, () => {});
  return {
    env: { ...env },
    program: process.execPath,
    setEnvironment: (values) => void Object.assign(env, values),
    cwd,
    home,
    moat_home: moatHome(env, cwd, home),
    version: VERSION,
    commit: COMMIT,
    stdin_is_tty: isTerminal(0),
    stdout_is_tty,
    stderr_is_tty: isTerminal(2),
    ...printers(out, err, stdout_is_tty),
    readStdin: (onFirst) => readAll(0, MAX_STDIN_BYTES, interrupt.signal, onFirst),
    closing: [],
    date: () => new Date(),
    random: Math.random,
    signal: interrupt.signal,
  };
}

/** The same process as if it had been started in the directory that `-C` names. */
export function inDirectory(host: Host, { cd }: Flags): Host {
  return typeof cd === "string" ? { ...host, cwd: resolve(host.cwd, cd) } : host;
}
