import { resolve } from "node:path";
import { createNamed, type NamedFile } from "../base/index.ts";
import type { Refusal } from "../open/index.ts";
import type { Host } from "./contract.ts";

/**
 * Opens what a flag names for writing, for its owner alone; what is still to be written when the command ends is waited for.
 * @param written resolves when whoever writes has handed in everything
 */
export async function openOutput(
  flag: string,
  name: string,
  host: Host,
  written: () => Promise<unknown> = async () => {},
): Promise<{ ok: true; file: NamedFile } | Refusal> {
  const made = await createNamed(resolve(host.cwd, name), 0o600, host.signal);
  if (!made.ok) return { ok: false, message: `${flag} ${name}: ${made.why}`, exit: made.exit };
  host.closing.push(async () => {
    await written();
    const problem = await made.file.close();
    if (problem !== null) host.stderr(`moat: ${flag} ${name} is not complete: ${problem}\n`);
  });
  return made;
}
