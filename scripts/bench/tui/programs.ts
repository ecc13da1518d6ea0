import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { moat } from "../measure.ts";
import { type App, environmentOf, peersOf, prepared } from "../peers/agents.ts";
import type { PeerName } from "../peers/install.ts";

/** A program with a terminal interface that talks to a model server of ours. */
export interface Program extends Pick<App, "painted" | "ended"> {
  name: string;
  argv: string[];
  /** What is started where memory is measured: without a daemon beside it. */
  alone: string[];
  env: Record<string, string>;
}

/** What is measured, and where. */
export interface Setting {
  cwd: string;
  programs: Program[];
  runs: number;
  /** Is told each figure: its row, whose it is, and its values. */
  noted?: (row: string, name: string, values: readonly number[]) => void;
}

/** moat as it was built. */
export function moatPrograms(env: Record<string, string>): Program[] {
  const of = (name: string, command: string): Program => {
    const argv = [moat, command];
    return { name, argv, alone: argv, env, painted: /What shall be done/, ended: /word4999/ };
  };
  return [of("moat", "tui"), of("moat inline", "interactive")];
}

/** Those that have an app. */
const NAMES: readonly PeerName[] = ["codex", "codex020", "opencode", "pi", "claude"];

/** The peers that can be had, each with a home of its own below a directory, which holds its settings. */
export function peerPrograms(directory: string, project: string, url: string): Program[] {
  return peersOf(NAMES).flatMap((agent): Program[] => {
    const { app } = agent;
    if (!app) return [];
    const stage = { home: mkdtempSync(join(directory, "app-")), project, url };
    const env = environmentOf(agent, prepared(agent, stage, app));
    const argv = [...agent.program, ...app.args];
    return [{ ...app, name: agent.name, argv, alone: [...argv, ...(app.alone ?? [])], env }];
  });
}
