import type { AppControl, findCommand } from "../../app/index.ts";
import type { ReplScreen } from "./screen.ts";

type Called = NonNullable<ReturnType<typeof findCommand>>;

/** Our own commands, one at a time. */
export class Commands {
  readonly #screen: ReplScreen;
  readonly #control: (signal: AbortSignal) => AppControl;
  #abort: AbortController | null = null;

  constructor(screen: ReplScreen, control: (signal: AbortSignal) => AppControl) {
    this.#screen = screen;
    this.#control = control;
  }

  get running(): boolean {
    return this.#abort !== null;
  }

  abort(): void {
    this.#abort?.abort();
  }

  /** Does what was typed, or says why not. @param working a turn runs */
  async call(called: Called, working: boolean): Promise<void> {
    if ("unknown" in called) return this.#screen.line(`there is no command /${called.unknown}; /help lists them`);
    const { command, args } = called;
    if (working && !command.while_working)
      return this.#screen.line(`/${command.name} has to wait for the turn; Ctrl-C interrupts it`);
    this.#abort = new AbortController();
    try {
      await command.run(this.#control(this.#abort.signal), args);
    } catch (error) {
      this.#screen.line(`moat: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#abort = null;
  }
}
