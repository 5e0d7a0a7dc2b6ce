/** Where the mark of the selected step stands, and what the pointer of one panel tells the others. */
import { describe, expect, it } from 'vitest';
import { ref, shallowRef } from 'vue';
import type { Chart } from '../../shared/charts/index.ts';
import { createChartLink } from './chart-link.ts';
import type { ECharts } from './echarts.ts';
import type { Panel } from './panel.ts';
import { markBox, usePanelCursor } from './panel-cursor.ts';

const margins = { left: 60, right: 20, top: 10, bottom: 30 };

describe('markBox', () => {
  it('spans the step between the axes’ ends', () =>
    expect(markBox(100, 150, margins, 400)).toEqual({ left: '100px', width: '50px', top: '10px', bottom: '30px' }));
  it('is at least 2 px wide', () => expect(markBox(100, 100.1, margins, 400)?.width).toBe('2px'));
  it('ends where the axes end', () => {
    expect(markBox(20, 90, margins, 400)).toMatchObject({ left: '60px', width: '30px' });
    expect(markBox(370, 900, margins, 400)).toMatchObject({ left: '370px', width: '10px' });
  });
  it('is nowhere for a step out of view', () => {
    expect(markBox(10, 50, margins, 400)).toBeNull();
    expect(markBox(390, 420, margins, 400)).toBeNull();
  });
});

/** A panel whose axis has one place for each px from 60 to 380, drawn or empty. */
function panelOf(empty?: string): { panel: Panel; link: ReturnType<typeof createChartLink> } {
  const link = createChartLink();
  const instance = {
    convertToPixel: (_: object, x: number) => x,
    convertFromPixel: (_: object, px: number) => px,
    containPixel: (_: object, [px]: [number]) => px >= 60 && px <= 380,
  } as unknown as ECharts;
  const chart = shallowRef({ ...(empty ? { empty } : {}) } as Chart);
  const props = { spec: { chart: 'walk' } as const, runs: [], link };
  return { link, panel: { props, log: ref(false), width: ref(400), height: ref(200), chart, instance, margins } };
}

describe('usePanelCursor', () => {
  it('tells the place under its pointer, and shows no hairline of its own there', () => {
    const { panel, link } = panelOf();
    const cursor = usePanelCursor(panel);
    cursor.point({ offsetX: 100, offsetY: 50 });
    expect(link.cursor).toBe(100);
    cursor.follow();
    expect(cursor.places.at).toBeNull();
    cursor.point(null);
    expect(link.cursor).toBeNull();
  });
  it('shows a hairline where another panel points at, as far as it is in view', () => {
    const { panel, link } = panelOf();
    const cursor = usePanelCursor(panel);
    link.point(200);
    cursor.follow();
    expect(cursor.places.at).toBe(200);
    link.point(390);
    cursor.follow();
    expect(cursor.places.at).toBeNull();
  });
  it('marks the selected step, and nothing once it is not selected', () => {
    const { panel, link } = panelOf();
    const cursor = usePanelCursor(panel);
    link.selected = 70;
    cursor.mark();
    expect(cursor.places.mark).toMatchObject({ left: '70px', width: '2px' });
    link.selected = null;
    cursor.mark();
    expect(cursor.places.mark).toBeNull();
  });
  it('has no places outside the axes, in an empty chart, or before it is drawn', () => {
    const { panel, link } = panelOf();
    const cursor = usePanelCursor(panel);
    expect(cursor.placeOf({ offsetX: 20, offsetY: 50 })).toBeNull();
    panel.instance = null;
    expect(cursor.placeOf({ offsetX: 100, offsetY: 50 })).toBeNull();
    const empty = usePanelCursor(panelOf('Nothing was measured.').panel);
    expect(empty.placeOf({ offsetX: 100, offsetY: 50 })).toBeNull();
    cursor.point({ offsetX: 100, offsetY: 50 });
    expect(link.cursor).toBeNull();
  });
});
