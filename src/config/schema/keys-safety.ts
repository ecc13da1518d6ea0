import {
  boolean,
  either,
  flags,
  integer,
  leaf,
  list,
  memorySize,
  named,
  oneOf,
  path,
  renamed,
  seconds,
  section,
  text,
  url,
  wrappedType,
} from "./type.ts";
import { hookList } from "./type-hooks.ts";

/** A server of tools: `mcp_servers.NAME`. */
const mcpServer = section("One MCP server: a program (`command`) or an address (`url`).", {
  command: leaf(text(), { fallback: null, about: "Program to start." }),
  args: leaf(list(text()), { fallback: [], about: "Arguments of the program." }),
  env: named("Variables set for the program.", leaf(text(), { fallback: "", about: "Value of the variable." })),
  env_vars: leaf(list(text()), { fallback: [], about: "Variables handed on from moat's own environment." }),
  cwd: leaf(path(), { fallback: null, about: "Directory that the program starts in." }),
  url: leaf(url(), { fallback: null, about: "Address of a server that is reached over HTTP." }),
  bearer_token_env_var: leaf(text(), { fallback: null, about: "Environment variable with the token for `url`." }),
  http_headers: named("Headers sent to `url`.", leaf(text(), { fallback: "", about: "Value of the header." })),
  env_http_headers: named(
    "Headers for `url` whose values are read from environment variables.",
    leaf(text(), { fallback: "", about: "Environment variable that holds the header's value." }),
  ),
  scopes: leaf(list(text()), { fallback: [], about: "OAuth scopes asked for at login." }),
  oauth_client_id: leaf(text(), {
    fallback: null,
    about: "Client that is registered for moat already. Left out: moat registers itself at login.",
  }),
  sandbox_mode: leaf(oneOf("workspace-write", "danger-full-access"), {
    fallback: "workspace-write",
    about: "What the program may touch: never more than the thread, or whatever you may.",
    project: "never",
  }),
  network_access: leaf(boolean(), {
    fallback: false,
    about: "Let the program reach the network.",
    project: "never",
  }),
  enabled: leaf(boolean(), { fallback: true, about: "false: the server is kept but not started." }),
  required: leaf(boolean(), {
    fallback: false,
    about: "Fail before the first request when the server does not start.",
  }),
  startup_timeout_sec: leaf(seconds(), { fallback: 10, about: "Time limit of its start, in seconds." }),
  tool_timeout_sec: leaf(seconds(), { fallback: 60, about: "Time limit of one call, in seconds." }),
  enabled_tools: leaf(list(text()), { fallback: null, about: "Only these tools are offered." }),
  disabled_tools: leaf(list(text()), { fallback: [], about: "These tools are not offered." }),
  default_tools_approval_mode: leaf(oneOf("auto", "prompt", "approve"), {
    fallback: "auto",
    about: "auto: tools that only read are free; prompt: always ask; approve: never ask.",
  }),
  tools: named(
    "Single tools of the server.",
    section("One tool.", {
      approval_mode: leaf(oneOf("auto", "prompt", "approve"), {
        fallback: "auto",
        about: "The same for this tool, in place of `default_tools_approval_mode`.",
      }),
    }),
  ),
  supports_parallel_tool_calls: leaf(boolean(), { fallback: false, about: "Its tools may run side by side." }),
});

