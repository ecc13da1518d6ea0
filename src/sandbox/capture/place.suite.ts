// Where the tests of recording run their commands: as whom, in which tier, in a workspace with a capture.
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import launcher from "../../../dist/launcher.bin" with { type: "file" };
import { become, buildProgram } from "../../../native/attacks/world.ts";
import type { CaptureOrder, Sandbox, SandboxPolicy } from "../contract.ts";
import { env, policyFor, run, startCommand, startedBehind } from "../harness.suite.ts";
import { sandboxWith } from "../launch/launch.ts";
import { type ReadCapture, readCapture } from "./journal.suite.ts";

export const NOBODY = 65_534;

export interface CaptureSetting {
  tier: "ns" | "landlock" | "ns-only" | "none";
  uid: number;
  /** What the machine refuses (become.c). */
  filter?: string;
  /** Words before the launcher. */
  behind?: string[];
}

/** A workspace, a writable place where nothing is recorded, and a directory for the capture. */
export interface CapturePlace {
  uid: number;
  writable: string;
  inside: string;
  elsewhere: string;
  capture: CaptureOrder;
}

/** The launcher where every user can execute it. */
export class CaptureRange {
  readonly #base: string;
  readonly launcher: string;
  readonly #tools: { become: string };

  constructor(base: string) {
    this.#base = base;
    this.launcher = join(base, "moat-launch");
    chmodSync(base, 0o755);
    copyFileSync(launcher, this.launcher);
    chmodSync(this.launcher, 0o755);
    this.#tools = { become: buildProgram(base, "become") };
  }

  /** Whether this user can have the tier on this machine. */
  offers({ uid, tier, filter }: CaptureSetting): boolean {
    const { stdout } = Bun.spawnSync([...become(this.#tools, uid, filter), this.launcher, "--probe"]);
    const { abi, namespaces } = JSON.parse(stdout.toString());
    return tier === "none" || (tier === "ns-only" ? namespaces : abi > 0 && (tier !== "ns" || namespaces));
  }

  /** An empty one of the user's. */
  place(uid: number, order: Partial<CaptureOrder> = {}): CapturePlace {
    const root = mkdtempSync(join(this.#base, "c-"));
    const [writable, directory] = [join(root, "writable"), join(root, "capture")];
    const [inside, elsewhere] = [join(writable, "inside"), join(writable, "elsewhere")];
    for (const made of [writable, inside, elsewhere, directory]) mkdirSync(made);
    chmodSync(root, 0o755);
    chmodSync(directory, 0o700);
    const capture = { directory, roots: [inside], skip: [], fileCap: 64 << 20, totalCap: 1 << 30, ...order };
    const place = { uid, writable, inside, elsewhere, capture };
    this.own(place);
    return place;
  }

  /** Gives everything in it to its user. */
  own({ uid, writable }: CapturePlace): void {
    Bun.spawnSync(["chown", "-hR", `${uid}:${uid}`, join(writable, "..")]);
  }

  box({ tier, uid, filter, behind = [] }: CaptureSetting): Sandbox {
    const prefix = [...behind, ...become(this.#tools, uid, filter)];
    return startedBehind(prefix, sandboxWith(this.launcher, tier, join(this.#base, "quarantine")));
  }

  /** Starts a command whose changes are recorded. */
  start(setting: CaptureSetting, place: CapturePlace, argv: string[], more: Partial<SandboxPolicy> = {}) {
    return startCommand(this.box(setting), argv, capturePolicy(setting, place, more), place.inside, "separate");
  }

  /** The same, with a pipe to its stdin. */
  startWithInput(setting: CaptureSetting, place: CapturePlace, argv: string[]) {
    const launch = this.box(setting).launch(argv, capturePolicy(setting, place, {}), place.inside, env, "separate");
    const child = Bun.spawn(launch.argv, {
      env: launch.env,
      stdio: ["pipe", "pipe", "inherit", "pipe"],
      detached: true,
    });
    return { child, report: launch.confirm(child.stdio[3] as unknown as number) };
  }

  /** Runs it to its end. */
  async record(setting: CaptureSetting, place: CapturePlace, argv: string[], more: Partial<SandboxPolicy> = {}) {
    const ended = await run(this.box(setting), argv, capturePolicy(setting, place, more), place.inside);
    return { ...ended, read: readPlace(place) };
  }
}

export function readPlace({ capture, inside }: CapturePlace): ReadCapture {
  return readCapture(capture.directory, inside);
}

function capturePolicy({ tier }: CaptureSetting, place: CapturePlace, more: Partial<SandboxPolicy>): SandboxPolicy {
  const mode = tier === "none" ? "danger-full-access" : "workspace-write";
  return policyFor(place.inside, { mode, writable: [place.writable], capture: place.capture, ...more });
}
