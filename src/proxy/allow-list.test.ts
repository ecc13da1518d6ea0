import { expect, test } from "bun:test";
import { AllowList, entryFor, hostEntries, hostProblem } from "./allow-list.ts";
import { readAuthority, readHost } from "./host.ts";

const LIST = [
  ...["example.com", "*.example.org", "git.example.net:22", "203.0.113.9", "[2001:db8::1]:8443", "localhost:5432"],
  ...["Mixed.Example", "bücher.example"],
];

const allows = (list: readonly string[], target: string) => {
  const asked = readAuthority(target);
  return asked !== null && asked.port !== null && new AllowList(list).names(asked.host, asked.port);
};

test.each([
  ...[
    "example.com:443",
    "example.com:80",
    "EXAMPLE.com:443",
    "example.com.:443",
    "a.example.org:443",
    "a.b.example.org:80",
  ],
  ...["git.example.net:22", "203.0.113.9:443", "[2001:db8::1]:8443", "[2001:DB8:0::1]:8443", "localhost:5432"],
  ...["127.0.0.1:5432", "[::1]:5432", "db.localhost:5432", "mixed.example:443", "xn--bcher-kva.example:443"],
])("%s is on the list", (target) => expect(allows(LIST, target)).toBe(true));

test.each([
  // Another name, another port, the parent of a wildcard, a name that only ends alike.
  ...[
    "other.com:443",
    "example.com:22",
    "example.com:8443",
    "example.org:443",
    "badexample.org:443",
    "example.com.evil.test:443",
  ],
  ...["git.example.net:443", "localhost:80", "127.0.0.1:80", "127.0.0.2:5432", "203.0.113.10:443", "203.0.113.9:22"],
  // Other spellings of what is listed.
  ...["example.com..:443", "example%2ecom:443", "%65xample.com:443", "user@example.com:443", "example.com:443:443"],
  ...[
    "example.com:0443x",
    "example.com:99999",
    "example.com:0",
    "example.com:",
    "exam ple.com:443",
    "example.com\0:443",
  ],
  ...["bücher.example:443", "ex\u0430mple.com:443", ".example.com:443", "a..example.org:443", "-.example.org:443"],
  // Numbers that a resolver would take for an address.
  ...["0x7f000001:5432", "2130706433:5432", "0177.0.0.1:5432", "127.1:5432", "127.0.0.1.:5432", "0xcb.0.113.9:443"],
  ...[
    "[::ffff:127.0.0.1]:5432",
    "[::ffff:203.0.113.9]:443",
    "[::1%lo]:5432",
    "[::]:5432",
    "0.0.0.0:5432",
    "2001:db8::1:8443",
  ],
])("%s is not", (target) => expect(allows(LIST, target)).toBe(false));

test.each([
  ...[
    "*",
    "*.com",
    "*.*.com",
    "ex*mple.com",
    "http://example.com",
    "example.com/path",
    "example.com:0",
    "example.com:70000",
  ],
  ...[
    "localhost",
    "127.0.0.1",
    "*.localhost:80",
    "0.0.0.0:80",
    "[::]:80",
    "[::ffff:10.0.0.1]",
    "10.0.0",
    "2130706433",
    "*.10.0.0.1",
  ],
  ...["", " ", "user@example.com", "example.com,other.com", "2001:db8::1"],
])("%p cannot stand in a list, and opens nothing where it does", (entry) => {
  expect(hostProblem(entry)).toContain("names no host that can be opened");
  expect(new AllowList([entry]).localPorts()).toEqual([]);
});

test.each([
  "example.com",
  "*.example.com:8080",
  "10.0.0.1",
  "[::1]:80",
  "localhost:1",
  "münchen.example",
  "a_b.example.com",
])("%s can", (entry) => expect(hostProblem(entry)).toBeNull());

test("a listed name may lead to the public internet, and elsewhere only to an address that is listed itself", () => {
  const list = new AllowList(["git.corp.example", "10.1.2.3", "localhost:8080"]);
  expect(list.leadsTo("93.184.216.34", 443)).toBe(true);
  expect(list.leadsTo("10.1.2.3", 443)).toBe(true);
  expect(list.leadsTo("127.0.0.1", 8080)).toBe(true);
  const closed = [
    "10.1.2.4",
    "127.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "fd00::1",
    "::ffff:8.8.8.8",
    "fe80::1",
    "0.0.0.0",
  ];
  expect(closed.filter((address) => list.leadsTo(address, 443))).toEqual([]);
});

test.each([
  ["example.com:443", "example.com"],
  ["example.com:22", "example.com:22"],
  ["10.0.0.1:80", "10.0.0.1"],
  ["[2001:db8::1]:443", "[2001:db8::1]"],
  ["[2001:db8::1]:8443", "[2001:db8::1]:8443"],
  ["127.0.0.1:5432", "localhost:5432"],
])("the entry for %s is %s, and opens it", (target, entry) => {
  const asked = readAuthority(target);
  expect(asked && asked.port !== null && entryFor(asked.host, asked.port)).toBe(entry);
  expect(allows([entry], target)).toBe(true);
});

test("what is closed stays closed, whatever opens it", () => {
  const list = ["*.example.com", "a.example.com", "!a.example.com:443"];
  expect(allows(list, "a.example.com:443")).toBe(false);
  expect(allows(list, "a.example.com:80")).toBe(true);
  expect(allows(list, "b.example.com:443")).toBe(true);
});

test.each([
  [["https://registry.example.com/a?b"], ["registry.example.com"]],
  [
    ["a.example", "*.b.example:8443"],
    ["a.example", "*.b.example:8443"],
  ],
  [["http://localhost:3000/"], ["localhost:3000"]],
  [["a.example", "the whole web"], null],
  [["*"], null],
  [[], null],
])("%j names %j", (named, entries) => expect(hostEntries(named)).toEqual(entries));

test("a name longer than names can be is none", () => {
  expect(readHost(`${"a".repeat(63)}.example`)).not.toBeNull();
  expect(readHost(`${"a".repeat(64)}.example`)).toBeNull();
  expect(readHost(`${"a.".repeat(130)}example`)).toBeNull();
});
