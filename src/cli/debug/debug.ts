import { USAGE } from "../../base/index.ts";
import type { CommandRun } from "../contract.ts";

/** The platform on which each older name means its sandbox. */
const PLATFORMS: Record<string, { platform: NodeJS.Platform; name: string }> = {
  landlock: { platform: "linux", name: "Linux" },
  seatbelt: { platform: "darwin", name: "macOS" },
};

const NOT_STARTED = 125;

/** `moat debug prompt-input|models`, and `landlock|seatbelt [--full-auto] [--] COMMAND`, the older names of `moat sandbox`. */
export const run: CommandRun = async (call) => {
  const { args, rest, flags, host } = call;
  const [name = "", ...words] = args;
  if (name === "prompt-input") return (await import("./prompt-input.ts")).run({ ...call, args: words });
  if (name === "models") return (await import("./models.ts")).run({ ...call, args: words });
  const wanted = Object.hasOwn(PLATFORMS, name) ? PLATFORMS[name] : undefined;
  if (!wanted) {
    host.stderr(
      "moat: moat debug prompt-input [PROMPT] | models | landlock|seatbelt [--full-auto] -- COMMAND (the same as moat sandbox -- COMMAND)\n",
    );
    return USAGE;
  }
  if (process.platform !== wanted.platform) {
    host.stderr(`moat: ${name} is the sandbox of ${wanted.name}; the one of this system: moat sandbox -- COMMAND\n`);
    return NOT_STARTED;
  }
  const sandbox = await import("../sandbox/sandbox.ts");
  const { "full-auto": full_auto, ...others } = flags;
  const mode = full_auto === true ? { "workspace-write": true as const } : {};
  return sandbox.run({ args: [], rest: [...words, ...rest], flags: { ...others, ...mode }, host });
};
