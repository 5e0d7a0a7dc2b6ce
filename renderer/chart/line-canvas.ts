/** The canvas of a line layer: strokes lines in px, over what ECharts draws below lines and under its markers and the tooltip. */
import type { InView } from '../../shared/charts/drawing/in-view.ts';
import { FrameTime } from './frame-time.ts';
import type { LineLook } from './line-layer.ts';

/** Points that are stroked in one frame while lines are drawn finely: about what takes a third of it. */
const pointsInFrame = 40_000;
/** Milliseconds of a frame after which no other chart draws some of its lines finely. */
const fineTime = new FrameTime(16);

/** Where points lie in px: linear along each axis, or along its logarithm. */
export interface Scale {
  x: Along;
  y: Along;
}
/** From a place, or its logarithm, to px. */
export interface Along {
  offset: number;
  factor: number;
  log: boolean;
}

/** The map of an axis on which two places are known in px. */
export function along([a, b]: readonly [number, number], [pxA, pxB]: readonly [number, number], log: boolean): Along {
  const [from, to] = log ? [Math.log(a), Math.log(b)] : [a, b];
  const factor = to === from ? 0 : (pxB - pxA) / (to - from);
  return { offset: pxA - factor * from, factor, log };
}

/** What is drawn: lines in view, their looks and where they lie. */
export interface Drawing {
  view: InView;
  look: (line: number) => LineLook;
  /** How strongly a line is drawn: 1, or less where another one is pointed at. */
  opacity: (line: number) => number;
  scale: Scale;
  /** The plot between the axes, in px. */
  plot: { left: number; top: number; width: number; height: number };
  /** Size of the panel, in px. */
  width: number;
  height: number;
}

/** Strokes one line of a view. */
function stroke(context: CanvasRenderingContext2D, { view, scale }: Drawing, line: number): void {
  const { points, starts } = view;
  const { x, y } = scale;
  context.beginPath();
  let open = false;
  for (let at = starts[line]!; at < starts[line + 1]!; at += 2) {
    const place = points[at]!;
    if (place !== place) {
      open = false;
      continue;
    }
    const value = points[at + 1]!;
    const px = x.offset + x.factor * (x.log ? Math.log(place) : place);
    const py = y.offset + y.factor * (y.log ? Math.log(value) : value);
    if (open) context.lineTo(px, py);
    else context.moveTo(px, py);
    open = true;
  }
  context.stroke();
}

/** Draws lines [from, to) of a drawing. */
function strokeLines(context: CanvasRenderingContext2D, drawing: Drawing, from: number, to: number): void {
  const { plot } = drawing;
  context.save();
  context.beginPath();
  context.rect(plot.left - 1, plot.top - 1, plot.width + 2, plot.height + 2);
  context.clip();
  for (let line = from; line < to; line++) {
    const { color, width, dash, join, opacity } = drawing.look(line);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.lineJoin = join;
    context.setLineDash([...dash]);
    context.globalAlpha = opacity * drawing.opacity(line);
    stroke(context, drawing, line);
  }
  context.restore();
}

/** A canvas over a chart. */
export class LineCanvas {
  readonly element: HTMLCanvasElement;
  readonly #chart: HTMLElement;
  /** What is being drawn finely, until it is complete. */
  #back: HTMLCanvasElement | null = null;
  /** Grows when what is being drawn does not count any more. */
  #turn = 0;

  /** @param chart the element in which ECharts draws */
  constructor(chart: HTMLElement) {
    this.#chart = chart;
    const element = document.createElement('canvas');
    element.setAttribute('aria-hidden', 'true');
    element.dataset['testid'] = 'chart-lines';
    Object.assign(element.style, { position: 'absolute', inset: '0', pointerEvents: 'none' });
    this.element = element;
  }

  /** Stands over ECharts's first canvas; what it draws above lines is on its second (`zlevel`), which it adds when there is something. */
  #place(): void {
    const first = this.#chart.querySelector('canvas');
    if (first && first !== this.element && first.nextSibling !== this.element) first.after(this.element);
  }

  /** Draws in one go: a frame of a gesture. */
  draw(drawing: Drawing): void {
    this.#turn++;
    this.#place();
    const context = sized(this.element, drawing);
    strokeLines(context, drawing, 0, drawing.view.lines);
    this.element.dataset['drawn'] = 'coarse';
  }

  /** Draws finely, some lines a frame, and shows them when all are drawn: no frame waits for it. */
  refine(drawing: Drawing): void {
    const turn = ++this.#turn;
    this.#place();
    const isFirst = this.element.dataset['drawn'] === undefined;
    const { view } = drawing;
    const back = isFirst ? this.element : (this.#back ??= document.createElement('canvas'));
    const context = sized(back, drawing);
    let line = 0;
    const some = (): void => {
      const from = line;
      const end = view.starts[from]! + 2 * pointsInFrame;
      do line++;
      while (line < view.lines && view.starts[line + 1]! <= end);
      strokeLines(context, drawing, from, Math.min(line, view.lines));
      if (back !== this.element) settle(back);
    };
    const next = (): void => {
      if (turn !== this.#turn) return;
      if (!fineTime.tryIn(document.timeline.currentTime, some) || line < view.lines) {
        requestAnimationFrame(next);
        return;
      }
      if (back !== this.element) {
        const front = sized(this.element, drawing);
        front.setTransform(1, 0, 0, 1, 0, 0);
        front.drawImage(back, 0, 0);
      }
      this.element.dataset['drawn'] = 'exact';
    };
    next();
  }

  /** Nothing is drawn any more. */
  clear(): void {
    this.#turn++;
    const { element } = this;
    element.getContext('2d')?.clearRect(0, 0, element.width, element.height);
    delete element.dataset['drawn'];
  }

  /** Takes the canvas away. */
  remove(): void {
    this.#turn++;
    this.element.remove();
  }
}

let one: CanvasRenderingContext2D | null = null;
/**
 * Has a canvas that is not in the page painted. Strokes are only noted until somebody looks: without a GPU all lines of a chart would be painted in
 * the frame that shows them, which took seconds with eight charts.
 */
function settle(canvas: HTMLCanvasElement): void {
  one ??= Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d')!;
  one.drawImage(canvas, 0, 0, 1, 1);
}

/** The context of an empty canvas of a drawing's size, in px of the window. */
function sized(canvas: HTMLCanvasElement, { width, height }: Drawing): CanvasRenderingContext2D {
  const ratio = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  const context = canvas.getContext('2d')!;
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  } else {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, wide, high);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
