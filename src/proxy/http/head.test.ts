import { expect, test } from "bun:test";
import { RequestBody } from "./body.ts";
import { readProxyHead } from "./head.ts";

const read = (...lines: string[]) => readProxyHead(lines.join("\r\n"));

test("a request for a whole address becomes one that a server takes", () => {
  const request = read(
    ...[
      "GET http://Example.com/a?b=%20c HTTP/1.1",
      "Host: example.com",
      "Accept: */*",
      "Proxy-Authorization: Basic eA==",
    ],
    ...["Connection: keep-alive, X-Own", "X-Own: 1", "TE: trailers", "Upgrade: h2c", "Cookie: a=b"],
  );
  expect(request).toMatchObject({ ok: true, tunnel: false, host: { text: "example.com" }, port: 80 });
  expect(request.ok && !request.tunnel && request.head).toBe(
    "GET /a?b=%20c HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\nCookie: a=b\r\nConnection: close\r\n\r\n",
  );
});

test.each([
  ["http://example.com", "GET / HTTP/1.1\r\nHost: example.com\r\n"],
  ["http://example.com?x", "GET /?x HTTP/1.1\r\nHost: example.com\r\n"],
  ["HTTP://EXAMPLE.COM:8080/x", "GET /x HTTP/1.1\r\nHost: example.com:8080\r\n"],
  ["http://example.com./x", "GET /x HTTP/1.1\r\nHost: example.com\r\n"],
  ["http://[2001:DB8::1]/x", "GET /x HTTP/1.1\r\nHost: [2001:db8::1]\r\n"],
])("%s is one spelling", (target, head) => {
  const request = read(`GET ${target} HTTP/1.1`);
  expect(request.ok && !request.tunnel && request.head.startsWith(head)).toBe(true);
});

test("a tunnel", () => {
  expect(read("CONNECT example.com:443 HTTP/1.1", "Host: example.com:443")).toMatchObject({
    ok: true,
    tunnel: true,
    host: { kind: "name", text: "example.com" },
    port: 443,
  });
});

