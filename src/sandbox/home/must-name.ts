import { dirname } from "node:path";
import { isWithin } from "../../base/index.ts";
import { HOME_STARTS } from "../protect.ts";

/**
 * Places where something is run or obeyed at the next start, beside those that are protected in a home directory: of `~/.config`, which is among
 * those as a whole, what is nothing else; what interpreters and build tools run by themselves.
 */
const MORE_STARTS = [
  ".config/autostart",
  ".config/environment.d",
  ".config/systemd",
  ".config/fish",
  ".config/git",
  ".config/nvim",
  ".config/plasma-workspace",
  ".local/lib",
  ".local/share/dbus-1",
  ".local/share/nvim",
  ".gradle/init.d",
  ".gradle/init.gradle",
  ".gradle/gradle.properties",
  ".ipython",
  ".julia/config",
  ".m2/extensions.xml",
  ".m2/settings.xml",
  ".sbt",
  ".vscode",
  ".vscode-server",
];

/** What of a leaf the judgement needs. */
interface Judged {
  path: string;
  /** It may be run. */
  runnable: boolean;
}

/**
 * Why a leaf of the layer is taken over only when a person names its place; null: that was done, or it needs none. A place is named by a path at or
 * beneath it: `~/.config/astro` names what lies in there and nothing else of `~/.config`. All paths relative to the home directory.
 * @param credentials places that are hidden from commands
 */
export function mustName(
  { path, runnable }: Judged,
  named: readonly string[],
  credentials: readonly string[],
): string | null {
  const open = (place: string) => named.some((one) => isWithin(one, place) && isWithin(path, one));
  const closed = (places: readonly string[]) => places.some((place) => isWithin(path, place) && !open(place));
  if (closed(credentials)) return "credentials are kept there";
  if (closed([...HOME_STARTS, ...MORE_STARTS])) return "programs run or obey it at their next start";
  const top = !path.includes("/");
  if (top && path.startsWith(".") && !open(path)) return "it is a settings file of a program";
  if (runnable && !open(top ? path : dirname(path))) return "it can be run";
  return null;
}
