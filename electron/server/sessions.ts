/** Who may use the server: a one-time token in the printed address becomes a session cookie in one browser. */
import { randomBytes, timingSafeEqual } from 'node:crypto';

/** Tokens and sessions of one server, kept in memory only. */
export interface Sessions {
  /** Makes a token that {@link Sessions.redeem} accepts once. */
  token(): string;
  /** Trades a token for a session; null when it is unknown or used. */
  redeem(token: string): string | null;
  /** Whether a Cookie header carries a session of this server. */
  admits(cookieHeader: string | undefined): boolean;
  /** The Set-Cookie header for a session. */
  cookie(session: string): string;
}

/** @param name of the cookie; servers on other ports of the same machine must not overwrite it. */
export function createSessions(name: string): Sessions {
  const tokens = new Set<string>();
  const sessions = new Set<string>();
  const secret = (): string => randomBytes(24).toString('base64url');
  const has = (set: Set<string>, candidate: string): string | null => {
    const given = Buffer.from(candidate);
    for (const known of set) {
      const expected = Buffer.from(known);
      if (expected.length === given.length && timingSafeEqual(expected, given)) return known;
    }
    return null;
  };
  return {
    token() {
      const token = secret();
      tokens.add(token);
      return token;
    },
    redeem(candidate) {
      const token = has(tokens, candidate);
      if (token === null) return null;
      tokens.delete(token);
      const session = secret();
      sessions.add(session);
      return session;
    },
    admits(header) {
      return (header ?? '').split(';').some((part) => {
        const [key, value] = part.trim().split('=', 2);
        return key === name && value !== undefined && has(sessions, value) !== null;
      });
    },
    cookie: (session) => `${name}=${session}; HttpOnly; SameSite=Strict; Path=/`,
  };
}