/** What a command may touch, when a person is asked, and what else may run. */
export const safetyKeys = {
  sandbox_mode: leaf(oneOf("read-only", "workspace-write", "danger-full-access", "external"), {
    fallback: null,
    about: "What commands may touch. Left out: read-only in exec and in folders without trust, else workspace-write.",
  }),
  approval_policy: leaf(
    either(
      renamed(oneOf("untrusted", "on-failure", "on-request", "never"), { "unless-allow-listed": "untrusted" }),
      wrappedType(
        "granular",
        flags("sandbox_approval", "rules", "mcp_elicitations", "request_permissions", "skill_approval"),
      ),
    ),
    { fallback: null, about: "When a person is asked. Left out: never in exec, else on-request." },
  ),
  approve_with: leaf(list(text(), 1), {
    fallback: null,
    about: "Program and arguments that answer approvals: the question as JSON on stdin, the answer on stdout.",
  }),
  sandbox_workspace_write: section("What `workspace-write` means.", {
    writable_roots: leaf(list(path()), {
      fallback: [],
      about: "Directories that may be written beside the workspace.",
    }),
    network_access: leaf(boolean(), { fallback: false, about: "Let commands reach the network." }),
    network_hosts: leaf(list(text()), {
      fallback: [],
      about:
        "Hosts that commands reach by name without network_access: `example.com`, `*.example.com`, `host:22`, `localhost:5432`. The lists of all files add up.",
    }),
    exclude_slash_tmp: leaf(boolean(), { fallback: false, about: "Do not let commands write /tmp." }),
    exclude_tmpdir_env_var: leaf(boolean(), { fallback: false, about: "Do not let commands write $TMPDIR." }),
    hidden_paths: leaf(list(path()), {
      fallback: [],
      about:
        "Files and directories that commands cannot read, beside the credential stores. The lists of all files add up.",
    }),
    allow_sockets: leaf(list(path()), {
      fallback: [],
      about: "Sockets of programs outside that commands may reach, such as an ssh-agent's.",
      project: "never",
    }),
    allow_reading: leaf(list(path()), {
      fallback: [],
      about: "Files in stores of credentials that commands may read, such as `~/.ssh/known_hosts`.",
      project: "never",
    }),
    unix_sockets: leaf(oneOf("masked", "none", "allow"), {
      fallback: "masked",
      about: "masked: usable, but sockets that exist outside (docker, ssh-agent) are out of reach.",
      used: false,
    }),
  }),
  credentials: named(
    "What is added to requests of commands to one host, named as `HOST` or `HOST:PORT`: they use it and never see it. Only your own files count.",
    section("One host.", {
      env_key: leaf(text(), {
        fallback: null,
        about: "Environment variable of moat's that holds the token.",
        project: "never",
      }),
      command: leaf(list(text(), 1), {
        fallback: null,
        about: "Program and arguments that print the token on their first line; in place of `env_key`.",
        project: "never",
      }),
      user: leaf(text(), { fallback: null, about: "User of a Basic header.", project: "never" }),
      header: leaf(text(), { fallback: "Authorization", about: "Header that is added.", project: "never" }),
      scheme: leaf(oneOf("bearer", "basic", "none"), {
        fallback: null,
        about: "What stands before the token. Left out: basic with a `user`, else bearer.",
        project: "never",
      }),
    }),
  ),
  memory_limit: leaf(either(oneOf("off"), memorySize()), {
    fallback: "off",
    about:
      'Memory that a command may take, such as "4GB": of all its processes where a cgroup can be made, else of each.',
  }),
  undo: leaf(oneOf("on", "off"), {
    fallback: "on",
    about: "on: what turns change on the disk is kept first, so that `moat undo` can take it back.",
    project: "never",
  }),
  shell_environment_policy: section("Variables that commands get.", {
    inherit: leaf(oneOf("all", "core", "none"), {
      fallback: "all",
      about: "What is taken over: everything, the few that shells need, or nothing.",
    }),
    ignore_default_excludes: leaf(boolean(), {
      fallback: false,
      about: "true: names with KEY, SECRET or TOKEN are handed on. Provider keys never are.",
    }),
    exclude: leaf(list(text()), { fallback: [], about: "Names (with `*` and `?`) that are dropped." }),
    include_only: leaf(list(text()), { fallback: [], about: "When not empty, only these names are kept." }),
    set: named("Variables that are set.", leaf(text(), { fallback: "", about: "Value of the variable." })),
    experimental_use_profile: leaf(boolean(), {
      fallback: false,
      about: "Run commands in a login shell's environment.",
      used: false,
    }),
  }),
  login_shell: leaf(oneOf("once", "each"), {
    fallback: "once",
    about:
      "once: the login profile is read once a thread, and what it leaves is laid under commands; each: every command reads it.",
  }),
  login_shell_files: leaf(list(path()), {
    fallback: [],
    about: "Files that the profile reads beside the usual ones: when one changes, the profile is read again.",
  }),
  allow_login_shell: leaf(boolean(), { fallback: true, about: "The model may ask for a login shell.", used: false }),
  background_terminal_max_timeout: leaf(integer(1), {
    fallback: null,
    about: "Longest life of a background command, in ms.",
    used: false,
  }),
  mcp_servers: named("Servers of tools (docs/mcp.md).", mcpServer),
  hooks: named(
    "Programs that are run at an event (`SessionStart`, `PreToolUse`, …); lists of all layers are joined.",
    leaf(hookList(), { fallback: [], about: "Groups of `matcher` and `hooks`, as in a hooks.json." }),
  ),
  notify: leaf(list(text(), 1), {
    fallback: null,
    about: "Program and arguments run after each turn, with the event as JSON in the last argument.",
  }),
  projects: named(
    "Folders that were trusted or refused, by absolute path.",
    section("One folder.", {
      trust_level: leaf(oneOf("trusted", "untrusted"), {
        fallback: null,
        about: "Trust in the folder. Its files are trusted one by one, by content (`moat config trust`).",
        project: "never",
      }),
    }),
  ),
} as const;
