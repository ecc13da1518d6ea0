import type * as Clack from "@clack/prompts";
import { visible, visibleLine } from "./visible.ts";

/** What a dialog's choice shows. */
interface Labelled {
  label?: string;
  hint?: string;
}

const shown = <O extends { message: string }>(options: O): O => ({ ...options, message: visible(options.message) });

const choices = <O extends Labelled>(list: readonly O[]): O[] =>
  list.map((option) => ({
    ...option,
    ...(option.label === undefined ? {} : { label: visibleLine(option.label) }),
    ...(option.hint === undefined ? {} : { hint: visibleLine(option.hint) }),
  }));

/**
 * The dialogs of a terminal, by the names of the library that draws them. It writes by itself, so this is the one door to it:
 * whatever it is given to show is made visible first. A text that starts a line (`initialValue`) is what the line then
 * holds: what was shown escaped is handed back as it was shown.
 */
export async function dialogs() {
  const clack = await import("@clack/prompts");
  return {
    isCancel: clack.isCancel,
    select: <V>(options: Clack.SelectOptions<V>) =>
      clack.select<V>({ ...shown(options), options: choices(options.options) as Clack.Option<V>[] }),
    autocomplete: <V>(options: Clack.AutocompleteOptions<V> & { options: Clack.Option<V>[] }) =>
      clack.autocomplete<V>({ ...shown(options), options: choices(options.options) as Clack.Option<V>[] }),
    text: (options: Clack.TextOptions) =>
      clack.text({ ...shown(options), initialValue: visible(options.initialValue ?? "") }),
    confirm: (options: Clack.ConfirmOptions) => clack.confirm(shown(options)),
    password: (options: Clack.PasswordOptions) => clack.password(shown(options)),
    spinner: clack.spinner,
    intro: (title: string) => clack.intro(visible(title)),
    outro: (title: string) => clack.outro(visible(title)),
  };
}
