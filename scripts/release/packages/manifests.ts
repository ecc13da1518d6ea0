import { releases, repository } from "../../build/address.ts";
import { archiveName, TARGETS } from "../targets.ts";

/** What the manifests of package managers are made of. */
export interface Facts {
  version: string;
  /** SHA-256 of each asset, by name. */
  sums: Map<string, string>;
}

const SUMMARY = "Coding agent for the terminal, behind a moat that the kernel enforces";

/** Files for package managers, by path: they download the archives of the release and name the sums that SHA256SUMS has. */
export function manifests(facts: Facts): Record<string, string> {
  return {
    "homebrew/moat.rb": homebrew(facts),
    "nix/moat.nix": nix(facts),
    "aur/PKGBUILD": pkgbuild(facts),
    "aur/.SRCINFO": srcinfo(facts),
    "scoop/moat.json": scoop(facts),
    ...winget(facts),
  };
}

/** The sums of a text in the form of SHA256SUMS. */
export function parseSums(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)].map(([, sum = "", name = ""]) => [name, sum]));
}

/** Address and sum of a target's archive. Throws where the release has none. */
function asset({ version, sums }: Facts, target: string): { url: string; sha256: string } {
  const found = TARGETS.find(({ name }) => name === target);
  const name = found ? archiveName(found) : "";
  const sha256 = sums.get(name);
  if (sha256 === undefined) throw new Error(`the release has no archive for ${target}`);
  return { url: `${releases()}/download/v${version}/${name}`, sha256 };
}

function homebrew(facts: Facts): string {
  const on = (cpu: string, target: string) => {
    const { url, sha256 } = asset(facts, target);
    return `    on_${cpu} do\n      url "${url}"\n      sha256 "${sha256}"\n    end`;
  };
  return `class Moat < Formula
  desc "${SUMMARY}"
  homepage "${repository()}"
  version "${facts.version}"
  license "Apache-2.0"

  on_macos do
${on("arm", "darwin-arm64")}
${on("intel", "darwin-x64")}
  end

  on_linux do
${on("arm", "linux-arm64")}
${on("intel", "linux-x64")}
  end

  def install
    bin.install "moat"
    man1.install "moat.1"
    bash_completion.install "completions/moat.bash" => "moat"
    zsh_completion.install "completions/_moat"
    fish_completion.install "completions/moat.fish"
  end

  test do
    assert_equal "moat #{version}", shell_output("#{bin}/moat --version").strip
  end
end
`;
}

function nix(facts: Facts): string {
  const entry = (system: string, target: string) => {
    const { url, sha256 } = asset(facts, target);
    return `    ${system} = { url = "${url}"; sha256 = "${sha256}"; };`;
  };
  return `# nix-build -E 'with import <nixpkgs> {}; callPackage ./moat.nix {}'
{ lib, stdenv, fetchurl, patchelf }:
let
  sources = {
${entry("x86_64-linux", "linux-x64")}
${entry("aarch64-linux", "linux-arm64")}
${entry("x86_64-darwin", "darwin-x64")}
${entry("aarch64-darwin", "darwin-arm64")}
  };
in
stdenv.mkDerivation {
  pname = "moat";
  version = "${facts.version}";
  src = fetchurl sources.\${stdenv.hostPlatform.system};
  sourceRoot = ".";
  nativeBuildInputs = lib.optional stdenv.hostPlatform.isLinux patchelf;
  # Stripping destroys the program: what it is made of lies behind its sections.
  dontStrip = true;
  dontPatchELF = true;
  installPhase = ''
    install -Dm755 moat $out/bin/moat
    install -Dm644 moat.1 -t $out/share/man/man1
    install -Dm644 completions/moat.bash $out/share/bash-completion/completions/moat
    install -Dm644 completions/_moat -t $out/share/zsh/site-functions
    install -Dm644 completions/moat.fish -t $out/share/fish/vendor_completions.d
  '' + lib.optionalString stdenv.hostPlatform.isLinux ''
    patchelf --set-interpreter "$(cat $NIX_CC/nix-support/dynamic-linker)" $out/bin/moat
  '';
  meta = {
    description = "${SUMMARY}";
    homepage = "${repository()}";
    license = lib.licenses.asl20;
    mainProgram = "moat";
    platforms = builtins.attrNames sources;
    sourceProvenance = [ lib.sourceTypes.binaryNativeCode ];
  };
}
`;
}

