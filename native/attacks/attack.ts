import type { SandboxPolicy } from "../../src/sandbox/contract.ts";
import type { World } from "./world.ts";

/** Unix sockets of a program outside; what reaches them is in the world's file `heard`. */
export interface SocketServer {
  /** Directory of the world where the program is when it binds. */
  at: string;
  /** As it is bound: relative to `at`, or absolute. With a count, `NAME0` to `NAMEn`. */
  name: string | ((world: World) => string);
  count?: number;
  type?: "stream" | "datagram" | "packet";
  /** The program goes elsewhere when it has bound them. */
  leaves?: true;
  /** What happens to them then. */
  afterwards?(world: World): void;
}

/**
 * Something that a command must not be able to do. It is tried without the sandbox first: where it does not succeed there, it
 * is not applicable. Whether it succeeded is judged from outside, by what it changed, reached or brought out.
 */
export interface Attack {
  name: string;
  /** Shell script, run in the workspace. Its variables are in `World.env`; `$A` is the program of attack.c. */
  script: string;
  /** What the policy has beyond "the workspace is writable". */
  policy?(world: World): Partial<SandboxPolicy>;
  /** Makes what is attacked. */
  prepare?(world: World): void;
  /** A process outside that is attacked: its number is `$VICTIM`. A closed one cannot be looked into by its own user. */
  victim?: true | "closed";
  /** A program outside that listens on unix sockets: `prepare` runs before it starts. */
  server?: SocketServer;
  /** What somebody outside does while the attack runs. */
  meanwhile?(world: World): Promise<void>;
  /** By default: the program of attack.c says that it got through. */
  succeeded?(world: World, output: string): boolean | Promise<boolean>;
  /** Undoes what a successful attack did to the machine. */
  undo?(world: World): void;
  /** Why the landlock tier does not stop it: declared in native/README.md or in the report. */
  landlock_open?: string;
  /** Why mounts without Landlock do not stop it. */
  ns_only_open?: string;
}
