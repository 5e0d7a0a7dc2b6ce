/** The backend of runs that name none. */
import { defaultBackend } from '../../shared/backends.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import type { BackendSelection } from '../../shared/workbench-info.ts';
import type { BackendInfo } from '../../shared/trainer-messages.ts';
import type { Store } from './store/store.ts';

/** The backend that was chosen for this store; the processor where none was. */
export function selectedBackend(store: Store): string {
  return store.settings.get('backend') ?? defaultBackend;
}

/** The choice and what it can be based on. */
export function backendSelection(store: Store): BackendSelection {
  return { backend: selectedBackend(store), speeds: store.speeds.list() };
}

/**
 * Checks that a backend can be used here. The processor always can: nobody waits for a trainer to say so.
 * @param backends asks which there are
 * @throws ValleywalkError kind `input`: it is none, or why it cannot be used and how to get it
 */
export async function requireBackend(name: string, backends: () => Promise<BackendInfo[]>): Promise<void> {
  if (name === defaultBackend) return;
  const all = await backends();
  const found = all.find((backend) => backend.name === name);
  if (found?.available) return;
  const available = all.filter((backend) => backend.available).map((backend) => backend.name);
  const message = found
    ? `${name} cannot be used here: ${found.reason ?? 'unknown reason'}`
    : `"${name}" is not one that Valleywalk knows; it knows ${all.map((backend) => backend.name).join(', ')}`;
  throw new ValleywalkError(
    'input',
    `the backend ${message}${available.length > 0 ? `; usable: ${available.join(', ')}` : ''}`,
    [{ path: 'backend', message }],
  );
}
