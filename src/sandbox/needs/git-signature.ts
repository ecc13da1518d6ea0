// What signing needs: the agent that holds the key, and what is public of the keyring. git-config(1), gpg(1).
import { join } from "node:path";
import type { CommandNeeds } from "../../protocol/index.ts";
import { type GitSetting, lastValue } from "../git/settings.ts";
import type { KnownCommand } from "./contract.ts";
import type { UserWorld } from "./outside.ts";
import { agentSocket, sshFiles } from "./ssh.ts";

/** What gpg reads of its directory besides asking the agent: public keys, whom they are trusted for, and settings. */
const PUBLIC = ["pubring.kbx", "pubring.gpg", "trustdb.gpg", "gpg.conf", "common.conf", "gpg-agent.conf"];

const NOTHING: CommandNeeds = { hosts: [], sockets: [], read: [] };

/** null where a signature is wanted and no agent runs that could give it. */
export function signatureNeeds(command: KnownCommand, outside: UserWorld): CommandNeeds | null {
  const given = command.settings.map((setting): GitSetting => {
    const [, name = "", value = "true"] = /^([^=]*)(?:=(.*))?$/s.exec(setting) ?? [];
    return { name: name.toLowerCase(), value };
  });
  const settings = [...outside.gitSettings(command.directory), ...given];
  if (!signs(command, settings)) return NOTHING;
  return lastValue(settings, "gpg.format") === "ssh" ? sshSignature(outside) : gpgSignature(outside);
}

/** Options that ask for a signature, by command. `-s` is another thing to `commit`. */
const SIGNS = /^(?:-S.*|--gpg-sign(?:=.*)?)$/;
const SIGNS_TAG = /^(?:-[a-z]*s|-u.*|--sign|--local-user(?:=.*)?)$/;

function signs({ command, args }: KnownCommand, settings: GitSetting[]): boolean {
  const on = (name: string) => /^(?:true|yes|on|1)$/i.test(lastValue(settings, name) ?? "");
  if (command === "push") return args.some((word) => /^--signed(?:=|$)/.test(word)) || on("push.gpgsign");
  if (command === "tag")
    return !args.includes("--no-sign") && (args.some((word) => SIGNS_TAG.test(word)) || on("tag.gpgsign"));
  return !args.includes("--no-gpg-sign") && (args.some((word) => SIGNS.test(word)) || on("commit.gpgsign"));
}

function sshSignature(outside: UserWorld): CommandNeeds | null {
  const agent = agentSocket(outside);
  return agent === null ? null : { hosts: [], sockets: [agent], read: sshFiles(outside) };
}

function gpgSignature(outside: UserWorld): CommandNeeds | null {
  const directory = outside.env.GNUPGHOME ?? join(outside.home, ".gnupg");
  const places = [directory, `/run/user/${outside.uid}/gnupg`];
  const [agent] = places.flatMap((place) => outside.socket(join(place, "S.gpg-agent")) ?? []);
  if (agent === undefined) return null;
  const read = PUBLIC.map((name) => join(directory, name)).filter(outside.exists);
  return { hosts: [], sockets: [agent], read };
}
