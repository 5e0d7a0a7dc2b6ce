/** The application menu. */
import { BrowserWindow, Menu } from 'electron';
import { channels } from '../../shared/bridge.ts';
import { menuTemplate } from './menu-template.ts';

/** Sets the menu of all windows. */
export function setMenu(): void {
  const template = menuTemplate(process.platform, (route) => (_item, window) => {
    if (window instanceof BrowserWindow) window.webContents.send(channels.menu, route);
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
