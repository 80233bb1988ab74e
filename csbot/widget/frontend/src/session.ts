/** The visitor's session: a signed token, kept in the iframe's own storage, or in memory where storage is blocked. */

export interface SiteInfo {
  name: string;
  languages: string[];
  language: string;
  greeting: Record<string, string>;
  look: { colour: string; position: string; mark: string };
}

export interface Session {
  token: string;
  conv: string | null;
  identity: { is_known: boolean; problem: string };
  site: SiteInfo;
}

export class SessionRefused extends Error {}

const memory = new Map<string, string>();

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    memory.set(key, value);
  }
}

export function recall(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return memory.get(key) ?? "";
  }
}

export const tokenKey = (site: string) => `csbot.${site}.token`;

/** `identity` is what the host page vouches for; where it is not good, the visitor is a stranger and the page's developer is told. */
export async function openSession(site: string, identity: string): Promise<Session> {
  const answer = await fetch("/widget/session", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
    body: JSON.stringify({ site, token: recall(tokenKey(site)), identity }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new SessionRefused(body.error.text);
  if (body.identity.problem) console.warn(`csbot: the identity is not good (${body.identity.problem})`);
  remember(tokenKey(site), body.token);
  return body as Session;
}
