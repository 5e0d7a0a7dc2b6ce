/** Changes of the address that come while another is under way. */
import { expect, it } from 'vitest';
import { createMemoryHistory, createRouter } from 'vue-router';
import { changesOf } from './address.ts';

it('changes of one moment are all in the address, the last of each word', async () => {
  const history = createMemoryHistory();
  const router = createRouter({ history, routes: [{ path: '/', component: {} }] });
  await router.push('/?kept=1&gone=2');
  const one = changesOf(router);
  const other = changesOf(router);
  const [, , last] = [one({ a: '1' }), other({ b: '2', gone: undefined }), one({ a: '3' })];
  await last;
  expect(router.currentRoute.value.query).toEqual({ kept: '1', a: '3', b: '2' });
  // what is done is no longer joined: another may have changed it since
  await router.replace('/?kept=1');
  await other({ c: '4' });
  expect(router.currentRoute.value.query).toEqual({ kept: '1', c: '4' });
});
