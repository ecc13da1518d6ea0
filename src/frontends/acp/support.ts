import type { ClientCapabilities } from "@agentclientprotocol/sdk";

/** What the editor can do, as it said when the connection began. */
export interface ClientSupport {
  notices: boolean;
  compaction: boolean;
  /** Forms for `elicitation/create`. */
  forms: boolean;
  /** It gives the text of files, with what is not saved of them, and saves them. */
  read_files: boolean;
  write_files: boolean;
  /** It shows the output of commands that the agent runs as terminals: `_meta.terminal_output`, as Zed has it. */
  terminal_output: boolean;
  /** `moat acp login` can be started in a terminal. */
  terminal_auth: boolean;
}

/** Reads the capabilities; what is not named is not there. */
export function supportOf(capabilities: ClientCapabilities | undefined): ClientSupport {
  const { session, elicitation, auth, fs, _meta: more } = capabilities ?? {};
  return {
    notices: Boolean(session?.notices),
    compaction: Boolean(session?.compaction),
    forms: Boolean(elicitation?.form),
    read_files: fs?.readTextFile === true,
    write_files: fs?.writeTextFile === true,
    terminal_output: more?.terminal_output === true,
    terminal_auth: auth?.terminal === true,
  };
}
