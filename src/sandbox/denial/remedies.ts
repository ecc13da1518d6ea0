// What makes a tool do without the place that it was refused, said where that place cannot be granted by name.
import { join } from "node:path";
import { isWithin } from "../../base/index.ts";

/** Places beneath the home directory, the narrower before the wider; each remedy was tried (`./scripts/test toolchains`). */
const REMEDIES: [place: string, remedy: string][] = [
  [".erlang.cookie", "with -setcookie NAME Erlang needs no such file"],
  [".m2", "MAVEN_OPTS=-Dmaven.repo.local=/tmp/m2 gives Maven another one"],
  [".prettierd", "XDG_RUNTIME_DIR=/tmp gives prettierd another one"],
  [".cache/pre-commit", "PRE_COMMIT_HOME=/tmp/pre-commit gives pre-commit another one"],
  [".config/libreoffice", "-env:UserInstallation=file:///tmp/office gives LibreOffice another one"],
  [".config/astro", "ASTRO_TELEMETRY_DISABLED=1 makes astro do without"],
  [".config", "XDG_CONFIG_HOME=/tmp/config gives most tools another one, without your settings"],
  [".local/share", "XDG_DATA_HOME=/tmp/data gives most tools another one"],
  [".local/lib", "a virtual environment in the workspace (python3 -m venv) takes Python's packages"],
];

/** The remedy for a path, as a sentence with a space before it; empty where none is known. */
export function remedyFor(path: string, home: string): string {
  const found = REMEDIES.find(([place]) => isWithin(path, join(home, place)));
  return found ? ` Without it: ${found[1]}.` : "";
}
