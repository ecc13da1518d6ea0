import { sha256Of } from "../../base/index.ts";
import type { Config } from "../schema/schema.ts";
import { lineDiff } from "./line-diff.ts";
import { changeTrust, type FolderTrust, fileTrust, type TrustStore, trustedText } from "./store.ts";

/** A file that waits for an answer. */
export interface FileQuestion {
  path: string;
  state: "new" | "changed";
  /** SHA-256 of the bytes that would be trusted: the answer is stored for exactly these. null: they cannot be read. */
  sha256: string | null;
  /** The bytes, to show what changes later; null: too many to be kept. */
  bytes: Uint8Array | null;
  /**
   * Against the text that was trusted before; the whole text as additions when there was none. For what is no text, or too long
   * to be shown, a sentence that says so.
   */
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
export interface Subject extends NamedContent {
  /** Empty: it does nothing that needs trust, so nobody is asked. */
  asks: string[];
  /**
   * Files of the project that it would start. They are trusted with it and must not change without a question. Looked for
   * only when the file itself is trusted or asked about; every call gives the same ones.
   */
  programs(): readonly NamedContent[];
}

/** A file by its content. */
export interface NamedContent {
  path: string;
  /** Of its bytes; null when they cannot be read: then it is not trusted. */
  sha256: string | null;
  /** Its bytes, unless there are too many of them. They may be others by now: `sha256` decides. */
  read(): Uint8Array | null;
}

/** How a project stands. */
export interface ProjectTrust {
  folder: string;
  folder_trust: FolderTrust | null;
  /** Paths of the files that are used. */
  trusted_files: ReadonlySet<string>;
  /** The programs that those files start. */
  programs: readonly NamedContent[];
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
  const known = ({ path, sha256 }: NamedContent): boolean => fileTrust(store, path, sha256) === "trusted";
  return known(subject) && subject.programs().every(known);
}

function isRefused(store: TrustStore, { path, sha256 }: FileQuestion): boolean {
  return Object.hasOwn(store.refused, path) && store.refused[path] === sha256;
}

/** The file and its programs, as far as their content is not trusted yet. */
function questionsOf(store: TrustStore, subject: Subject): FileQuestion[] {
  const programs = subject.programs().map((program) => ({ ...program, asks: [`started by ${subject.path}`] }));
  return [subject, ...programs].flatMap(({ path, sha256, read, asks }) => {
    const state = fileTrust(store, path, sha256);
    return state === "trusted" ? [] : [{ path, state, asks, ...shown(store, { path, sha256, read }, state) }];
  });
}

/** The bytes that are shown are the ones that are trusted, or nothing of them is shown and nothing is trusted. */
function shown(
  store: TrustStore,
  { path, sha256, read }: NamedContent,
  state: "new" | "changed",
): Pick<FileQuestion, "sha256" | "bytes" | "diff"> {
  if (sha256 === null) return { sha256, bytes: null, diff: "It cannot be read, so nothing that starts it is used." };
  const bytes = read();
  if (bytes === null) return { sha256, bytes, diff: `It is too long to be shown. SHA-256 ${sha256}` };
  if (sha256Of(bytes) !== sha256) return { sha256: null, bytes: null, diff: "It changes while it is read." };
  const text = textOf(bytes);
  if (text === null) return { sha256, bytes, diff: `It is no text. ${bytes.length} bytes, SHA-256 ${sha256}` };
  return { sha256, bytes, diff: lineDiff(state === "changed" ? trustedText(store, path) : "", text) };
}

/** null for what a person could not read. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

/**
 * Remembers an answer. `trust`: the folder and exactly the shown contents. `refuse`: an unknown folder is untrusted from now on;
 * of a trusted one only the shown contents are refused. Neither is asked about again until a content changes.
 */
export function answerTrust(moat_home: string, question: TrustQuestion, answer: "trust" | "refuse"): TrustStore {
  const known = question.files.flatMap(({ path, sha256, bytes }) => (sha256 === null ? [] : [{ path, sha256, bytes }]));
  const files = Object.fromEntries(known.map(({ path, ...content }) => [path, content]));
  if (answer === "trust") return changeTrust(moat_home, { folders: { [question.folder]: "trusted" }, files });
  const refused = Object.fromEntries(known.map(({ path, sha256 }) => [path, sha256]));
  if (question.folder_trust === "trusted") return changeTrust(moat_home, { refused });
  return changeTrust(moat_home, { folders: { [question.folder]: "untrusted" } });
}
