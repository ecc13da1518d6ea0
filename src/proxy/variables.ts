/**
 * The port of 127.0.0.1 that a command's proxy has in the command's own network. Below the range that systems hand out by themselves, and
 * none that a tool of the field uses.
 */
export const PROXY_PORT = 17_480;

const [HOST, PORT] = ["127.0.0.1", String(PROXY_PORT)];
const URL_OF_PROXY = `http://${HOST}:${PORT}`;
/** What a command reaches by itself: its own loopback. */
const DIRECT = ["localhost", "127.0.0.1", "::1"];
/** The JVM has properties in the place of variables. */
const JVM = [
  ...["http", "https"].flatMap((scheme) => [`-D${scheme}.proxyHost=${HOST}`, `-D${scheme}.proxyPort=${PORT}`]),
  `-Dhttp.nonProxyHosts=${["localhost", "127.*", "[::1]"].join("|")}`,
].join(" ");

/**
 * The variables by which tools find the proxy, each with those that read it. Where a tool reads one of the first group it is not named
 * again.
 */
const VARIABLES: readonly [names: readonly string[], value: string, read_by: string][] = [
  [
    ["http_proxy", "https_proxy", "HTTPS_PROXY"],
    URL_OF_PROXY,
    "curl, wget, git, pip, uv, go, cargo, bun, apt, gem, most libraries",
  ],
  [["HTTP_PROXY"], URL_OF_PROXY, "go, pip, node"],
  [
    ["all_proxy", "ALL_PROXY"],
    `socks5h://${HOST}:${PORT}`,
    "curl, ssh wrappers: other schemes, with names left to the proxy",
  ],
  [["no_proxy", "NO_PROXY"], DIRECT.join(","), "all of these"],
  [
    ["npm_config_proxy", "npm_config_https_proxy"],
    URL_OF_PROXY,
    "npm, pnpm, yarn 1, node-gyp: a proxy in an .npmrc would win",
  ],
  [["npm_config_noproxy"], DIRECT.join(","), "npm"],
  [["YARN_HTTP_PROXY", "YARN_HTTPS_PROXY"], URL_OF_PROXY, "yarn from 2 on"],
  [["NODE_USE_ENV_PROXY"], "1", "node from 24 on: fetch and http"],
  [["GLOBAL_AGENT_HTTP_PROXY"], URL_OF_PROXY, "node programs with global-agent, electron's and playwright's downloads"],
  [["CARGO_HTTP_PROXY"], URL_OF_PROXY, "cargo: one in its configuration would win"],
  [["PIP_PROXY"], URL_OF_PROXY, "pip: one in its configuration would win"],
  [["JAVA_TOOL_OPTIONS"], JVM, "every JVM: maven, gradle and its daemon, sbt, kotlin"],
];

/** What a command's environment has where it may reach single hosts. */
export function proxyVariables(): Record<string, string> {
  return Object.fromEntries(VARIABLES.flatMap(([names, value]) => names.map((name) => [name, value])));
}