function pkgbuild(facts: Facts): string {
  const [x64, arm64] = [asset(facts, "linux-x64"), asset(facts, "linux-arm64")];
  return `pkgname=moat-bin
pkgver=${facts.version.replace("-", "_")}
pkgrel=1
pkgdesc="${SUMMARY}"
arch=(x86_64 aarch64)
url="${repository()}"
license=(Apache-2.0)
depends=(glibc)
optdepends=('git: changes can be seen and undone' 'bash: commands run in it')
provides=(moat)
conflicts=(moat)
# Stripping destroys the program: what it is made of lies behind its sections.
options=('!strip' '!debug')
source_x86_64=("moat-$pkgver-x86_64.tar.gz::${x64.url}")
source_aarch64=("moat-$pkgver-aarch64.tar.gz::${arm64.url}")
sha256sums_x86_64=('${x64.sha256}')
sha256sums_aarch64=('${arm64.sha256}')

package() {
  install -Dm755 moat "$pkgdir/usr/bin/moat"
  install -Dm644 moat.1 "$pkgdir/usr/share/man/man1/moat.1"
  install -Dm644 LICENSE THIRD_PARTY.txt -t "$pkgdir/usr/share/licenses/moat-bin"
  install -Dm644 completions/moat.bash "$pkgdir/usr/share/bash-completion/completions/moat"
  install -Dm644 completions/_moat -t "$pkgdir/usr/share/zsh/site-functions"
  install -Dm644 completions/moat.fish -t "$pkgdir/usr/share/fish/vendor_completions.d"
}
`;
}

function srcinfo(facts: Facts): string {
  const version = facts.version.replace("-", "_");
  const source = (arch: string, target: string) => {
    const { url, sha256 } = asset(facts, target);
    return [`source_${arch} = moat-${version}-${arch}.tar.gz::${url}`, `sha256sums_${arch} = ${sha256}`];
  };
  const lines = [
    `pkgdesc = ${SUMMARY}`,
    `pkgver = ${version}`,
    "pkgrel = 1",
    `url = ${repository()}`,
    "arch = x86_64",
    "arch = aarch64",
    "license = Apache-2.0",
    "depends = glibc",
    "optdepends = git: changes can be seen and undone",
    "optdepends = bash: commands run in it",
    "provides = moat",
    "conflicts = moat",
    "options = !strip",
    "options = !debug",
    ...source("x86_64", "linux-x64"),
    ...source("aarch64", "linux-arm64"),
  ];
  return `pkgbase = moat-bin\n${lines.map((line) => `\t${line}\n`).join("")}\npkgname = moat-bin\n`;
}

function scoop(facts: Facts): string {
  const entry = (target: string) => {
    const { url, sha256 } = asset(facts, target);
    return { url, hash: sha256 };
  };
  const again = (target: string) => ({ url: `${releases()}/download/v$version/moat-${target}.zip` });
  const manifest = {
    version: facts.version,
    description: SUMMARY,
    homepage: repository(),
    license: "Apache-2.0",
    notes: "moat has never been run on Windows by its makers, and confines no command there: use WSL2 for that.",
    architecture: { "64bit": entry("windows-x64"), arm64: entry("windows-arm64") },
    bin: "moat.exe",
    checkver: { github: repository() },
    autoupdate: {
      architecture: { "64bit": again("windows-x64"), arm64: again("windows-arm64") },
      hash: { url: "$baseurl/SHA256SUMS" },
    },
  };
  return `${JSON.stringify(manifest, null, 4)}\n`;
}

/** Version of winget's schema that the three files follow. */
const WINGET_SCHEMA = "1.9.0";

function winget(facts: Facts): Record<string, string> {
  const head = { PackageIdentifier: "moat.moat", PackageVersion: facts.version };
  const tail = (ManifestType: string) => ({ ManifestType, ManifestVersion: WINGET_SCHEMA });
  const installer = (Architecture: string, target: string) => {
    const { url, sha256 } = asset(facts, target);
    return { Architecture, InstallerUrl: url, InstallerSha256: sha256.toUpperCase() };
  };
  const files = {
    "moat.moat.yaml": { ...head, DefaultLocale: "en-US", ...tail("version") },
    "moat.moat.installer.yaml": {
      ...head,
      InstallerType: "zip",
      NestedInstallerType: "portable",
      NestedInstallerFiles: [{ RelativeFilePath: "moat.exe", PortableCommandAlias: "moat" }],
      Installers: [installer("x64", "windows-x64"), installer("arm64", "windows-arm64")],
      ...tail("installer"),
    },
    "moat.moat.locale.en-US.yaml": {
      ...head,
      PackageLocale: "en-US",
      Publisher: "moat",
      PackageName: "moat",
      PackageUrl: repository(),
      License: "Apache-2.0",
      ShortDescription: SUMMARY,
      ...tail("defaultLocale"),
    },
  };
  // JSON is YAML, too; this form is what the other tools of winget write.
  return Object.fromEntries(
    Object.entries(files).map(([name, value]) => [`winget/${name}`, `${Bun.YAML.stringify(value, null, 2)}\n`]),
  );
}
