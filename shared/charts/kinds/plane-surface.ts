/** The loss on the plane through three points as a surface: projected polygons, painted from back to front, so that it exports as lines and areas. */
import type { CustomSeriesOption } from 'echarts';
import { z } from 'zod';
import type { PlaneResult } from '../../analyses/plane.ts';
import { makeChart } from '../chart.ts';
import type { Chart, RunData } from '../chart.ts';
import { analysisOption, defineChart, ofAnalysis } from '../define.ts';
import { levelsOf } from '../drawing/levels.ts';
import type { Levels } from '../drawing/levels.ts';
import {
  describe,
  finiteLosses,
  noAnalysis,
  notesOf,
  planeOf,
  planeTable,
  subscript,
  isOff,
  undrawable,
} from './plane.ts';
import { rampColor } from '../drawing/ramp.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { formatTick } from '../drawing/text.ts';
import { lossUnitOf } from '../drawing/loss-unit.ts';

/** Loss on a plane, surface. */
export const planeSurface = defineChart({
  ...ofAnalysis,
  key: 'plane-surface',
  help: 'The same plane as a surface.',
  options: {
    analysis: analysisOption,
    azimuth: {
      title: 'Azimuth in degrees',
      label: 'Seen from',
      control: 'number',
      unit: '°',
      schema: z.number().min(-360).max(360).default(-35),
    },
    elevation: {
      title: 'Elevation in degrees',
      label: 'at',
      beside: true,
      control: 'number',
      unit: '°',
      schema: z.number().min(5).max(90).default(35),
    },
  },
  title: () => 'Loss on a plane, surface',
  analysis: 'plane',
  build: ([data], spec, style) => planeSurfaceChart(data, spec, style),
});

/** From where the surface is looked at, in degrees. */
interface Viewpoint {
  /** Around the vertical axis. */
  azimuth: number;
  /** Above the horizon, 5 to 90. */
  elevation: number;
}

type Vector = [number, number, number];

/** A projection of the unit box (corners at ±1, height 0 to 1) onto the drawing; the third number grows towards the eye. */
export function projection({ azimuth, elevation }: Viewpoint): (point: Vector) => Vector {
  const [turn, tilt] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  const [sinTurn, cosTurn, sinTilt, cosTilt] = [Math.sin(turn), Math.cos(turn), Math.sin(tilt), Math.cos(tilt)];
  return ([x, y, z]) => {
    const across = x * cosTurn - y * sinTurn;
    const into = x * sinTurn + y * cosTurn;
    const up = boxHeight * (z - 0.5);
    return [across, up * cosTilt + into * sinTilt, up * sinTilt - into * cosTilt];
  };
}

/** Height of the box, whose base is 2 × 2. */
const boxHeight = 1.3;

/** Builds the surface. */
function planeSurfaceChart(data: RunData, viewpoint: Viewpoint, style: ChartStyle): Chart {
  const result = planeOf(data);
  const finite = result ? finiteLosses(result) : [];
  const title = 'Loss on the plane through three points, as a surface';
  const base = {
    animation: false,
    backgroundColor: style.medium === 'screen' ? 'transparent' : style.palette.background,
  };
  const empty = result ? undrawable(result) : noAnalysis(data);
  if (!result || empty !== null)
    return makeChart({
      title,
      description: `${title}: nothing to draw.`,
      option: base,
      makeTable: () => planeTable(null),
      empty,
      notes: [],
      readout: () => null,
    });
  const levels = levelsOf(finite);
  return makeChart({
    title,
    description: describe(data, result, finite),
    option: { ...base, series: [surfaceSeries(result, levels, viewpoint, lossUnitOf([data]), style)] },
    makeTable: () => planeTable(result),
    empty: null,
    notes: notesOf(data, result, levels, finite),
    readout: () => null,
  });
}

