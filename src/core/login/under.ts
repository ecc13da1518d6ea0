import type { SandboxPolicy } from "../../sandbox/index.ts";
import { type CommandRequest, commandShell } from "../../tools/index.ts";
import { type Emitter, showError } from "../emitter.ts";
import type { Part } from "../state.ts";
import type { LaidLogin, LoginThread } from "./login-shells.ts";

type LoggedIn = Emitter & Part<"login" | "settings" | "services" | "permissions" | "thread_id" | "sandbox">;

/** What is laid under a command in the place of its login profile; null: nothing is. */
export async function loginUnder(
  state: LoggedIn,
  policy: SandboxPolicy,
  { argv, login }: Pick<CommandRequest, "argv" | "login">,
  signal: AbortSignal | null,
): Promise<LaidLogin | null> {
  if (login !== "once" || !state.settings.login_shell.once) return null;
  return state.login.under(loginThread(state), argv, policy, signal);
}

/** Begins to read the profile that a command will need, while the model still writes the command. */
export function expectCommand(state: LoggedIn): void {
  if (state.settings.login_shell.once) state.login.begin(loginThread(state), commandShell());
}

function loginThread(state: LoggedIn): LoginThread {
  const { settings, services } = state;
  return {
    cwd: settings.cwd,
    mode: settings.sandbox_mode,
    home: services.env.HOME ?? services.home,
    env: services.env,
    files: settings.login_shell.files,
    take: async (shell, dialect) => (await import("./take.ts")).takeState(state, shell, dialect),
    tell: (message) => showError(state, message),
  };
}
