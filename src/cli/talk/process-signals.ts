import type { AppOptions } from "../../app/index.ts";

/** What the process is told from outside, for the app. */
export function processSignals(): AppOptions["process"] {
  const on = (name: NodeJS.Signals, handler: () => void) => {
    process.on(name, handler);
    return () => void process.off(name, handler);
  };
  return {
    onResize: (handler) => on("SIGWINCH", handler),
    onContinue: (handler) => on("SIGCONT", handler),
    atExit(handler) {
      process.on("exit", handler);
      // An error that nobody expected is told on the screen that the person has.
      process.prependListener("uncaughtException", handler);
      process.prependListener("unhandledRejection", handler);
      return () => {
        process.off("exit", handler);
        process.off("uncaughtException", handler);
        process.off("unhandledRejection", handler);
      };
    },
    // The whole group, as the terminal does it: whatever started moat is stopped with it.
    stop: () => process.kill(0, "SIGTSTP"),
  };
}
