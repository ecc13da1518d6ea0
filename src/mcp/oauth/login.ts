import type { AddressServer, ServerWorld } from "../contract.ts";
import { parameterOf } from "./discover.ts";
import { type StoredLogin, storedLogin, storeLogin } from "./store.ts";
import { isFresh, requestToken } from "./tokens.ts";

/** Gives the token of a login. */
export interface Login {
  /** @param refused what the server said of the last one, when it did not take it */
  token(refused: Response | null): Promise<string | null>;
  /** The token is good and not enough; the next login asks for what is missing. */
  wants(challenge: string): void;
}

/** The login at a server: its token, renewed where it has ended. A server with a token of the configuration has none. */
export function loginOf(name: string, place: AddressServer, world: ServerWorld): Login {
  let renewing: Promise<string | null> | null = null;
  const renew = (login: StoredLogin) => {
    renewing ??= renewed(name, login, world).finally(() => {
      renewing = null;
    });
    return renewing;
  };
  return {
    async token(refused) {
      if ("authorization" in place.headers) return null;
      const login = storedLogin(world.moat_home, name, place.url);
      if (login === null) return null;
      world.learn(login.access_token);
      if (refused === null && isFresh(login, world.date())) return login.access_token;
      return renew(login);
    },
    wants(challenge) {
      const login = storedLogin(world.moat_home, name, place.url);
      const scope = parameterOf(challenge, "scope");
      if (login !== null && scope !== null) storeLogin(world.moat_home, name, { ...login, wants: scope });
    },
  };
}

/** null: it cannot be renewed, and a person has to log in again. */
async function renewed(name: string, login: StoredLogin, world: ServerWorld): Promise<string | null> {
  const { refresh_token, resource, token_endpoint, client_id, client_secret, auth_method } = login;
  if (refresh_token === null) return null;
  const client = { resource, token_endpoint, client_id, client_secret, auth_method };
  const fresh = await requestToken(client, { grant_type: "refresh_token", refresh_token }, world);
  if (!fresh.ok) return null;
  storeLogin(world.moat_home, name, fresh.value);
  return fresh.value.access_token;
}
