/** The application menu: the pages, editing, zoom; shortcuts as each platform has them. */
import { BrowserWindow, Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import { channels, menuRoutes } from '../../shared/bridge.ts';

/** Sets the menu of all windows. */
export function setMenu(): void {
  const titles: Record<(typeof menuRoutes)[number], [string, string]> = {
    '/runs': ['Runs', 'CmdOrCtrl+1'],
    '/new': ['New Experiment', 'CmdOrCtrl+N'],
    '/compare': ['Compare', 'CmdOrCtrl+3'],
    '/data': ['Data', 'CmdOrCtrl+4'],
    '/settings': ['Settings', 'CmdOrCtrl+,'],
  };
  const pages = menuRoutes.map((route): MenuItemConstructorOptions => {
    const [label, accelerator] = titles[route];
    return {
      label,
      accelerator,
      click: (_item, window) => {
        if (window instanceof BrowserWindow) window.webContents.send(channels.menu, route);
      },
    };
  });
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [...pages, { type: 'separator' }, { role: process.platform === 'darwin' ? 'close' : 'quit' }],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
