import { boolean, either, fileName, integer, leaf, list, named, oneOf, path, pattern, section, text } from "./type.ts";

/** AGENTS.md budget of one thread, in bytes: the peer's number (design/contract.md §7). */
const PROJECT_DOC_MAX_BYTES = 32_768;

/** What a thread is told about its project, what is kept, and what a person sees. */
export const surfaceKeys = {
  project_doc_max_bytes: leaf(integer(0), {
    fallback: PROJECT_DOC_MAX_BYTES,
    about: "Bytes of AGENTS.md files of a project that the model gets; 0: none.",
  }),
  project_doc_fallback_filenames: leaf(list(fileName()), {
    fallback: ["CLAUDE.md", "GEMINI.md"],
    about: "Files that are read in a directory that has no AGENTS.md, first match.",
    project: "always",
  }),
  project_root_markers: leaf(list(fileName()), {
    fallback: [".git"],
    about: "Files or directories that mark the root of a project.",
    project: "never",
  }),
  include_environment_context: leaf(boolean(), {
    fallback: true,
    about: "Tell the model about directory, shell, date and sandbox.",
    used: false,
  }),
  include_permissions_instructions: leaf(boolean(), {
    fallback: true,
    about: "Explain sandbox and approvals to the model.",
    used: false,
  }),
  history: section("The list of prompts that were typed.", {
    persistence: leaf(oneOf("save-all", "none"), {
      fallback: "save-all",
      about: "Keep prompts or not.",
      project: "never",
    }),
    max_bytes: leaf(integer(1), { fallback: null, about: "Size after which the oldest go.", project: "never" }),
    sensitive_patterns: leaf(list(pattern()), {
      fallback: [],
      about: "Prompts that match are not kept, beside those that look like a secret.",
      project: "never",
    }),
  }),
  tui: section("The app.", {
    screen: leaf(oneOf("fullscreen", "inline"), {
      fallback: "fullscreen",
      about: "How the app draws.",
      project: "never",
    }),
    theme: leaf(text(), { fallback: null, about: "Colour theme.", project: "never" }),
    notifications: leaf(either(boolean(), list(text())), {
      fallback: true,
      about: "Notify when the terminal is not in focus; a list names the events.",
      project: "never",
    }),
    keymap: named(
      "Keys of the app by the name of what they do (docs/keys.md).",
      leaf(list(text()), { fallback: [], about: "Keys, such as `ctrl-g`; empty: none.", project: "never" }),
    ),
    mouse: leaf(boolean(), {
      fallback: true,
      about: "Fullscreen: the wheel scrolls, and Shift is held to select. false: the terminal keeps the mouse.",
      project: "never",
    }),
    vim: leaf(boolean(), { fallback: false, about: "Keys of vi in the composer.", project: "never" }),
    animations: leaf(boolean(), {
      fallback: true,
      about: "Moving parts, such as the spinner.",
      project: "never",
      used: false,
    }),
    status_line: leaf(list(text()), {
      fallback: null,
      about: "Parts of the status line, in order.",
      project: "never",
      used: false,
    }),
  }),
  hide_agent_reasoning: leaf(boolean(), {
    fallback: false,
    about: "Do not show reasoning.",
    project: "never",
    used: false,
  }),
  show_raw_agent_reasoning: leaf(boolean(), {
    fallback: false,
    about: "Show reasoning as it comes.",
    project: "never",
    used: false,
  }),
  file_opener: leaf(oneOf("vscode", "vscode-insiders", "windsurf", "cursor", "none"), {
    fallback: "vscode",
    about: "Program that links to files open in.",
    project: "never",
    used: false,
  }),
  disable_paste_burst: leaf(boolean(), {
    fallback: false,
    about: "Take fast typing for keys, not for a paste.",
    project: "never",
    used: false,
  }),
  log_dir: leaf(path(), {
    fallback: null,
    about: "Directory of logs; MOAT_HOME/log when left out.",
    project: "never",
    used: false,
  }),
  cli_auth_credentials_store: leaf(oneOf("file", "keyring", "auto"), {
    fallback: "auto",
    about: "Where `moat login` keeps keys.",
    project: "never",
  }),
  check_for_update: leaf(boolean(), {
    fallback: false,
    about: "Look once a day, when a conversation starts, whether there is a newer release; installs nothing.",
    project: "never",
  }),
  features: named(
    "Switches of unfinished parts.",
    leaf(boolean(), { fallback: false, about: "On or off.", used: false }),
  ),
} as const;
