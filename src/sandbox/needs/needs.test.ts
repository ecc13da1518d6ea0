// What known commands need, against a world that is written down: nothing of the disk is looked at.
import { describe, expect, test } from "bun:test";
import { parseGitConfig } from "../git/settings.ts";
import { needsOf } from "./needs.ts";
import type { UserWorld } from "./outside.ts";

const AGENT = "/tmp/ssh-x/agent.1";
const SSH = ["/h/.ssh/config", "/h/.ssh/id.pub", "/h/.ssh/known_hosts"];

interface World {
  git?: string;
  env?: Record<string, string>;
  sockets?: string[];
  files?: Record<string, string>;
}

function outside({ git = "", env = {}, sockets = [AGENT], files = {} }: World): UserWorld {
  return {
    home: "/h",
    env: { SSH_AUTH_SOCK: AGENT, ...env },
    uid: 1000,
    gitSettings: () => parseGitConfig(git),
    branch: () => "main",
    text: (path) => files[path] ?? "",
    names: (directory) => (directory === "/h/.ssh" ? ["config", "id", "id.pub", "known_hosts"] : []),
    exists: (path) => path in files,
    socket: (path) => (sockets.includes(path) ? path : null),
  };
}

const needs = (line: string, world: World = {}) => needsOf(["/bin/bash", "-lc", line], "/w", outside(world));
const hosts = (line: string, world?: World) => needs(line, world)?.hosts ?? null;
const origin = (url: string, more = "") => ({ git: `[remote "origin"]\nurl = ${url}\n${more}` });

describe("a git command with a remote", () => {
  test("over https needs its host and nothing else", () => {
    const world = origin("https://git.example.org/a/b.git");
    expect(needs("git push -u origin main", world)).toEqual({ hosts: ["git.example.org"], sockets: [], read: [] });
    expect(hosts("git fetch", origin("https://git.example.org:8443/a"))).toEqual(["git.example.org:8443"]);
    expect(hosts("git clone --depth 1 http://a.example/x d")).toEqual(["a.example:80"]);
  });

  test("over ssh needs the port, the agent, and of ~/.ssh what is no key", () => {
    const all = { hosts: ["git.example.org:22"], sockets: [AGENT], read: SSH };
    expect(needs("git push", origin("git@git.example.org:a/b.git"))).toEqual(all);
    expect(needs("git ls-remote ssh://git@git.example.org/a")).toEqual(all);
    expect(hosts("git pull", origin("ssh://git@git.example.org:2222/a"))).toEqual(["git.example.org:2222"]);
  });

  test("goes where ssh's configuration says, and not through a host between", () => {
    const config = "Host work\n  HostName real.example\n  Port 2022\nHost far\n  ProxyJump work\nHost *\n  User git\n";
    const files = { "/h/.ssh/config": config };
    expect(hosts("git clone work:a/b", { files })).toEqual(["real.example:2022"]);
    expect(hosts("git clone far:a/b", { files })).toBeNull();
  });

  test("goes where git's configuration says", () => {
    const more = '[remote "up"]\nurl = https://up.example/a\npushurl = https://push.example/a\n';
    const world = origin(
      "gh:a/b",
      `${more}[url "https://hub.example/"]\ninsteadOf = gh:\n[branch "main"]\nremote = up\n`,
    );
    expect(hosts("git fetch origin", world)).toEqual(["hub.example"]);
    expect(hosts("git pull", world)).toEqual(["up.example"]);
    expect(hosts("git push", world)).toEqual(["push.example"]);
    expect(hosts("git fetch --all", world)).toEqual(["hub.example", "up.example"]);
  });

  test("is not known without an agent, with a program in place of ssh, or where something else stands in the line", () => {
    const world = origin("git@git.example.org:a");
    expect(needs("git push", { ...world, sockets: [] })).toBeNull();
    expect(needs("git push", { ...world, git: `${world.git}[core]\nsshCommand = ./x\n` })).toBeNull();
    for (const line of [
      "git push && npm test",
      "git push; ./x",
      "git push $(x)",
      "GIT_SSH_COMMAND=./x git push",
      "./git push",
      "git --exec-path=. push",
      "git -c core.sshCommand=x push",
    ])
      expect([line, needs(line, world)]).toEqual([line, null]);
    expect(hosts("cd sub && git add . && git push 2>&1 | tail -3", world)).toEqual(["git.example.org:22"]);
  });

  test("is told from a refspec that looks like one", () => {
    expect(hosts("git push origin HEAD:main", origin("https://git.example.org/a"))).toEqual(["git.example.org"]);
    expect(hosts("git fetch --depth 1 origin main:copy", origin("https://git.example.org/a"))).toEqual([
      "git.example.org",
    ]);
    expect(needs("git push ../bare HEAD:main", origin("https://git.example.org/a"))).toBeNull();
  });

  test("goes by ssh with options of the user's, and by no other program in its place", () => {
    const world = (GIT_SSH_COMMAND: string) => ({ ...origin("git@git.example.org:a"), env: { GIT_SSH_COMMAND } });
    expect(hosts("git push", world("ssh -i ~/.ssh/deploy.pub"))).toEqual(["git.example.org:22"]);
    for (const command of ["./ssh -i x", "ssh -J other", "ssh -o ProxyCommand='nc %h %p'"])
      expect(hosts("git push", world(command))).toBeNull();
  });

  test("to a directory needs nothing", () => {
    expect(needs("git push ../bare main")).toBeNull();
    expect(needs("git clone /srv/x.git")).toBeNull();
  });
});

