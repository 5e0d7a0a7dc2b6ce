/** What axe finds wrong with the page that is shown. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { still } from './window.ts';

/** Violations on the present page once it stands still (colours in a transition are not those that stay), as readable lines; empty when there are none. */
export async function violations(page: Page): Promise<string[]> {
  await still(page);
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}
