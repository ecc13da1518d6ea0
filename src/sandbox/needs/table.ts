// Which commands are known to need something of the world outside, and of what kind. What exactly is found out in needs.ts.

/** What a command needs: a remote repository, an agent that signs, a registry of packages, or the program that runs containers. */
export type NeedKind = "remote" | "signature" | "npm registry" | "python index" | "containers";

interface Row {
  programs: readonly string[];
  /** The first word that is no option; absent: any. */
  commands?: readonly string[];
  kind: NeedKind;
}

const words = (line: string) => line.split(" ");

const ROWS: readonly Row[] = [
  { programs: ["git"], commands: words("push fetch pull clone ls-remote"), kind: "remote" },
  { programs: ["git"], commands: words("commit tag merge rebase cherry-pick revert am push"), kind: "signature" },
  {
    programs: words("npm pnpm yarn bun"),
    commands: words("install i ci add update up upgrade outdated view info publish audit pack whoami ping"),
    kind: "npm registry",
  },
  { programs: words("pip pip3"), commands: words("install download wheel index"), kind: "python index" },
  { programs: ["uv"], commands: words("pip sync add lock"), kind: "python index" },
  { programs: words("docker docker-compose"), kind: "containers" },
];

/** What a command of these words needs: its kinds. `command`: the first word that is no option, or null. */
export function kindsOf(program: string, command: string | null): NeedKind[] {
  return ROWS.filter(
    ({ programs, commands }) => programs.includes(program) && (commands?.includes(command ?? "") ?? true),
  ).map(({ kind }) => kind);
}
