// What a git config may say without making git run anything, or read a config from elsewhere.

/** Sections and their keys, in lower case (git-config(1)). A section whose name ends with `.*` has a subsection. */
type Keys = ReadonlyMap<string, ReadonlySet<string>>;

const keys = (sections: Record<string, string>): Keys =>
  new Map(Object.entries(sections).map(([section, names]) => [section, new Set(names.split(" "))]));

/** What `git init` and `git clone` write, and what a project is set up with: no programs, paths of configs, hooks or drivers. */
export const REPOSITORY_KEYS = keys({
  core:
    "abbrev autocrlf bare checkstat commitgraph compression eol filemode hidedotfiles ignorecase logallrefupdates longpaths " +
    "precomposeunicode quotepath repositoryformatversion safecrlf sharedrepository symlinks trustctime untrackedcache",
  extensions: "compatobjectformat noop objectformat partialclone preciousobjects refstorage relativeworktrees",
  "remote.*": "fetch mirror partialclonefilter promisor prune prunetags push pushurl skipfetchall tagopt url",
  "branch.*": "description merge pushremote rebase remote",
  "submodule.*": "active url",
  branch: "autosetupmerge autosetuprebase",
  fetch: "prune prunetags",
  init: "defaultbranch",
  lfs: "repositoryformatversion",
  pull: "ff rebase",
  push: "autosetupremote default followtags",
  receive: "denydeletes denynonfastforwards",
  user: "email name",
});

/** The same of a user's own config, which counts in every repository: nothing that says where something is sent. */
export const PERSONAL_KEYS = keys({
  core: "abbrev autocrlf eol quotepath safecrlf",
  fetch: "prune prunetags",
  init: "defaultbranch",
  pull: "ff rebase",
  push: "autosetupremote default followtags",
  user: "email name",
});

/** Blank, or a comment. */
const NOTHING = /^\s*(?:[#;][^\r\0]*)?$/;
/** As git itself writes it: nothing behind the bracket, no escapes. */
const SECTION = /^\[([A-Za-z][A-Za-z0-9-]*)(?: "([^"\\\r\0]*)")?\]$/;
/** A value with a backslash would go on in the next line, or mean something else than it says. */
const PAIR = /^\s+([A-Za-z][A-Za-z0-9-]*) = ([^\\\r\0]*)$/;
/** `ext::program`: a URL that names a helper of git's, and what it is to run. git leaves quotes out wherever they stand. */
const HELPER = /^\s*[\w.+-]+::/;

/**
 * The config without what is not known to be harmless. A line that git could understand in another way than it is read here is left
 * out too; all that is kept reads the same for both.
 */
export function plainConfig(text: string, allowed: Keys): string {
  let names: ReadonlySet<string> | undefined;
  const kept = text.split("\n").filter((line) => {
    if (NOTHING.test(line)) return true;
    const section = line.match(SECTION);
    if (section) {
      names = allowed.get((section[1] ?? "").toLowerCase() + (section[2] === undefined ? "" : ".*"));
      return names !== undefined;
    }
    const [, name = "", value = ""] = line.match(PAIR) ?? [];
    const balanced = (value.split('"').length - 1) % 2 === 0;
    const known = names?.has(name.toLowerCase()) === true && balanced && !HELPER.test(value.replaceAll('"', ""));
    // What follows a line that is not understood could be a part of it.
    if (!known && !PAIR.test(line)) names = undefined;
    return known;
  });
  return kept.join("\n");
}
