import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { firstPicture } from "../../app/early.ts";
import { readRegular } from "../../base/index.ts";
import type { Curtain, Host } from "../contract.ts";

/** Bytes of a settings file that are looked at; a larger one is somebody's experiment. */
const MAX_BYTES = 256 * 1024;

/**
 * Shows the first picture where moat alone is going to be the fullscreen app, as far as that is to be seen at a glance. null: it is
 * not, or a person is going to be asked something first.
 */
async function raise({ env, cwd, moat_home, version, ...host }: Host): Promise<Curtain | null> {
  if (env.TERM === undefined || env.TERM === "dumb" || !host.stdin_is_tty || !host.stdout_is_tty) return null;
  const settings = ["config.toml", "trust.json"].map((name) => textOf(join(moat_home, name))).join("\n");
  const inline = /\bscreen\b[^\n]*inline/.test(settings);
  if (inline || !settings.includes(`"${folderOf(cwd)}"`)) return null;
  const state = { terminal: await firstPicture({ env, version, directory: cwd }).catch(() => null) };
  if (state.terminal === null) return null;
  const restore = () => state.terminal?.modes.restore();
  process.on("exit", restore);
  return {
    take() {
      const { terminal } = state;
      state.terminal = null;
      process.off("exit", restore);
      return terminal;
    },
    drop() {
      state.terminal?.screen("fullscreen").close([]);
      state.terminal?.close();
      state.terminal = null;
    },
  };
}

/** The process, behind the first picture where there is one. */
export async function behindCurtain(host: Host): Promise<Host> {
  const curtain = await raise(host);
  return curtain === null ? host : behind(host, curtain);
}

/** The process behind the curtain: whatever it says is said on the screen that the person had. */
function behind(host: Host, curtain: Curtain): Host {
  const { stdout, stderr, asked, control, data, json } = host;
  const first =
    <A extends unknown[]>(say: (...words: A) => void) =>
    (...words: A) => {
      curtain.drop();
      say(...words);
    };
  return {
    ...host,
    curtain,
    stdout: first(stdout),
    stderr: first(stderr),
    asked: first(asked),
    control: first(control),
    data: first(data),
    json: first(json),
  };
}

/** The repository around a directory, or the directory: what trust is about. */
function folderOf(cwd: string): string {
  for (let at = cwd; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return cwd;
  }
}

function textOf(file: string): string {
  const read = readRegular(file, MAX_BYTES);
  return read.ok ? read.bytes.toString("utf8") : "";
}