/** Shapes that two readers take for two things, and tricks with the address. */
const REFUSED: Record<string, string[]> = {
  "length and chunks": ["POST http://a.example/ HTTP/1.1", "Content-Length: 4", "Transfer-Encoding: chunked"],
  "two lengths": ["POST http://a.example/ HTTP/1.1", "Content-Length: 4", "Content-Length: 5"],
  "twice the same length": ["POST http://a.example/ HTTP/1.1", "Content-Length: 4", "content-length: 4"],
  "a list of lengths": ["POST http://a.example/ HTTP/1.1", "Content-Length: 4, 4"],
  "a signed length": ["POST http://a.example/ HTTP/1.1", "Content-Length: +4"],
  "a length in hex": ["POST http://a.example/ HTTP/1.1", "Content-Length: 0x4"],
  "an empty length": ["POST http://a.example/ HTTP/1.1", "Content-Length:"],
  "another coding": ["POST http://a.example/ HTTP/1.1", "Transfer-Encoding: gzip, chunked"],
  "a coding in a word": ["POST http://a.example/ HTTP/1.1", "Transfer-Encoding: xchunked"],
  "chunks twice": ["POST http://a.example/ HTTP/1.1", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
  "chunks in HTTP/1.0": ["POST http://a.example/ HTTP/1.0", "Transfer-Encoding: chunked"],
  "a blank before the colon": ["POST http://a.example/ HTTP/1.1", "Transfer-Encoding : chunked"],
  "a folded field": ["GET http://a.example/ HTTP/1.1", "X: a", " b: c"],
  "a folded field with a tab": ["GET http://a.example/ HTTP/1.1", "X: a", "\tb"],
  "a bare LF": ["GET http://a.example/ HTTP/1.1", "X: a\nHost: b.example"],
  "a bare CR": ["GET http://a.example/ HTTP/1.1", "X: a\rHost: b.example"],
  "a NUL": ["GET http://a.example/ HTTP/1.1", "X: a\0b"],
  "a control character in a name": ["GET http://a.example/ HTTP/1.1", "X\x0b: a"],
  "no colon": ["GET http://a.example/ HTTP/1.1", "Host"],
  "an empty name": ["GET http://a.example/ HTTP/1.1", ": a"],
  "Connection takes the length away": [
    "POST http://a.example/ HTTP/1.1",
    "Content-Length: 4",
    "Connection: content-length",
  ],
  "another Host": ["GET http://a.example/ HTTP/1.1", "Host: b.example"],
  "another port in Host": ["GET http://a.example/ HTTP/1.1", "Host: a.example:81"],
  "two Hosts": ["GET http://a.example/ HTTP/1.1", "Host: a.example", "Host: a.example"],
  "another Host of a tunnel": ["CONNECT a.example:443 HTTP/1.1", "Host: b.example:443"],
  "a user": ["GET http://a.example@b.example/ HTTP/1.1"],
  "a user and a password": ["GET http://u:p@a.example/ HTTP/1.1"],
  "a fragment": ["GET http://a.example/#@b.example/ HTTP/1.1"],
  "a fragment at once": ["GET http://a.example#b HTTP/1.1"],
  "a backslash": ["GET http://a.example\\@b.example/ HTTP/1.1"],
  "a backslash in the path": ["GET http://a.example/\\b HTTP/1.1"],
  "an encoded host": ["GET http://%61.example/ HTTP/1.1"],
  "a number": ["GET http://2130706433/ HTTP/1.1"],
  "a number in hex": ["GET http://0x7f.1/ HTTP/1.1"],
  "no host": ["GET http:///x HTTP/1.1"],
  "another scheme": ["GET https://a.example/ HTTP/1.1"],
  "no scheme": ["GET //a.example/ HTTP/1.1"],
  "a path alone": ["GET / HTTP/1.1", "Host: a.example"],
  "a tunnel without a port": ["CONNECT a.example HTTP/1.1"],
  "a tunnel to an address of the web": ["CONNECT http://a.example:443/ HTTP/1.1"],
  "a tunnel with a body": ["CONNECT a.example:443 HTTP/1.1", "Content-Length: 3"],
  "HTTP/0.9": ["GET http://a.example/"],
  "HTTP/2 as text": ["PRI * HTTP/2.0"],
  "a version of nobody": ["GET http://a.example/ HTTP/1.1x"],
  "two blanks": ["GET  http://a.example/ HTTP/1.1"],
  "a tab": ["GET\thttp://a.example/ HTTP/1.1"],
  "no token for a method": ["G(T http://a.example/ HTTP/1.1"],
  "bytes beyond ASCII": ["GET http://a.example/\xe4 HTTP/1.1"],
  "too many fields": ["GET http://a.example/ HTTP/1.1", ...Array.from({ length: 129 }, (_, at) => `X-${at}: 1`)],
};

test.each(Object.entries(REFUSED))("%s is refused", (_, lines) =>
  expect(readProxyHead(lines.join("\r\n")).ok).toBe(false),
);

/** What of `text` goes to the server when it comes in pieces of this size. */
function carried(text: string, size: number, framing: ConstructorParameters<typeof RequestBody>[0]): string | null {
  const body = new RequestBody(framing);
  let all = "";
  for (let at = 0; at < text.length; at += size) {
    const { forward, broken } = body.take(Buffer.from(text.slice(at, at + size), "latin1"));
    if (broken) return null;
    all += Buffer.from(forward).toString("latin1");
  }
  return all;
}

const NEXT = "GET /second HTTP/1.1\r\nHost: b.example\r\n\r\n";

test.each([1, 2, 3, 7, 1000])("nothing behind a body reaches the server, in pieces of %d", (size) => {
  expect(carried(`hello${NEXT}`, size, { kind: "length", bytes: 5 })).toBe("hello");
  expect(carried(NEXT, size, { kind: "length", bytes: 0 })).toBe("");
  const chunks = "5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n";
  expect(carried(`${chunks}${NEXT}`, size, { kind: "chunked" })).toBe(chunks);
});

test.each([
  ...[
    "5;name=value\r\nhello\r\n0\r\n\r\n",
    "5 \r\nhello\r\n",
    "0x5\r\nhello\r\n",
    "-5\r\n",
    "+5\r\n",
    "\r\nhello",
    "5\nhello\n0\n\n",
  ],
  ...[
    "5\r\nhelloX\r\n0\r\n\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "0\r\nTrailer: x\r\n\r\n",
    "123456789\r\n",
    "5\rXhello",
    "0\r\n\rX",
  ],
])("chunks that are none break the request: %j", (text) => {
  for (const size of [1, 1000]) expect(carried(text, size, { kind: "chunked" })).toBeNull();
});
