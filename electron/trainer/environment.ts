/** Where and with what a run is computed, for its record. */
import type { Environment } from '../../shared/records.ts';
import type { BackendInfo } from '../../shared/trainer-messages.ts';

/**
 * The environment of a run on a backend. Valleywalk's own version comes from the variable VALLEYWALK_VERSION, which the build sets;
 * from a checkout it is `development`.
 */
export function environmentOf(backend: BackendInfo): Environment {
  return {
    backend: backend.name,
    device: backend.device ?? backend.title,
    versions: {
      valleywalk: process.env['VALLEYWALK_VERSION'] ?? 'development',
      node: process.versions.node,
      ...backend.versions,
    },
  };
}
