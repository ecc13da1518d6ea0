import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { tempProject } from "../testkit/index.ts";
import type { CapturePlan, Checkpoints, StoredCheckpoints, UndoOutcome, UndoTarget } from "./contract.ts";
import { readAttributes } from "./disk/attributes.ts";
import { type Inode, inodeAt } from "./disk/inode.ts";
import { fromPath } from "./format/byte-text.ts";
import { openCheckpoints } from "./live.ts";
import { JournalRecorder, type Keep } from "./record/recorder.ts";
import { touchPath } from "./record/touch.ts";
import { applyUndo, planRedo, planUndo } from "./stored.ts";

/** A command, as the launcher's recorder sees one: it keeps what a call is about to change, then the call happens. */
export class SimulatedCommand {
  readonly #plan: CapturePlan;
  readonly #recorder: JournalRecorder;
  readonly #born = new Set<string>();

  constructor(plan: CapturePlan, recorder = new JournalRecorder(plan.directory, plan, () => new Date())) {
    this.#plan = plan;
    this.#recorder = recorder;
  }

  /** Before a name or what it stands for changes. What was born in this command is not kept. */
  #before(path: string, keep: Keep | "name"): void {
    const parent = inodeAt(fromPath(fs.realpathSync(dirname(path))));
    if (!parent || this.#born.has(parent.id)) return;
    const inode = inodeAt(fromPath(path));
    if (inode && this.#born.has(inode.id)) return;
    touchPath(this.#recorder, this.#plan, path, keep);
  }

  #made(path: string): void {
    const inode: Inode | null = inodeAt(fromPath(path));
    if (inode) this.#born.add(inode.id);
  }

  write(link: string, content: string): void {
    const path = followed(link);
    const there = fs.existsSync(path);
    this.#before(path, "copy");
    fs.writeFileSync(path, content);
    if (!there) this.#made(path);
  }

  append(link: string, content: string): void {
    const path = followed(link);
    this.#before(path, "copy");
    fs.appendFileSync(path, content);
  }

  unlink(path: string): void {
    this.#before(path, "link");
    fs.unlinkSync(path);
  }

  rmdir(path: string): void {
    this.#before(path, "link");
    fs.rmdirSync(path);
  }

  /** rm -rf */
  removeAll(path: string): void {
    if (!fs.lstatSync(path).isDirectory()) {
      this.unlink(path);
      return;
    }
    for (const name of fs.readdirSync(path)) this.removeAll(join(path, name));
    this.rmdir(path);
  }

  rename(from: string, to: string): void {
    this.#before(from, "name");
    this.#before(to, "link");
    fs.renameSync(from, to);
  }

  mkdir(path: string): void {
    this.#before(path, "name");
    fs.mkdirSync(path);
    this.#made(path);
  }

  symlink(target: string, path: string): void {
    this.#before(path, "name");
    fs.symlinkSync(target, path);
    this.#made(path);
  }

  link(from: string, to: string): void {
    this.#before(to, "name");
    fs.linkSync(from, to);
  }

  chmod(link: string, mode: number): void {
    const path = followed(link);
    this.#before(path, "copy");
    fs.chmodSync(path, mode);
  }

  /** sed -i: a new file takes the old one's place. */
  replace(path: string, content: string): void {
    const beside = join(dirname(path), `.${basename(path)}.tmp`);
    this.write(beside, content);
    fs.chmodSync(beside, fs.statSync(path).mode & 0o7777);
    this.rename(beside, path);
  }

  end(): void {
    this.#recorder.end();
  }
}

/** What a call that follows links reaches. Throws where a link leads nowhere. */
function followed(path: string): string {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? fs.realpathSync(path) : path;
}

/** A workspace and a MOAT_HOME, with a thread whose turns change it. */
export interface Lab extends Disposable {
  root: string;
  home: string;
  stored: StoredCheckpoints;
  /** Opens the checkpoints anew, as the next process does. */
  open(): Promise<Checkpoints>;
  /** A turn of one command. */
  command(act: (command: SimulatedCommand, root: string) => void): Promise<void>;
  /** A turn of one patch: the paths that it touches, and what it does. */
  patch(paths: string[], act: () => void): Promise<void>;
  undo(target?: UndoTarget, force?: boolean): Promise<UndoOutcome>;
  redo(force?: boolean): Promise<UndoOutcome>;
}

export function openLab(files: Record<string, string> = {}): Lab {
  const project = tempProject();
  const [root, home] = [project.path("work"), project.path("home")];
  fs.mkdirSync(root);
  fs.mkdirSync(home);
  for (const [name, content] of Object.entries(files)) project.write(`work/${name}`, content);
  const stored = { threadId: "thread-1", moatHome: home, now: () => new Date() };
  const open = () => openCheckpoints({ ...stored, root, enabled: true });
  let turns = 0;
  const turn = async (act: (checkpoints: Checkpoints, call: string) => void) => {
    const checkpoints = await open();
    const number = turns++;
    checkpoints.begin(`turn-${number}`);
    act(checkpoints, `call-${number}`);
    await checkpoints.sealed(`call-${number}`);
    await checkpoints.close();
    await checkpoints.settle();
  };
  const apply = async (planned: Awaited<ReturnType<typeof planUndo>>, force: boolean) => {
    if (!planned.ok) throw new Error(planned.message);
    const outcome = await applyUndo(stored, planned.value, { force });
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value;
  };
  return {
    root,
    home,
    stored,
    open,
    command: (act) =>
      turn((checkpoints, call) => {
        const plan = checkpoints.capture(call, "command");
        if (!plan) throw new Error("no capture");
        const command = new SimulatedCommand(plan);
        act(command, root);
        command.end();
      }),
    patch: (paths, act) =>
      turn((checkpoints, call) => {
        checkpoints.touch(call, paths);
        act();
      }),
    undo: async (target = { turns: 1 }, force = false) => apply(await planUndo(stored, target, force), force),
    redo: async (force = false) => apply(await planRedo(stored, force), force),
    [Symbol.dispose]: () => project.remove(),
  };
}

/** A whole tree as lines: type, mode, owner, time (of what is no directory), content or target, and the names of one inode. */
export function picture(root: string): string[] {
  const groups = new Map<string, string>();
  const lines: string[] = [];
  const walk = (path: string, name: string) => {
    const stats = fs.lstatSync(path, { bigint: true });
    const facts = `${(Number(stats.mode) >>> 0).toString(8)} ${stats.uid}:${stats.gid}`;
    const attributes = JSON.stringify(readAttributes(fromPath(path)));
    if (stats.isDirectory()) {
      lines.push(`${name}/ ${facts} ${attributes}`);
      for (const each of namesOf(path)) walk(join(path, each), `${name}/${each}`);
      return;
    }
    const inode = `${stats.dev}.${stats.ino}`;
    const group = groups.get(inode) ?? name;
    groups.set(inode, group);
    const content = stats.isSymbolicLink() ? `→ ${fs.readlinkSync(path)}` : stats.isFile() ? bytesOf(path) : "";
    lines.push(`${name} ${facts} ${stats.mtimeNs} ${attributes} =${group} ${JSON.stringify(content)}`);
  };
  walk(root, "");
  return lines;
}

function namesOf(directory: string): string[] {
  return orElse(() => fs.readdirSync(directory).sort(), []);
}

const bytesOf = (path: string): string => orElse(() => fs.readFileSync(path, "latin1"), "closed");

/** What its owner may not read. */
function orElse<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
