import { setInFile, writeWhole } from "../../config/editing.ts";
import { providerAllowed } from "../../config/index.ts";
import { PROVIDERS } from "../../model/index.ts";
import { readConfig } from "../../open/index.ts";
import { SavedKeyError, savedProviders, saveKey } from "../../open/saved-keys.ts";
import { MODES } from "../../policy/modes.ts";
import { type Dialog, loadDialogs } from "../../term/index.ts";
import type { Host } from "../contract.ts";
import { settingsFile } from "./first-start.ts";

/** What the file holds when nothing was chosen; that it is there says that the questions were asked. */
const HEAD = "# Settings of moat. `moat config list --all` names them, `moat config set KEY VALUE` changes them.\n";

/** Settings that were chosen, in order. */
type Settings = [key: string, value: string][];

/**
 * Asks a person who starts moat for the first time, once, for provider and freedom. Every question can be left with Escape;
 * then the defaults hold. Whether it is the first time, `isFirstStart` says.
 */
export async function offerFirstRun(host: Host): Promise<void> {
  const file = settingsFile(host);
  const { inDialog, storyLines } = await loadDialogs();
  const { intro, outro } = await storyLines();
  intro("Welcome to moat. Two questions; Escape leaves them for later.");
  const { provider, mode } = await inDialog(async (dialog) => {
    const provider = await askProvider(host, dialog);
    return { provider, mode: provider === null ? null : await askMode(host, dialog) };
  });
  const settings = [...(provider ?? []), ...(mode ?? [])];
  writeWhole(file, HEAD);
  for (const [key, value] of settings) {
    const done = await setInFile(file, key, value, { home: host.home, cwd: host.moat_home });
    if (!done.ok) host.stderr(`moat: ${done.message}\n`);
  }
  outro(mode === null ? "Left for later: `moat login` and `moat config` do the same." : `Saved in ${file}.`);
}

/** Where a model can be had, those that are ready first. null: left. */
async function askProvider(host: Host, dialog: Dialog): Promise<Settings | null> {
  const [{ storyLines }, model] = await Promise.all([loadDialogs(), import("../../model/index.ts")]);
  const { step } = await storyLines();
  step("Looking for keys, and for model servers on this machine");
  const saved = savedIds(host);
  // Without the administrator's rules nobody is asked: what is wrong with them is said when the thread starts.
  const loaded = await readConfig(host, { cwd: host.cwd });
  const may = (id: string, base_url: string) => loaded.ok && providerAllowed(loaded.requirements, id, base_url);
  const servers = await model.findLocalServers(host.signal, may, model.localAddresses(host.env));
  const ready = Object.entries(PROVIDERS).flatMap(([id, { name, env_keys }]) => {
    const variable = env_keys.find((key) => host.env[key]);
    const hint = variable ? `${variable} is set` : saved.includes(id) ? "its key is saved" : null;
    return hint === null ? [] : [{ value: id, label: name, hint }];
  });
  const here = servers.map(({ id }) => ({ value: id, label: PROVIDERS[id]?.name ?? id, hint: "runs here" }));
  const chosen = await dialog.choose({
    message: "Who shall answer?",
    options: [
      ...ready,
      ...here,
      { value: "", label: "Another provider", hint: "paste its key" },
      { value: OWN, label: "Another address", hint: "a server that speaks Chat Completions" },
    ],
    signal: host.signal,
  });
  if (chosen === null) return null;
  if (chosen === "") return askKey(host, dialog);
  if (chosen === OWN) return askAddress(may, host, dialog);
  const local = servers.find(({ id }) => id === chosen);
  if (local) return askModel(chosen, local.models, host, dialog);
  return withModel(chosen, host, dialog);
}

/** Name of the table `[model_providers.own]`; its key, where there is one, is OWN_API_KEY. */
const OWN = "own";

