// Certificates as others read them: OpenSSL's command, Node's parser, and a handshake of each.
import { afterAll, describe, expect, test } from "bun:test";
import { randomBytes, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAuthority } from "./certificate.ts";
import { identifier, sequence, time, unsigned } from "./der.ts";

const place = mkdtempSync(join(tmpdir(), "moat-tls-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const now_s = Math.floor(Date.now() / 1000);
const authority = makeAuthority("moat test", now_s, randomBytes);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("DER", () => {
  test("is as X.690 has it", () => {
    expect(hex(identifier("1.2.840.10045.4.3.2"))).toBe("06082a8648ce3d040302");
    expect(hex(unsigned(Uint8Array.of(0, 0, 0x80)))).toBe("02020080");
    expect(hex(unsigned(Uint8Array.of(0)))).toBe("020100");
    expect(hex(time(0))).toBe("180f31393730303130313030303030305a");
    expect(Buffer.from(time(1_800_000_000)).toString("latin1").slice(2)).toBe("270115080000Z");
    expect(hex(sequence(Buffer.alloc(0x80)).subarray(0, 4))).toBe("30818000");
    expect(hex(sequence(Buffer.alloc(0x1234)).subarray(0, 5))).toBe("3082123400");
  });
});

describe("an authority", () => {
  test("is read and verified by Node", () => {
    const root = new X509Certificate(authority.certificate);
    expect([root.ca, root.subject, root.verify(root.publicKey)]).toEqual([true, "CN=moat test", true]);
    const leaf = new X509Certificate(authority.issue("registry.example.com").certificate);
    expect([leaf.ca, leaf.checkIssued(root), leaf.verify(root.publicKey)]).toEqual([false, true, true]);
    expect([leaf.checkHost("registry.example.com"), leaf.checkHost("example.com")]).toEqual([
      "registry.example.com",
      undefined,
    ]);
    expect(new X509Certificate(authority.issue("127.0.0.1").certificate).checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(new X509Certificate(authority.issue("::1").certificate).checkIP("::1")).toBe("::1");
    expect(leaf.serialNumber).not.toBe(new X509Certificate(authority.issue("x").certificate).serialNumber);
  });

  test.skipIf(Bun.which("openssl") === null)("is verified by openssl, strictly, and for its host alone", () => {
    const [ca, leaf, other] = ["ca.pem", "leaf.pem", "other.pem"].map((name) => join(place, name));
    if (!ca || !leaf || !other) throw new Error("unreachable");
    writeFileSync(ca, authority.certificate);
    writeFileSync(leaf, authority.issue("registry.example.com").certificate);
    writeFileSync(other, makeAuthority("other", now_s, randomBytes).issue("registry.example.com").certificate);
    const verify = (file: string, host: string) => {
      const argv = [
        "openssl",
        "verify",
        "-x509_strict",
        "-purpose",
        "sslserver",
        "-CAfile",
        ca,
        "-verify_hostname",
        host,
        file,
      ];
      return Bun.spawnSync(argv, { stderr: "pipe" }).exitCode;
    };
    expect(verify(leaf, "registry.example.com")).toBe(0);
    expect(verify(leaf, "example.com")).not.toBe(0);
    expect(verify(other, "registry.example.com")).not.toBe(0);
  });
});
