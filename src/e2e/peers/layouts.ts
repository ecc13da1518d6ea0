// What codex makes of AGENTS.md files, byte for byte, and where moat makes something else of them. `real.test.ts` asks it again.

export interface Layout {
  name: string;
  /** Below `home/` (MOAT_HOME, CODEX_HOME) and `project/`; a list is bytes. */
  files: Record<string, string | number[]>;
  links?: Record<string, string>;
  /** Below the project; absent: its root. */
  cwd?: string;
  /** Lines at the top of config.toml. */
  config?: string;
  no_git?: true;
  /** The message that the model gets, with CWD for the working directory; null: none. */
  codex: string | null;
  /** What moat sends otherwise, and why. */
  moat?: { text: string | null; why: string };
}

/** The message with the instructions among the texts of a user; null: there is none. */
export function instructionsIn(
  input: readonly { role?: string; content?: { text?: string }[] }[],
  cwd: string,
): string | null {
  const texts = input.flatMap(({ role, content }) =>
    role === "user" ? (content ?? []).map(({ text = "" }) => text) : [],
  );
  return texts.find((text) => text.startsWith("# AGENTS.md"))?.replaceAll(cwd, "CWD") ?? null;
}

export const LAYOUTS: Layout[] = [
  { name: "nothing", files: {}, codex: null },
  {
    name: "a global file",
    files: { "home/AGENTS.md": "global\n" },
    codex: "# AGENTS.md instructions\n\n<INSTRUCTIONS>\nglobal\n</INSTRUCTIONS>",
  },
  {
    name: "a project's file",
    files: { "project/AGENTS.md": "project\n" },
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nproject\n\n</INSTRUCTIONS>",
  },
  {
    name: "both",
    files: { "home/AGENTS.md": "global\n", "project/AGENTS.md": "project\n" },
    codex:
      "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nglobal\n\n--- project-doc ---\n\nproject\n\n</INSTRUCTIONS>",
  },
  {
    name: "root to cwd",
    files: { "project/AGENTS.md": "root\n", "project/a/AGENTS.md": "a\n", "project/a/b/AGENTS.md": "b\n" },
    cwd: "a/b",
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nroot\n\n\na\n\n\nb\n\n</INSTRUCTIONS>",
  },
  {
    name: "a gap",
    files: { "project/AGENTS.md": "root\n", "project/a/b/AGENTS.md": "b\n" },
    cwd: "a/b",
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nroot\n\n\nb\n\n</INSTRUCTIONS>",
  },
  {
    name: "below cwd",
    files: { "project/AGENTS.md": "root\n", "project/a/AGENTS.md": "a\n" },
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nroot\n\n</INSTRUCTIONS>",
  },
  {
    name: "override",
    files: { "project/AGENTS.md": "plain\n", "project/AGENTS.override.md": "over\n" },
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nover\n\n</INSTRUCTIONS>",
  },
  {
    name: "global override",
    files: { "home/AGENTS.md": "plain\n", "home/AGENTS.override.md": "over\n", "project/AGENTS.md": "project\n" },
    codex:
      "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nover\n\n--- project-doc ---\n\nproject\n\n</INSTRUCTIONS>",
  },
  { name: "empty override", files: { "project/AGENTS.md": "plain\n", "project/AGENTS.override.md": "" }, codex: null },
  {
    name: "blank override",
    files: { "project/AGENTS.md": "plain\n", "project/AGENTS.override.md": " \n\n" },
    codex: null,
  },
  {
    name: "empty override above",
    files: { "project/AGENTS.md": "root\n", "project/AGENTS.override.md": "", "project/a/AGENTS.md": "a\n" },
    cwd: "a",
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\na\n\n</INSTRUCTIONS>",
  },
  {
    name: "empty global override",
    files: { "home/AGENTS.md": "plain\n", "home/AGENTS.override.md": "", "project/AGENTS.md": "project\n" },
    codex:
      "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nplain\n\n--- project-doc ---\n\nproject\n\n</INSTRUCTIONS>",
  },
  {
    name: "blank global override",
    files: { "home/AGENTS.md": "plain\n", "home/AGENTS.override.md": " \n" },
    codex: "# AGENTS.md instructions\n\n<INSTRUCTIONS>\nplain\n</INSTRUCTIONS>",
  },
  {
    name: "empty file",
    files: { "project/AGENTS.md": "", "project/a/AGENTS.md": "a\n" },
    cwd: "a",
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\na\n\n</INSTRUCTIONS>",
  },
  {
    name: "fallback",
    files: { "project/DOC.md": "doc\n" },
    config: 'project_doc_fallback_filenames = ["DOC.md", "OTHER.md"]\n',
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\ndoc\n\n</INSTRUCTIONS>",
  },
  {
    name: "fallback second",
    files: { "project/OTHER.md": "other\n" },
    config: 'project_doc_fallback_filenames = ["DOC.md", "OTHER.md"]\n',
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nother\n\n</INSTRUCTIONS>",
  },
  {
    name: "fallback behind AGENTS",
    files: { "project/AGENTS.md": "agents\n", "project/DOC.md": "doc\n" },
    config: 'project_doc_fallback_filenames = ["DOC.md"]\n',
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nagents\n\n</INSTRUCTIONS>",
  },
  {
    name: "empty AGENTS and fallback",
    files: { "project/AGENTS.md": "", "project/DOC.md": "doc\n" },
    config: 'project_doc_fallback_filenames = ["DOC.md"]\n',
    codex: null,
  },
  {
    name: "empty override and fallback",
    files: { "project/AGENTS.override.md": "", "project/DOC.md": "doc\n" },
    config: 'project_doc_fallback_filenames = ["DOC.md"]\n',
    codex: null,
  },
  {
    name: "trailing blanks",
    files: { "project/AGENTS.md": "text  \n\n\n", "project/a/AGENTS.md": "a \n\n" },
    cwd: "a",
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\ntext  \n\n\n\n\na \n\n\n</INSTRUCTIONS>",
  },
  {
    name: "leading blanks",
    files: { "home/AGENTS.md": "\n\n  global\n\n", "project/AGENTS.md": "\n  project" },
    codex:
      "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nglobal\n\n--- project-doc ---\n\n\n  project\n</INSTRUCTIONS>",
  },
  {
    name: "crlf",
    files: { "project/AGENTS.md": "a\r\nb\r\n" },
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\na\r\nb\r\n\n</INSTRUCTIONS>",
  },
  {
    name: "bom",
    files: { "project/AGENTS.md": "﻿a\n" },
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\n﻿a\n\n</INSTRUCTIONS>",
    moat: {
      text: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\na\n\n</INSTRUCTIONS>",
      why: "the mark of an editor is no part of the text",
    },
  },
  {
    name: "cut",
    files: { "project/AGENTS.md": "0123456789\n", "project/a/AGENTS.md": "abcdefghij\n" },
    cwd: "a",
    config: "project_doc_max_bytes = 15\n",
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\n0123456789\n\n\nabcd\n</INSTRUCTIONS>",
  },
  {
    name: "cut exact",
    files: { "project/AGENTS.md": "0123456789\n", "project/a/AGENTS.md": "abc\n" },
    cwd: "a",
    config: "project_doc_max_bytes = 11\n",
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\n0123456789\n\n</INSTRUCTIONS>",
  },
  {
    name: "cut in a character",
    files: { "project/AGENTS.md": "aäöü\n" },
    config: "project_doc_max_bytes = 4\n",
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\naä�\n</INSTRUCTIONS>",
    moat: {
      text: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\naä\n</INSTRUCTIONS>",
      why: "no character is cut in two",
    },
  },
  {
    name: "cut global too",
    files: { "home/AGENTS.md": "global text that is long\n", "project/AGENTS.md": "project\n" },
    config: "project_doc_max_bytes = 3\n",
    codex:
      "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nglobal text that is long\n\n--- project-doc ---\n\npro\n</INSTRUCTIONS>",
  },
  {
    name: "off",
    files: { "home/AGENTS.md": "global\n", "project/AGENTS.md": "project\n" },
    config: "project_doc_max_bytes = 0\n",
    codex: "# AGENTS.md instructions\n\n<INSTRUCTIONS>\nglobal\n</INSTRUCTIONS>",
  },
  {
    name: "link",
    files: { "project/docs/x.md": "linked\n" },
    links: { "project/AGENTS.md": "docs/x.md" },
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nlinked\n\n</INSTRUCTIONS>",
  },
  { name: "directory", files: { "project/AGENTS.md/x": "x\n" }, codex: null },
  { name: "lower case", files: { "project/agents.md": "lower\n" }, codex: null },
  {
    name: "invalid utf8",
    files: { "project/AGENTS.md": [97, 255, 98, 10] },
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\na�b\n\n</INSTRUCTIONS>",
  },
  {
    name: "marker",
    files: { "project/.hg/x": "", "project/AGENTS.md": "root\n", "project/a/.root": "", "project/a/AGENTS.md": "a\n" },
    cwd: "a",
    config: 'project_root_markers = [".root"]\n',
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\na\n\n</INSTRUCTIONS>",
  },
  {
    name: "no root",
    files: { "project/AGENTS.md": "root\n", "project/a/AGENTS.md": "a\n" },
    cwd: "a",
    no_git: true,
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\na\n\n</INSTRUCTIONS>",
  },
  {
    name: "import",
    files: { "project/AGENTS.md": "@docs/x.md\nmore\n", "project/docs/x.md": "x\n" },
    codex: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\n@docs/x.md\nmore\n\n</INSTRUCTIONS>",
  },
  {
    name: "claude",
    files: { "project/CLAUDE.md": "claude\n" },
    codex: null,
    moat: {
      text: "# AGENTS.md instructions for CWD\n\n<INSTRUCTIONS>\nclaude\n\n</INSTRUCTIONS>",
      why: "CLAUDE.md is read where there is no AGENTS.md",
    },
  },
];
