import { join } from "node:path";
import { moat } from "../measure.ts";
import { installedPeer, type PeerName } from "../peers/install.ts";

/** A program with a terminal interface that talks to a model server of ours. */
export interface Program {
  name: string;
  argv: string[];
  /** The same without a daemon beside it, where it has one: what is measured is all there is, and lasts. */
  alone?: string[];
  env: Record<string, string>;
  /** What its first picture holds. */
  painted: RegExp;
  /** What it shows when a turn is over: what it writes of an answer may be cells that changed. */
  ended: RegExp;
}

/** moat as it was built. */
export function moatPrograms(env: Record<string, string>): Program[] {
  return [
    { name: "moat", argv: [moat, "tui"], env, painted: /What shall be done/, ended: /word4999/ },
    { name: "moat inline", argv: [moat, "interactive"], env, painted: /What shall be done/, ended: /word4999/ },
  ];
}

/** Installs the peers and writes their settings into the home of the bench. */
export async function peerPrograms(home: string, project: string, url: string): Promise<Program[]> {
  const env = { HOME: home, PATH: process.env.PATH ?? "", OPENAI_API_KEY: "sk-bench" };
  await Bun.write(
    join(home, ".codex", "config.toml"),
    `model = "gpt-6-sol"\nmodel_provider = "bench"\napproval_policy = "never"\nsandbox_mode = "danger-full-access"\ncheck_for_update_on_startup = false\n[model_providers.bench]\nname = "bench"\nbase_url = "${url}"\nenv_key = "OPENAI_API_KEY"\nwire_api = "responses"\n[projects."${project}"]\ntrust_level = "trusted"\n`,
  );
  const programs: [PeerName, (program: string) => Omit<Program, "name" | "env">][] = [
    [
      "codex",
      (program) => ({ argv: [program], alone: [program, "--no-daemon"], painted: /Ask Codex/, ended: /Worked for/ }),
    ],
    ["opencode", (program) => ({ argv: [program], painted: /ask|opencode/i, ended: /word4999/ })],
    // Its own program wants a newer Node than many machines have.
    ["pi", (program) => ({ argv: [process.execPath, program], painted: /escape interrupt/, ended: /word4999/ })],
  ];
  return programs.flatMap(([name, of]) => {
    const program = installedPeer(name);
    return program ? [{ name, env, ...of(program) }] : [];
  });
}