function surfaceSeries(
  result: PlaneResult,
  levels: Levels,
  viewpoint: Viewpoint,
  lossUnit: string | null,
  style: ChartStyle,
): CustomSeriesOption {
  const { x, y, losses, points, walk } = result;
  const { palette, fontFamily, fontSize } = style;
  const project = projection(viewpoint);
  const unit = (line: readonly number[], value: number): number =>
    (2 * (value - line[0]!)) / (line.at(-1)! - line[0]!) - 1;
  // of halves, because the range of numbers as large as there are is none
  const range = levels.high / 2 - levels.low / 2;
  const share = (loss: number | null): number =>
    Math.max(0, Math.min(1, ((loss ?? Infinity) / 2 - levels.low / 2) / range || 0));
  const heights = losses.map(share);
  const vertex = (i: number, j: number): Vector => [unit(x, x[i]!), unit(y, y[j]!), heights[j * x.length + i]!];

  // everything that is drawn, with its depth; the farthest first
  const faces: { depth: number; element: object }[] = [];
  const scale = Math.min(style.width / 3.7, style.height / 2.85);
  const [middleX, middleY] = [style.width * 0.53, style.height * 0.5];
  const place = (point: Vector): [number, number] => {
    const [across, up] = project(point);
    return [round(middleX + scale * across), round(middleY - scale * up)];
  };
  for (let j = 0; j + 1 < y.length; j++)
    for (let i = 0; i + 1 < x.length; i++) {
      const corners = [vertex(i, j), vertex(i + 1, j), vertex(i + 1, j + 1), vertex(i, j + 1)];
      const mean = corners.reduce((sum, [, , z]) => sum + z, 0) / 4;
      // light from one side, so that a valley shows without its colours
      const slope = corners[1]![2] - corners[0]![2] + corners[2]![2] - corners[3]![2];
      const shade = 1 - Math.max(-0.25, Math.min(0.25, slope * 0.8));
      faces.push({
        depth: corners.reduce((sum, corner) => sum + project(corner)[2], 0) / 4,
        element: {
          type: 'polygon',
          shape: { points: corners.map(place) },
          style: {
            fill: rampColor(mean, shade),
            stroke: style.theme === 'dark' ? '#14171b' : '#1b1f24',
            lineWidth: style.lines.hairline * 0.5,
            strokeOpacity: 0.35,
          },
        },
      });
    }
  const lifted = (px: number, py: number, z: number): Vector => [unit(x, px), unit(y, py), z + 0.01];
  const heightAt = (px: number, py: number): number => interpolated(x, y, heights, px, py);
  const inside = walk.filter(({ x: px, y: py }) => px >= x[0]! && px <= x.at(-1)! && py >= y[0]! && py <= y.at(-1)!);
  type Place = { x: number; y: number };
  /** @param dashed every other piece only: its ends do not lie on the surface */
  const path = (from: Place, to: Place, color: string, width: number, dashed = false): void => {
    const pieces = 24;
    const at = (step: number): Vector => {
      const [px, py] = [from.x + ((to.x - from.x) * step) / pieces, from.y + ((to.y - from.y) * step) / pieces];
      return lifted(px, py, heightAt(px, py));
    };
    for (let step = 0; step < pieces; step += dashed ? 2 : 1) {
      const ends = [at(step), at(step + 1)];
      faces.push({
        // a little nearer than the face it lies on
        depth: Math.max(...ends.map((end) => project(end)[2])) + 2.5 / Math.min(x.length, y.length),
        element: {
          type: 'polyline',
          shape: { points: ends.map(place) },
          style: { stroke: color, lineWidth: width, fill: 'none' },
        },
      });
    }
  };
  inside.slice(1).forEach((to, index) => {
    const from = inside[index]!;
    if (walk.indexOf(to) === walk.indexOf(from) + 1)
      path(from, to, '#ffffff', style.lines.thin, isOff(result, from, to));
  });
  points.slice(1).forEach((to, index) => path(points[index]!, to, '#d55e00', style.lines.bold));
  const marks = points.flatMap(({ iteration, x: px, y: py, loss }) => {
    const [cx, cy] = place(lifted(px, py, loss === null ? 1 : share(loss)));
    return [
      {
        type: 'circle' as const,
        shape: { cx, cy, r: style.marker * 0.7 },
        style: { fill: '#d55e00', stroke: '#ffffff', lineWidth: style.lines.thin },
      },
      {
        type: 'text' as const,
        style: {
          text: `θ${subscript(iteration)}`,
          x: cx + style.marker,
          y: cy - style.marker,
          fill: palette.text,
          stroke: palette.background,
          lineWidth: fontSize * 0.25,
          fontFamily,
          fontSize,
          fontWeight: 'bold' as const,
          textVerticalAlign: 'bottom' as const,
        },
      },
    ];
  });
  const children = [
    ...box(project, place, levels, lossUnit, style),
    ...faces.sort((a, b) => a.depth - b.depth).map(({ element }) => element),
    ...marks,
  ];
  return {
    id: 'surface',
    name: 'surface',
    type: 'custom',
    coordinateSystem: 'none',
    data: [0],
    renderItem: () => ({ type: 'group', children }) as never,
    silent: true,
    animation: false,
  };
}

