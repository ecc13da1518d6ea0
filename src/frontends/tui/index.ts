import { type AppOptions, runApp } from "../../app/index.ts";

/** The app on the alternate screen, with a scrolling of its own. Resolves to the exit code. */
export function runTui(options: Omit<AppOptions, "screen">): Promise<number> {
  return runApp({ ...options, screen: "fullscreen" });
}
