import type { Host } from "./contract.ts";

/** Opens a file in $VISUAL or $EDITOR, on this terminal, and waits for it. */
export async function runEditor(host: Host, file: string): Promise<{ ok: true } | { ok: false; message: string }> {
  const editor = host.env.VISUAL || host.env.EDITOR;
  if (!editor) return { ok: false, message: "no editor is set. Set VISUAL or EDITOR" };
  const [{ safePath }, { usualReach }] = await Promise.all([import("../sandbox/index.ts"), import("../open/index.ts")]);
  // An editor of this name may lie in the project.
  const PATH = safePath(host.env.PATH ?? "", await usualReach(host));
  const child = Bun.spawn(["/bin/sh", "-c", `${editor} "$1"`, "sh", file], {
    cwd: host.cwd,
    env: { ...host.env, PATH },
    stdio: ["inherit", "inherit", "inherit"],
  });
  const code = await child.exited;
  return code === 0 ? { ok: true } : { ok: false, message: `the editor ended with ${code}, so nothing was changed` };
}
