import { coloursOf, themeFor } from "../../term/index.ts";
import { loadViews, type Markdown, markdownOf } from "../../view/index.ts";
import type { Host } from "../contract.ts";

/** Draws Markdown in the terminal's own sixteen colours: nobody has asked it for its background. `colour`: styles may be used. */
export async function terminalMarkdown(
  host: Host,
  columns: () => number,
  colour: "always" | "never" | "auto" = "auto",
): Promise<Markdown | null> {
  const known = coloursOf(host.env);
  const colours = colour === "never" ? "none" : colour === "always" && known === "none" ? "16" : known;
  const theme = themeFor("ansi", { dark: true, colours });
  return theme && markdownOf(await loadViews(), theme, columns);
}

/** Width of the terminal that a run prints on, by whichever of its two outputs is one. */
export function terminalColumns({ stdout_is_tty }: Host): number {
  return (stdout_is_tty ? process.stdout : process.stderr).columns ?? 80;
}
