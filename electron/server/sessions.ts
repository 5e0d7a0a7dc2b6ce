/**
 * Who may use the server: a one-time token in the address for signing in becomes a session cookie in one browser. Tokens that nobody
 * uses and sessions that nobody uses any more expire, by a clock that cannot be set.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Milliseconds in which a token can be used. */
export const tokenLife = 10 * 60_000;

/** Milliseconds after its last use that a session ends; a browser that is open uses it all the time. */
export const sessionLife = 12 * 3_600_000;

/** What becomes of older tokens when there is a new one. */
export type Before = 'void' | 'kept';

/** Tokens and sessions of one server, kept in memory only. */
export interface Sessions {
  /**
   * Makes a token that {@link Sessions.redeem} accepts once, within {@link tokenLife}.
   * @param before what those made before it are, which nobody used: void unless told otherwise, or kept until they expire
   */
  token(before?: Before): string;
  /** Trades a token for a session; null when it is unknown, used or expired. */
  redeem(token: string): string | null;
  /** Whether a Cookie header carries a live session of this server, which then lives on. */
  admits(cookieHeader: string | undefined): boolean;
  /** The Set-Cookie header for a session. */
  cookie(session: string): string;
}

/**
 * @param name of the cookie; servers on other ports of the same machine must not overwrite it
 * @param now a clock in milliseconds that only goes forward
 */
export function createSessions(name: string, now: () => number = () => performance.now()): Sessions {
  /** Until when they are good, by the digest of the secret. */
  const tokens = new Map<string, number>();
  const sessions = new Map<string, number>();
  const add = (to: Map<string, number>, life: number): string => {
    const secret = randomBytes(24).toString('base64url');
    to.set(digest(secret).toString('hex'), now() + life);
    return secret;
  };
  return {
    token(before = 'void') {
      for (const [token, until] of tokens) if (before === 'void' || until <= now()) tokens.delete(token);
      return add(tokens, tokenLife);
    },
    redeem(candidate) {
      const token = find(tokens, candidate, now());
      if (token === null) return null;
      tokens.delete(token);
      return add(sessions, sessionLife);
    },
    admits(header) {
      let admitted = false;
      for (const part of (header ?? '').split(';')) {
        const [key, value] = part.trim().split('=', 2);
        const session = key === name && value !== undefined ? find(sessions, value, now()) : null;
        if (session === null) continue;
        sessions.set(session, now() + sessionLife);
        admitted = true;
      }
      return admitted;
    },
    cookie: (session) => `${name}=${session}; HttpOnly; SameSite=Strict; Path=/`,
  };
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** The digest that a candidate has, among those that are still good. What has expired is forgotten; every comparison takes the same time. */
function find(among: Map<string, number>, candidate: string, now: number): string | null {
  const given = digest(candidate);
  let found: string | null = null;
  for (const [known, until] of among) {
    if (until <= now) among.delete(known);
    else if (timingSafeEqual(Buffer.from(known, 'hex'), given)) found = known;
  }
  return found;
}
