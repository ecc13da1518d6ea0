import type { Config } from "../schema/schema.ts";
import { lineDiff } from "./line-diff.ts";
import { changeTrust, type FolderTrust, fileTrust, sha256, type TrustStore, trustedText } from "./store.ts";

/** A file that waits for an answer. */
export interface FileQuestion {
  path: string;
  state: "new" | "changed";
  /** What would be trusted. The answer is stored for exactly this text. */
  text: string;
  /** Against the text that was trusted before; the whole text as additions when there was none. */
  diff: string;
  /** Settings and programs of it that need trust: dotted keys, `hooks.EVENT: COMMAND`. */
  asks: string[];
}

/** The one question about a project, as data: every front end that can ask shows it and answers with `answerTrust`. */
export interface TrustQuestion {
  /** Root of the project, absolute. */
  folder: string;
  /** null: never asked before. */
  folder_trust: FolderTrust | null;
  files: FileQuestion[];
}

/** A file that may need trust, and what it would do. */
export interface Subject {
  path: string;
  text: string;
  /** Empty: it does nothing that needs trust, so nobody is asked. */
  asks: string[];
  /**
   * Files of the project that it would start. They are trusted with it and must not change without a question. Looked for
   * only when the file itself is trusted or asked about; every call gives the same texts.
   */
  programs(): readonly Program[];
}

export interface Program {
  path: string;
  text: string;
}

/** How a project stands. */
export interface ProjectTrust {
  folder: string;
  folder_trust: FolderTrust | null;
  /** Paths of the files that are used. */
  trusted_files: ReadonlySet<string>;
  /** The programs that those files start. */
  programs: readonly Program[];
  /** What to ask; null when everything is answered. Compares texts, so it is made when a front end asks for it. */
  question(): TrustQuestion | null;
}

/**
 * Judges a project. A file is trusted by its content, and that of the programs it starts; trust in the folder alone widens the
 * default sandbox, but does not make a file that came with the last pull take effect. `everything`: use it all in this
 * process (`--trust`).
 */
export function judgeProject(
  folder: string,
  subjects: readonly Subject[],
  store: TrustStore,
  projects: Config["projects"],
  everything: boolean,
): ProjectTrust {
  const stored = Object.hasOwn(store.folders, folder) ? store.folders[folder] : undefined;
  const folder_trust = everything ? "trusted" : (stored ?? projects[folder]?.trust_level ?? null);
  const trusted = subjects.filter((s) => everything || (folder_trust !== "untrusted" && isTrusted(store, s)));
  return {
    folder,
    folder_trust,
    trusted_files: new Set(trusted.map((s) => s.path)),
    programs: trusted.flatMap((s) => s.programs()),
    question: () => {
      if (everything || folder_trust === "untrusted") return null;
      const open = subjects.filter((s) => s.asks.length > 0 && !trusted.includes(s));
      const files = new Map(open.flatMap((s) => questionsOf(store, s)).map((file) => [file.path, file]));
      const asked = [...files.values()].filter((file) => !isRefused(store, file));
      return folder_trust === null || asked.length > 0 ? { folder, folder_trust, files: asked } : null;
    },
  };
}

function isTrusted(store: TrustStore, subject: Subject): boolean {
  const known = ({ path, text }: Program): boolean => fileTrust(store, path, text) === "trusted";
  return known(subject) && subject.programs().every(known);
}

function isRefused(store: TrustStore, { path, text }: FileQuestion): boolean {
  return Object.hasOwn(store.refused, path) && store.refused[path] === sha256(text);
}

/** The file and its programs, as far as their content is not trusted yet. */
function questionsOf(store: TrustStore, subject: Subject): FileQuestion[] {
  const programs = subject.programs().map((program) => ({ ...program, asks: [`started by ${subject.path}`] }));
  return [subject, ...programs].flatMap(({ path, text, asks }) => {
    const state = fileTrust(store, path, text);
    if (state === "trusted") return [];
    const before = state === "changed" ? trustedText(store, path) : "";
    return [{ path, state, text, diff: lineDiff(before, text), asks }];
  });
}

/**
 * Remembers an answer. `trust`: the folder and exactly the shown texts. `refuse`: an unknown folder is untrusted from now on;
 * of a trusted one only the shown texts are refused. Neither is asked about again until a text changes.
 */
export function answerTrust(moat_home: string, question: TrustQuestion, answer: "trust" | "refuse"): TrustStore {
  const texts = Object.fromEntries(question.files.map((file) => [file.path, file.text]));
  if (answer === "trust") return changeTrust(moat_home, { folders: { [question.folder]: "trusted" }, files: texts });
  if (question.folder_trust === "trusted") return changeTrust(moat_home, { refused: texts });
  return changeTrust(moat_home, { folders: { [question.folder]: "untrusted" } });
}
