/** A project as its authors publish it, and what somebody who takes it up runs first. */
export interface Project {
  name: string;
  language: "JavaScript" | "C" | "Python" | "Go";
  /** Where its sources come from: a package of npm by exact version, or a source package of Debian 12. */
  from: { npm: string } | { debian: string };
  /** Shell lines, one command of the agent each: install, then test. */
  steps: string[];
}

const INSTALL = "npm install --no-audit --no-fund";
/** Debian's Python has the test runner; the project itself goes into an environment of its own. */
const VENV =
  "/usr/bin/python3 -m venv --system-site-packages v && v/bin/pip install --no-index --no-build-isolation -e .";

/** What fails outside, too, with the machine's newer Node, Go or pytest is left out by the flags of each runner. */
export const PROJECTS: Project[] = [
  {
    name: "express 4.18.2",
    language: "JavaScript",
    from: { debian: "node-express" },
    steps: [
      INSTALL,
      "npx mocha --require test/support/env --check-leaks --ignore test/express.json.js test/ test/acceptance/",
    ],
  },
  {
    name: "commander 9.4.1",
    language: "JavaScript",
    from: { debian: "node-commander" },
    steps: [INSTALL, "npx jest tests/command"],
  },
  {
    name: "qs 6.13.0",
    language: "JavaScript",
    from: { npm: "qs@6.13.0" },
    steps: [INSTALL, "npx tape 'test/**/*.js'"],
  },
  { name: "zlib 1.2.13", language: "C", from: { debian: "zlib" }, steps: ["./configure && make", "make test"] },
  {
    name: "lua 5.4.4",
    language: "C",
    from: { debian: "lua5.4" },
    steps: ["make linux && make local", "install/bin/lua -e 'assert(load(\"return 1 + 1\")() == 2)'"],
  },
  {
    name: "jansson 2.14",
    language: "C",
    from: { debian: "jansson" },
    steps: ["cmake -B build && cmake --build build", "ctest --test-dir build"],
  },
  {
    name: "jinja2 3.1.2",
    language: "Python",
    from: { debian: "jinja2" },
    steps: [VENV, "v/bin/python -m pytest -q -W ignore::pytest.PytestRemovedIn8Warning"],
  },
  {
    name: "markupsafe 2.1.2",
    language: "Python",
    from: { debian: "markupsafe" },
    steps: [VENV, "v/bin/python -m pytest -q"],
  },
  {
    name: "mux 1.8.0",
    language: "Go",
    from: { debian: "golang-github-gorilla-mux" },
    steps: ["go build ./...", "go test ./..."],
  },
  {
    name: "uuid 1.3.0",
    language: "Go",
    from: { debian: "golang-github-google-uuid" },
    steps: ["go vet ./...", "go test ./..."],
  },
];
