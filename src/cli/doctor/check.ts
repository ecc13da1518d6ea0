/** One thing that the doctor looked at. */
export interface DoctorCheck {
  group: Group;
  name: string;
  /** `detail`: worth knowing only with --all. */
  status: "ok" | "note" | "problem" | "detail";
  /** What was found; never a key, never a password. */
  what: string;
  /** What to do about a problem or a note; null where nothing has to be done. */
  remedy: string | null;
}

/** Parts of the report, in the order in which they are shown. */
export const GROUPS = [
  "install",
  "configuration",
  "model",
  "sandbox",
  "project",
  "terminal",
  "disk",
  "environment",
  "network",
] as const;
export type Group = (typeof GROUPS)[number];

/** Makes the checks of one group. */
export function checksOf(group: Group) {
  const make =
    (status: DoctorCheck["status"]) =>
    (name: string, what: string, remedy: string | null = null): DoctorCheck => ({ group, name, status, what, remedy });
  return { ok: make("ok"), note: make("note"), detail: make("detail"), problem: make("problem") };
}
