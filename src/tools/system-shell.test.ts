import { expect, test } from "bun:test";
import { execCommand } from "./exec-command.ts";
import { chooseShell } from "./system-shell.ts";

const installed: Record<string, string> = {
  "/bin/bash": "/usr/bin/bash",
  "/usr/bin/bash": "/usr/bin/bash",
  "/bin/sh": "/usr/bin/dash",
  "/usr/bin/zsh": "/etc/alternatives/../../usr/bin/zsh5",
  "/bin/dash": "/home/me/dash",
};
const real = (path: string) => installed[path] ?? null;

test.each([
  ["bash", "/bin/bash"],
  ["/usr/bin/bash", "/usr/bin/bash"],
  ["sh", "/bin/sh"],
  ["zsh", "/usr/bin/zsh"],
])("%s is %s", (wanted, shell) => expect(chooseShell(wanted, real)).toEqual({ ok: true, shell }));

test.each([
  "/ws/sh",
  "./sh",
  "bin/bash",
  "/bin/../ws/bash",
  "/usr/local/bin/bash",
  "python3",
  "/usr/bin/env",
  "bash -x",
  "dash",
  "BASH",
])("%s is refused", (wanted) => {
  const chosen = chooseShell(wanted, real);
  expect(chosen).toMatchObject({ ok: false });
  expect(chosen.ok === false && chosen.message).toContain("use bash, sh, zsh");
});

test("a call without a shell gets moat's, and one with another program is not a call", async () => {
  const call = (shell: string | null) => execCommand.parse(JSON.stringify({ cmd: "git fetch", shell }), "/ws");
  expect(await call(null)).toMatchObject({
    ok: true,
    args: { argv: [expect.stringMatching(/^\/bin\//), "-lc", "git fetch"] },
  });
  expect(await call("")).toMatchObject({ ok: true });
  expect(await call("/ws/sh")).toEqual({
    ok: false,
    message: expect.stringContaining('"/ws/sh" is not a shell of this system'),
  });
});
