// What taking back a command costs that removed many files, beside `cp -a` of as many: what the file system alone needs.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, respond, say, startModelServer, tempProject } from "../../../src/testkit/index.ts";
import { type Cost, moat, once } from "../measure.ts";
import type { Curve } from "./curve.ts";

/** Files in a directory, as in a tree of packages. */
const IN_ONE = 100;
const CONTENT = "x".repeat(1000);

/** Writes a tree of so many small files. */
function fillTree(root: string, files: number): void {
  for (let made = 0; made < files; made += IN_ONE) {
    const directory = join(root, `d${Math.floor(made / IN_ONE / IN_ONE)}`, `d${made / IN_ONE}`);
    mkdirSync(directory, { recursive: true });
    for (let n = made; n < Math.min(files, made + IN_ONE); n++) writeFileSync(join(directory, `f${n}.txt`), CONTENT);
  }
}

/** CPU time in ms of the turn whose command removes, and the costs of `moat undo` and `cp -a`. */
interface UndoCost {
  command: number;
  undo: Cost;
  copy: Cost;
}

/** Removes so many files by a command of a turn, takes that back, and copies as many. */
async function undone(files: number): Promise<UndoCost> {
  using project = tempProject({ "a.txt": "a" }, { git: true });
  using home = tempProject();
  const tree = project.path("tree");
  fillTree(tree, files);
  const remove = respond(call("exec_command", { cmd: "rm -rf tree", login: false, yield_time_ms: 600_000 }));
  const server = await startModelServer((_, index) => (index === 0 ? remove : respond(say("ok"))));
  const env = { MOAT_HOME: home.path("moat"), OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-bench" };
  const here = { cwd: project.dir, env };
  try {
    const removed = await once([moat, "exec", "-s", "workspace-write", "hi"], here);
    if (existsSync(tree)) throw new Error("the command removed nothing");
    const undo = await once([moat, "undo", "--yes"], here);
    if (!existsSync(join(tree, "d0", "d0", "f0.txt"))) throw new Error("undo brought nothing back");
    const copy = await once(["cp", "-a", tree, project.path("copy")]);
    return { command: removed.cpu, undo, copy };
  } finally {
    server.stop();
    rmSync(project.path("copy"), { recursive: true, force: true });
  }
}

const FILES = [1000, 10_000, 50_000];

/** The curves of an undo. */
export async function undoCurves(): Promise<Curve[]> {
  const costs: UndoCost[] = [];
  for (const files of FILES) costs.push(await undone(files));
  const of = { of: "files removed", sizes: FILES };
  const ms = { ...of, unit: "ms", shape: "linear" as const };
  return [
    { what: "a command that removes them, recorded: CPU", ...ms, values: costs.map(({ command }) => command) },
    { what: "undo of it: CPU", ...ms, values: costs.map(({ undo }) => undo.cpu) },
    { what: "cp -a of as many: CPU", ...of, unit: "ms", values: costs.map(({ copy }) => copy.cpu) },
    { what: "undo of it: peak RSS", ...of, unit: "MB", shape: "linear", values: costs.map(({ undo }) => undo.rss) },
  ];
}