/** The base's outline, the axes' names and the scale of the loss. */
function box(
  project: (point: Vector) => Vector,
  place: (point: Vector) => [number, number],
  levels: Levels,
  unit: string | null,
  style: ChartStyle,
): object[] {
  const { palette, fontFamily, fontSize, lines } = style;
  const edge = { stroke: palette.axis, lineWidth: lines.hairline, fill: 'none' };
  const corners: Vector[] = [
    [-1, -1, 0],
    [1, -1, 0],
    [1, 1, 0],
    [-1, 1, 0],
  ];
  // the vertical scale stands at the corner farthest to the left
  const [left] = [...corners].sort((a, b) => project(a)[0] - project(b)[0]);
  const text = { fill: palette.muted, fontFamily, fontSize };
  const ticks = [0, 0.5, 1].map((share) => ({
    type: 'text',
    style: {
      ...text,
      text: `${formatTick(Number((levels.low + share * (levels.high - levels.low)).toPrecision(3)))}${share === 1 && unit ? ` ${unit}` : ''}`,
      x: place([left![0], left![1], share])[0] - fontSize * 0.5,
      y: place([left![0], left![1], share])[1],
      textAlign: 'right',
      textVerticalAlign: 'middle',
    },
  }));
  // names stand below the two edges that are nearest to the eye
  const names = (
    [
      ['e₁', (side: number): Vector => [0, side, 0]],
      ['e₂', (side: number): Vector => [side, 0, 0]],
    ] as const
  ).map(([name, middle]) => {
    const near = project(middle(-1))[2] > project(middle(1))[2] ? -1.18 : 1.18;
    const [px, py] = place(middle(near));
    return {
      type: 'text',
      style: { ...text, text: name, x: px, y: py, textAlign: 'center', textVerticalAlign: 'middle' },
    };
  });
  return [
    { type: 'polygon', shape: { points: corners.map(place) }, style: edge },
    {
      type: 'polyline',
      shape: { points: [place([left![0], left![1], 0]), place([left![0], left![1], 1])] },
      style: edge,
    },
    ...ticks,
    ...names,
  ];
}

/** Bilinear interpolation on the grid. */
function interpolated(x: number[], y: number[], values: readonly number[], px: number, py: number): number {
  const place = (line: number[], at: number): [number, number] => {
    const cell = ((at - line[0]!) / (line.at(-1)! - line[0]!)) * (line.length - 1);
    const index = Math.max(0, Math.min(line.length - 2, Math.floor(cell)));
    return [index, cell - index];
  };
  const [[i, u], [j, v]] = [place(x, px), place(y, py)];
  const value = (di: number, dj: number): number => values[(j + dj) * x.length + i + di]!;
  return (1 - v) * ((1 - u) * value(0, 0) + u * value(1, 0)) + v * ((1 - u) * value(0, 1) + u * value(1, 1));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