describe("a signature", () => {
  const GPG = "/h/.gnupg/S.gpg-agent";
  const files = { "/h/.gnupg/pubring.kbx": "", "/h/.gnupg/private-keys-v1.d/x.key": "" };
  const gpg = { sockets: [GPG], files };

  test("needs gpg's agent and public keys, when one is asked for or configured", () => {
    const all = { hosts: [], sockets: [GPG], read: ["/h/.gnupg/pubring.kbx"] };
    expect(needs("git commit -S -m x", gpg)).toEqual(all);
    expect(needs("git commit -m x", { ...gpg, git: "[commit]\ngpgsign = true" })).toEqual(all);
    expect(needs("git tag -s v1 -m x", gpg)).toEqual(all);
    expect(needs("git commit -m x", gpg)).toBeNull();
    expect(needs("git commit --no-gpg-sign -m x", { ...gpg, git: "[commit]\ngpgsign = true" })).toBeNull();
    expect(needs("git commit -S -m x", { ...gpg, sockets: [] })).toBeNull();
  });

  test("of ssh needs its agent", () => {
    expect(needs("git commit -S -m x", { git: "[gpg]\nformat = ssh" })).toEqual({
      hosts: [],
      sockets: [AGENT],
      read: SSH,
    });
  });
});

describe("packages and containers", () => {
  test("npm goes to the registries of its settings", () => {
    expect(hosts("npm ci")).toEqual(["registry.npmjs.org"]);
    const files = {
      "/w/package.json": "{}",
      "/w/.npmrc": "registry=http://r.example:4873/\n@a:registry=https://a.example/n/\n",
    };
    expect(hosts("cd sub && npm install x", { files })).toEqual(["a.example", "r.example:4873"]);
    expect(hosts("npm install --registry=https://o.example/", { files })).toEqual(["a.example", "o.example"]);
    expect(hosts("npm run build")).toBeNull();
  });

  test("pip goes to its index", () => {
    expect(hosts("pip install x")).toEqual(["pypi.org", "files.pythonhosted.org"]);
    expect(hosts("pip install -i https://i.example/simple x")).toEqual(["i.example"]);
    const files = { "/h/.config/pip/pip.conf": "[global]\nindex-url = https://c.example/simple\n" };
    expect(hosts("pip3 install x", { files })).toEqual(["c.example"]);
  });

  test("docker needs its daemon's socket", () => {
    const sockets = ["/var/run/docker.sock"];
    expect(needs("docker ps", { sockets })).toEqual({ hosts: [], sockets, read: [] });
    expect(needs("docker ps", { sockets: [] })).toBeNull();
    expect(needs("docker ps", { env: { DOCKER_HOST: "tcp://x:1" }, sockets })).toBeNull();
  });
});
