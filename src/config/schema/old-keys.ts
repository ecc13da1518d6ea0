/** Answer to a key that moat does not have: what stands for it now, or why it does nothing. `*` is any name. */
type Answer = { moved: string } | { gone: string };

const CLOUD = "it belongs to OpenAI's own services, which moat does not use";
const NO_TELEMETRY = "moat sends no telemetry";
const NO_SKILLS = "skills are folders, found by themselves (docs/agents.md)";

const ANSWERS: Record<string, Answer> = {
  experimental_instructions_file: { moved: "model_instructions_file" },
  instructions: {
    gone: "use model_instructions_file (takes the place of the system prompt) or developer_instructions",
  },
  experimental_compact_prompt_file: { gone: "put the text into compact_prompt" },
  profile: { gone: "name the profile when you start moat: -p NAME" },
  profiles: {
    gone: "a profile is a file of its own, NAME.config.toml beside this one; -p NAME still reads it here until you move it",
  },
  disable_response_storage: { gone: "moat never lets the provider store responses" },
  approval_mode: { gone: "use approval_policy together with sandbox_mode" },
  sandbox: { gone: "use sandbox_mode" },
  sandbox_permissions: { gone: "use sandbox_mode and sandbox_workspace_write" },
  default_permissions: { gone: "use sandbox_mode and sandbox_workspace_write" },
  permissions: { gone: "use sandbox_mode and sandbox_workspace_write" },
  model_max_output_tokens: { gone: "the model's own limit is used" },
  model_supports_reasoning_summaries: { gone: "set model_reasoning_summary and it is sent" },
  max_tool_calls: { gone: "use --max-commands" },
  commit_attribution: { gone: "moat does not touch commit messages; say it in AGENTS.md" },
  approvals_reviewer: { gone: "use approve_with to let a program answer" },
  personality: { gone: "say it in developer_instructions" },
  plan_mode_reasoning_effort: { gone: "moat has no plan mode" },
  "tools.web_search": { gone: 'use web_search = "live"' },
  "tools.web_search_request": { gone: 'use web_search = "live"' },
  "tools.view_image": { gone: "the tool is offered to every model that takes images" },
  skills: { gone: NO_SKILLS },
  agents: { gone: "kinds of agents are files, found by themselves (docs/agents.md)" },
  sqlite_home: { gone: "the index of threads lies beside them, under MOAT_HOME" },
  check_for_update_on_startup: {
    gone: "moat looks for updates only with check_for_update = true; moat update installs one",
  },
  analytics: { gone: NO_TELEMETRY },
  feedback: { gone: NO_TELEMETRY },
  otel: { gone: NO_TELEMETRY },
  chatgpt_base_url: { gone: CLOUD },
  forced_login_method: { gone: CLOUD },
  forced_chatgpt_workspace_id: { gone: CLOUD },
  preferred_auth_method: { gone: CLOUD },
  "model_providers.*.supports_websockets": { gone: "moat streams over HTTP" },
  "model_providers.*.websocket_connect_timeout_ms": { gone: "moat streams over HTTP" },
  "mcp_servers.*.startup_timeout_ms": { gone: "use startup_timeout_sec, in seconds" },
  experimental_use_unified_exec_tool: { gone: "there is one command tool" },
  experimental_use_freeform_apply_patch: { gone: "the patch tool takes the form that the model knows" },
  "history.maxSize": { gone: "use history.max_bytes" },
  "history.saveHistory": { gone: 'use history.persistence = "save-all" or "none"' },
  "history.sensitivePatterns": { moved: "history.sensitive_patterns" },
  approvalMode: { gone: "use approval_policy together with sandbox_mode" },
  fullAutoErrorMode: { gone: 'use approval_policy = "on-failure" to be asked when a command fails in the sandbox' },
  provider: { moved: "model_provider" },
  providers: { gone: "use model_providers" },
};

/** The answer for a key given with `*` for chosen names; undefined when the key is simply unknown. */
export function answerFor(pattern: string): Answer | undefined {
  return Object.hasOwn(ANSWERS, pattern) ? ANSWERS[pattern] : undefined;
}
