// Variables that were kept from a command, and what tools say that wanted one. Names alone: a value is never looked at.
import type { FoundDenial } from "./syscalls.ts";

/** What a tool prints that has no credential, and the variables that it would take one from. */
const WANTED: [said: RegExp, names: RegExp][] = [
  [/\bENEEDAUTH\b|\bE401\b|npm (?:error|ERR!) code E403/, /^(?:NPM_TOKEN|NODE_AUTH_TOKEN|NPM_AUTH_TOKEN)$/],
  [/could not read (?:Username|Password)|Authentication failed for/i, /^(?:GITHUB|GH|GITLAB|CI_JOB|BITBUCKET)_TOKEN$/],
  [/gh auth login/, /^(?:GH|GITHUB)_(?:ENTERPRISE_)?TOKEN$/],
  [
    /unable to locate credentials|NoCredentialProviders|CredentialsProviderError/i,
    /^AWS_(?:SECRET_ACCESS_KEY|SESSION_TOKEN|ACCESS_KEY_ID)$/,
  ],
  [/could not find default credentials|DefaultCredentialsError/i, /^GOOGLE_APPLICATION_CREDENTIALS$/],
  [/no token found.*cargo login|please run `cargo login`/i, /^CARGO_REGISTRY(?:IES_\w+)?_TOKEN$/],
  [/InvalidOrMissingCredentials|HTTPError: 403 .*upload\.pypi/i, /^(?:TWINE_PASSWORD|UV_PUBLISH_TOKEN)$/],
];

/**
 * Which of the variables that were dropped a failed command was about: those that it or its output names, and those that its tool
 * would have used; null: none.
 * @param dropped names; they stand in no message but by this
 */
export function lackOfVariables(output: string, command: string, dropped: readonly string[]): FoundDenial | null {
  const text = `${command}\n${output}`;
  const wanted = WANTED.filter(([said]) => said.test(output)).map(([, names]) => names);
  const named = (name: string) => new RegExp(`(?<![A-Za-z0-9_])${RegExp.escape(name)}(?![A-Za-z0-9_])`).test(text);
  const missed = dropped.filter((name) => named(name) || wanted.some((names) => names.test(name)));
  const [first] = missed;
  if (first === undefined) return null;
  return {
    rule: "shell_environment_policy",
    kind: "read",
    target: missed.join(", "),
    explanation:
      `Variables whose names look like secrets, or that hold a key of moat's own, are not handed to commands: ${missed.join(", ")}. ` +
      "A token for one host is better named in [credentials] of ~/.moat/config.toml (env_key): the proxy adds it, and no command sees it.",
    opens: null,
  };
}

/** Flags that hand variables on; the shell that starts moat puts the values in. */
export function variableFlags(names: string): string {
  return names
    .split(", ")
    .map((name) => `-c shell_environment_policy.set.${name}="$${name}"`)
    .join(" ");
}
