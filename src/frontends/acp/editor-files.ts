import type { AgentContext } from "@agentclientprotocol/sdk";
import { readRegular, textOf } from "../../base/index.ts";
import type { ThreadServices } from "../../core/index.ts";
import type { ClientSupport } from "./support.ts";

/** Bytes of a file that are compared: an editor holds no larger one as text. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

type Files = NonNullable<ThreadServices["open_files"]>;
type Saving = Awaited<ReturnType<Files["save"]>>;

/**
 * What is not saved in the editor, for patches: they change what is on the disk, and would run over it. It is saved by the editor
 * itself, in the way of each file. Commands see what is on the disk.
 */
export class EditorFiles implements Files {
  readonly #client: AgentContext;
  readonly #may_write: boolean;
  /** Known once the thread is. */
  session_id = "";

  constructor(client: AgentContext, { write_files }: ClientSupport) {
    this.#client = client;
    this.#may_write = write_files;
  }

  async save(paths: readonly string[], signal: AbortSignal): Promise<Saving> {
    let saved = false;
    for (const path of paths) {
      const text = await this.#unsaved(path, signal);
      if (text === null) continue;
      const refused = this.#may_write ? await this.#write(path, text, signal) : "the editor saves no files for moat";
      if (refused !== null)
        return {
          ok: false,
          message: `${path} has changes in the editor that are not saved, and ${refused}: save it first`,
        };
      saved = true;
    }
    return { ok: true, saved };
  }

  /** The text of a file in the editor, where it is another than on the disk. */
  async #unsaved(path: string, signal: AbortSignal): Promise<string | null> {
    const read = readRegular(path, MAX_FILE_BYTES);
    if (!read.ok) return null;
    const answer = await this.#client
      .request("fs/read_text_file", { sessionId: this.session_id, path }, cancelledBy(signal))
      // What the editor cannot read, it has not open.
      .catch(() => null);
    return answer === null || lines(answer.content) === lines(textOf(read.bytes)) ? null : answer.content;
  }

  async #write(path: string, content: string, signal: AbortSignal): Promise<string | null> {
    const sessionId = this.session_id;
    return this.#client.request("fs/write_text_file", { sessionId, path, content }, cancelledBy(signal)).then(
      () => null,
      (error) => `the editor could not save them (${error instanceof Error ? error.message : error})`,
    );
  }
}

const cancelledBy = (cancellationSignal: AbortSignal) => ({ cancellationSignal, stopWaitingOnCancel: true });

/** Editors hold text with one kind of line end, and without a mark at its start. */
const lines = (text: string) => text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
