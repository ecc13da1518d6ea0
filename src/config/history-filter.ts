import type { Config } from "./schema/schema.ts";

/** Forms of secrets that are known by their look: provider keys, tokens of code hosts, private keys, passwords in addresses. */
const SECRETS: readonly RegExp[] = [
  /\b(?:sk|pk|rk)[-_](?:[a-z]+[-_])*[A-Za-z0-9_-]{16,}/,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/,
  /\bglpat-[A-Za-z0-9_-]{16,}/,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bAIza[A-Za-z0-9_-]{30,}/,
  /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i,
  /\b\w*(?:password|passwd|secret|token|api_?key)\w*["']?\s*[=:]\s*["']?[^\s"'<>{}$]{6,}/i,
];

/** True when a typed prompt may be kept in the history: it looks like no secret and fits none of the user's patterns. */
export function keepInHistory(prompt: string, history: Config["history"]): boolean {
  if (history.persistence === "none") return false;
  const own = history.sensitive_patterns.map((source) => new RegExp(source));
  return ![...SECRETS, ...own].some((pattern) => pattern.test(prompt));
}
