/** What the run store asks of the runtime that loads it. */

/** The Node-API version that better-sqlite3 needs; on an older one, loading it crashes the process. */
export const neededNodeApi = 10;

/** The oldest Node that has it, in words. */
export const neededNode = 'Node 22.14 or newer';

/** Whether a runtime can load the run store. @param version its Node-API, as in `process.versions.napi` */
export function hasNodeApi(version: string | undefined): boolean {
  return Number(version ?? 0) >= neededNodeApi;
}
