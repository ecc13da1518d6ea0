import { type AppOptions, runApp } from "../../app/index.ts";

/** The app on the main screen: what is finished is in the terminal's own scrollback. Resolves to the exit code. */
export function runInteractive(options: Omit<AppOptions, "screen">): Promise<number> {
  return runApp({ ...options, screen: "inline" });
}
