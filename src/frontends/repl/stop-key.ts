import { PASTE_MARKS } from "../../term/index.ts";

/**
 * Ctrl-Z: gives the terminal back as it was, stops the process, and takes the terminal again after `fg`. Nobody may read it
 * meanwhile: reading from the background fails at once, again and again. `back`: the terminal is ours again.
 */
export function stopProcess(control: (sequence: string) => void, back: () => void): void {
  const { stdin } = process;
  control(`${PASTE_MARKS.off}\r\n`);
  stdin.pause();
  stdin.setRawMode(false);
  process.once("SIGCONT", () => {
    stdin.setRawMode(true);
    stdin.resume();
    control(PASTE_MARKS.on);
    back();
  });
  process.kill(process.pid, "SIGTSTP");
}