/** The address of a server, and a model of those that it lists. */
async function askAddress(
  may: (id: string, base_url: string) => boolean,
  host: Host,
  dialog: Dialog,
): Promise<Settings | null> {
  const message = "Its base URL (mostly with /v1 at the end)";
  const address = (await dialog.text({ message, value: "http://127.0.0.1:8000/v1", signal: host.signal }))?.trim();
  if (!address) return null;
  const { findLocalServers } = await import("../../model/index.ts");
  const [server] = URL.canParse(address) ? await findLocalServers(host.signal, may, { [OWN]: address }) : [];
  const table: Settings = [
    [`model_providers.${OWN}.base_url`, JSON.stringify(address)],
    [`model_providers.${OWN}.wire_api`, JSON.stringify("chat")],
  ];
  const chosen = server ? await askModel(OWN, server.models, host, dialog) : await withModel(OWN, host, dialog);
  return chosen && [...table, ...chosen];
}

function savedIds(host: Host): string[] {
  try {
    return savedProviders(host.moat_home).map(({ id }) => id);
  } catch (error) {
    // A damaged file of keys is told by `moat login status` and the doctor; here it only means that there are none.
    if (error instanceof SavedKeyError) return [];
    throw error;
  }
}

/** A provider by name, and its key, which is saved as `moat login` saves it. */
async function askKey(host: Host, dialog: Dialog): Promise<Settings | null> {
  const offered = Object.entries(PROVIDERS).filter(([, { env_keys, base_url }]) => env_keys.length > 0 && base_url);
  const id = await dialog.choose({
    message: "Which one?",
    options: offered.map(([value, { name }]) => ({ value, label: name })),
    signal: host.signal,
  });
  if (id === null) return null;
  const key = await dialog.secret({ message: `Key of ${PROVIDERS[id]?.name}`, signal: host.signal });
  if (!key?.trim()) return null;
  try {
    await saveKey(host.moat_home, id, key.trim(), "auto", Bun.secrets);
  } catch (error) {
    if (!(error instanceof SavedKeyError)) throw error;
    host.stderr(`moat: ${error.message}\n`);
    return null;
  }
  return withModel(id, host, dialog);
}

/** A provider without a usual model needs one by name. */
async function withModel(id: string, host: Host, dialog: Dialog): Promise<Settings | null> {
  const provider: Settings = [["model_provider", JSON.stringify(id)]];
  if (PROVIDERS[id]?.default_model) return provider;
  const model = await dialog.text({ message: "Which model? (`moat models` lists them later)", signal: host.signal });
  if (model === null) return null;
  return model.trim() ? [...provider, ["model", JSON.stringify(model.trim())]] : provider;
}

async function askModel(id: string, models: string[], host: Host, dialog: Dialog): Promise<Settings | null> {
  const options = models.map((value) => ({ value, label: value }));
  const model =
    models.length === 1 ? models[0] : await dialog.choose({ message: "Which model?", options, signal: host.signal });
  if (!model) return null;
  return [
    ["model_provider", JSON.stringify(id)],
    ["model", JSON.stringify(model)],
  ];
}

/** How free the agent is. The first answer sets nothing: trust in a folder decides, folder by folder. null: left. */
async function askMode(host: Host, dialog: Dialog): Promise<Settings | null> {
  const offered = ["read-only", "suggest", "full"] as const;
  const chosen = await dialog.choose({
    message: "What may it do?",
    options: [
      { value: "", label: `${MODES["workspace-write"].summary} Only in folders that you trust; it reads elsewhere.` },
      ...offered.map((value) => ({ value, label: MODES[value].summary })),
    ],
    signal: host.signal,
  });
  if (chosen === null) return null;
  const name = offered.find((mode) => mode === chosen);
  if (name === undefined) return [];
  const { sandbox_mode, approval_policy } = MODES[name];
  return [
    ["sandbox_mode", JSON.stringify(sandbox_mode)],
    ["approval_policy", JSON.stringify(approval_policy)],
  ];
}
