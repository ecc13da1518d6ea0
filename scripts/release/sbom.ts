import { repository } from "../build/address.ts";
import type { Bundled } from "./licences.ts";

/** What the bill of materials is about. */
interface Subject {
  version: string;
  bun: string;
  /** SHA-256 of SHA256SUMS: names exactly this set of files. */
  digest: string;
  /** Seconds since 1970 of the commit. */
  seconds: number;
  packages: Bundled[];
}

/** moat.spdx.json: the parts of moat in SPDX 2.3. The same release gives the same text. */
export function sbom({ version, bun, digest, seconds, packages }: Subject): string {
  const part = (id: string, name: string, versionInfo: string, license: string, locator: string | null) => ({
    SPDXID: `SPDXRef-${id}`,
    name,
    versionInfo,
    downloadLocation: locator === null ? `${repository()}/releases/tag/v${version}` : "NOASSERTION",
    filesAnalyzed: false,
    licenseConcluded: "NOASSERTION",
    licenseDeclared: license,
    copyrightText: "NOASSERTION",
    ...(locator === null
      ? {}
      : {
          externalRefs: [
            { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: `pkg:npm/${locator}` },
          ],
        }),
  });
  const parts = [
    part("bun", "bun", bun, "MIT AND LGPL-2.0-or-later", `bun@${bun}`),
    ...packages.map(({ name, version: its, license }) =>
      part(`npm-${name.replace(/[^A-Za-z0-9.]+/g, "-")}`, name, its, license, `${name.replace("@", "%40")}@${its}`),
    ),
  ];
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `moat-${version}`,
    documentNamespace: `${repository()}/spdx/${version}/${digest}`,
    creationInfo: {
      created: new Date(seconds * 1000).toISOString().replace(/\.\d+/, ""),
      creators: ["Tool: moat scripts/release.ts"],
    },
    packages: [part("moat", "moat", version, "Apache-2.0", null), ...parts],
    relationships: [
      { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-moat" },
      ...parts.map(({ SPDXID }) => ({
        spdxElementId: "SPDXRef-moat",
        relationshipType: "CONTAINS",
        relatedSpdxElement: SPDXID,
      })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
