import { expect, test } from 'vitest';
import { places } from '../../shared/views.ts';
import { menuTemplate } from './menu-template.ts';

for (const platform of ['linux', 'darwin', 'win32'] as const)
  test(`every view is in the menu once, with a key of its own (${platform})`, () => {
    const gone: string[] = [];
    const items = menuTemplate(platform, (route) => () => gone.push(route)).flatMap(({ submenu }) =>
      Array.isArray(submenu) ? submenu : [],
    );
    const views = items.filter(({ label }) => label !== undefined);
    expect(views.map(({ label }) => label).sort()).toEqual(places.map(({ title }) => title).sort());
    expect(new Set(views.map(({ accelerator }) => accelerator)).size).toBe(places.length);
    for (const { click } of views) click!(undefined as never, undefined, undefined as never);
    expect(gone.sort()).toEqual(places.map(({ path }) => path).sort());
  });
