/** What the application menu holds: every view with its key, editing, zoom; drawn from the list of views. */
import type { MenuItemConstructorOptions } from 'electron';
import { places } from '../../shared/views.ts';
import type { PlaceName } from '../../shared/views.ts';

/** Views that stand elsewhere than in the menu of views, as the platforms have them. */
const elsewhere: ReadonlySet<PlaceName> = new Set<PlaceName>(['new', 'settings', 'help']);

/**
 * The menu of all windows.
 * @param go opens a view in the window whose menu it is
 */
export function menuTemplate(
  platform: NodeJS.Platform,
  go: (route: string) => NonNullable<MenuItemConstructorOptions['click']>,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const separator = { type: 'separator' } as const;
  const item = ({ title, path, accelerator }: (typeof places)[number]): MenuItemConstructorOptions => ({
    label: title,
    accelerator,
    click: go(path),
  });
  const place = (name: PlaceName): MenuItemConstructorOptions => item(places.find((one) => one.name === name)!);
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [place('new'), separator, place('settings'), separator, { role: mac ? 'close' : 'quit' }],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        ...places.filter(({ name }) => !elsewhere.has(name)).map(item),
        separator,
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        separator,
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
    { label: '&Help', role: 'help', submenu: [place('help')] },
  ];
}
