// Certificates (RFC 5280) over P-256 keys. node:crypto reads and verifies certificates but makes none, and a library for it
// (minified, with bytecode: node-forge 0.96 MB, @peculiar/x509 0.93 MB) would take more than what the binary may still grow.
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { isIP } from "../net.ts";
import { asn1Set, bits, explicit, identifier, implicit, octets, sequence, time, truth, unsigned, utf8 } from "./der.ts";

/** A certificate and its key, in PEM. */
export interface Issued {
  certificate: string;
  key: string;
}

/** An authority that signs certificates of hosts. Its key never leaves this process. */
export interface CertificateAuthority {
  /** In PEM: what clients are to trust. */
  certificate: string;
  issue(host: string): Issued;
}

const ECDSA_SHA256 = sequence(identifier("1.2.840.10045.4.3.2"));
const COMMON_NAME = "2.5.4.3";
const CONSTRAINTS = "2.5.29.19";
const KEY_USAGE = "2.5.29.15";
const EXTENDED_USAGE = "2.5.29.37";
const ALTERNATIVE_NAME = "2.5.29.17";
const SUBJECT_KEY = "2.5.29.14";
const AUTHORITY_KEY = "2.5.29.35";
const SERVER = "1.3.6.1.5.5.7.3.1";

/** An hour: clocks differ. */
const BEFORE_S = 3600;
/** 30 days: longer than any process lives that has the key; below what clients refuse (398 days). */
const LIFE_S = 30 * 24 * 3600;

/**
 * Makes an authority that is good for some hosts alone, and for 30 days.
 * @param now_s seconds since 1970
 * @param random bytes, as many as asked for
 */
export function makeAuthority(
  name: string,
  now_s: number,
  random: (bytes: number) => Uint8Array,
): CertificateAuthority {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = nameOf(name);
  const common = { issuer, signer: own.privateKey, now_s, random };
  const authority_key = keyId(own.publicKey);
  const certificate = certify({
    ...common,
    subject: issuer,
    publicKey: own.publicKey,
    extensions: [
      extension(CONSTRAINTS, true, sequence(truth(true), unsigned(Uint8Array.of(0)))),
      // keyCertSign
      extension(KEY_USAGE, true, bits(Uint8Array.of(0x04), 2)),
      extension(SUBJECT_KEY, false, octets(authority_key)),
    ],
  });
  return {
    certificate,
    issue(host) {
      const leaf = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const extensions = [
        extension(CONSTRAINTS, true, sequence()),
        // digitalSignature
        extension(KEY_USAGE, true, bits(Uint8Array.of(0x80), 7)),
        extension(EXTENDED_USAGE, false, sequence(identifier(SERVER))),
        extension(ALTERNATIVE_NAME, false, sequence(hostName(host))),
        extension(AUTHORITY_KEY, false, sequence(implicit(0, authority_key))),
      ];
      const pem = certify({ ...common, subject: nameOf(host), publicKey: leaf.publicKey, extensions });
      return { certificate: pem, key: leaf.privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
    },
  };
}

interface Request {
  issuer: Uint8Array;
  subject: Uint8Array;
  publicKey: KeyObject;
  signer: KeyObject;
  extensions: Uint8Array[];
  now_s: number;
  random(bytes: number): Uint8Array;
}

function certify({ issuer, subject, publicKey, signer, extensions, now_s, random }: Request): string {
  const serial = random(16);
  const body = sequence(
    explicit(0, unsigned(Uint8Array.of(2))),
    unsigned(serial),
    ECDSA_SHA256,
    issuer,
    sequence(time(now_s - BEFORE_S), time(now_s + LIFE_S)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(...extensions)),
  );
  const whole = sequence(body, ECDSA_SHA256, bits(sign("sha256", body, signer)));
  const lines =
    Buffer.from(whole)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** At most 64 characters go into a name (RFC 5280); of a host it is not what is compared. */
const nameOf = (name: string) => sequence(asn1Set(sequence(identifier(COMMON_NAME), utf8(name.slice(0, 64)))));

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(identifier(id), ...(critical ? [truth(true)] : []), octets(value));
}

function keyId(key: KeyObject): Uint8Array {
  return createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
}

/** dNSName, or iPAddress with the address's bytes. */
function hostName(host: string): Uint8Array {
  const version = isIP(host);
  if (version === 0) return implicit(2, Buffer.from(host, "latin1"));
  return implicit(7, version === 4 ? Uint8Array.from(host.split("."), Number) : addressBytes(host));
}

function addressBytes(address: string): Uint8Array {
  const [head = "", tail] = address.split("::");
  const groups = (part: string | undefined) => (part ? part.split(":").map((group) => Number.parseInt(group, 16)) : []);
  const [front, back] = [groups(head), groups(tail)];
  const all = [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
