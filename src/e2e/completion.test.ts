// Completion as a person has it: the scripts of the built binary in the shells that are here, which ask it for what it knows.
import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { respond, say } from "../testkit/index.ts";
import { onScreen } from "./app/on-screen.ts";
import { binary, type TestWorld, world } from "./harness.ts";

/** A home with a thread, a provider and a profile of its own, and moat on the PATH. */
async function used(): Promise<{ w: TestWorld; id: string; env: Record<string, string> }> {
  const w = await world([respond(say("ok"))], { "src/a": "", "srv.txt": "" });
  w.config('[model_providers.mine]\nname = "Mine"\nbase_url = "http://127.0.0.1:1/v1"\n');
  writeFileSync(join(w.moat_home, "fast.config.toml"), "");
  const ran = await w.moat(["exec", "--json", "fix the rounding"]);
  const { thread_id } = ran.events()[0] as unknown as { thread_id: string };
  const bin = join(w.home, "bin");
  mkdirSync(bin);
  symlinkSync(binary, join(bin, "moat"));
  return { w, id: thread_id, env: { ...w.env, PATH: `${bin}:${w.env.PATH}` } };
}

/** A line that ends where Tab is pressed, and what is offered or put there. */
const OFFERED: [line: string, offered: string][] = [
  ["moat exec --provider mi", "mine"],
  ["moat exec -m claude-h", "claude-haiku"],
  ["moat config get tool_out", "tool_output_token_limit"],
  ["moat -c tool_out", "tool_output_token_limit="],
  ["moat -p fa", "fast"],
  ["moat -C sr", "src"],
  ["moat exec -C sr", "src"],
  ["moat threads sho", "show"],
];

async function fish(line: string, w: TestWorld, env: Record<string, string>): Promise<string> {
  const script = `moat completion fish | source; complete -C '${line}'`;
  const child = Bun.spawn(["fish", "--no-config", "-c", script], { cwd: w.project.dir, env, stderr: "pipe" });
  expect(await new Response(child.stderr).text()).toBe("");
  return new Response(child.stdout).text();
}

async function bash(line: string, w: TestWorld, env: Record<string, string>): Promise<string> {
  const words = line.split(" ");
  const script = `source <(moat completion bash); COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _moat; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const child = Bun.spawn(["bash", "--norc", "-c", script], { cwd: w.project.dir, env, stderr: "pipe" });
  expect(await new Response(child.stderr).text()).toBe("");
  return new Response(child.stdout).text();
}

describe.each([
  ["bash", bash],
  ["fish", fish],
] as const)("%s", (shell, offers) => {
  test.skipIf(Bun.which(shell) === null)(
    "offers threads, providers, models, keys, profiles and directories",
    async () => {
      const { w, id, env } = await used();
      await using _ = w;
      for (const [line, offered] of OFFERED) expect(await offers(line, w, env)).toContain(offered);
      expect(await offers("moat -C sr", w, env)).not.toContain("srv.txt");
      for (const line of ["moat resume ", "moat exec resume ", "moat threads show ", "moat fork "]) {
        const said = await offers(line, w, env);
        expect(said).toContain(id);
        if (shell === "fish") expect(said).toContain(`${id}\tfix the rounding`);
      }
      if (shell === "fish") expect(await offers("moat exec re", w, env)).toContain("resume\tGo on with a thread");
    },
  );
});

test.skipIf(Bun.which("zsh") === null)("zsh offers the same, with what each is", async () => {
  const { w, id, env } = await used();
  await using _ = w;
  writeFileSync(
    join(w.home, ".zshrc"),
    "autoload -Uz compinit; compinit -u -D; source <(moat completion zsh); PS1='READY%% '\n",
  );
  // A shell for each line: what is typed at one that is about to print may be lost.
  const offers = async (line: string, offered: string | RegExp) => {
    await using t = onScreen(w, [], { command: ["zsh", "-d", "-i"], env: { ...env, ZDOTDIR: w.home } });
    await t.shows("READY%");
    t.type(`${line}\t`);
    await t.shows(offered);
  };
  for (const [line, offered] of OFFERED) await offers(line, offered === "src" ? "-C src" : offered);
  await offers("moat resume ", id);
  await offers("moat exec re", /resume +-- Go on with a thread/);
});

test("`completion list` says what it knows without asking a server; what it does not know is a usage error", async () => {
  const { w } = await used();
  await using _ = w;
  const before = w.server.requests.length;
  expect((await w.moat(["completion", "list", "providers"])).stdout).toStartWith("mine\tMine\n");
  const bad = await w.moat(["completion", "list", "everything"]);
  expect([bad.exit, bad.stdout]).toEqual([2, ""]);
  expect(w.server.requests).toHaveLength(before);
});
