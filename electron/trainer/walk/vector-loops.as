// The walk's loops over all parameters, in AssemblyScript (https://www.assemblyscript.org): TypeScript's syntax, WebAssembly's types and
// instructions. Two float32 at a time become float64, and what is written becomes float32 again; no operations are fused. Sizes are in bytes, a
// multiple of 16. A sum is one of elements at even and one of elements at odd places; the sums stand at the beginning of the memory and are
// added to. vector-loops.ts is compiled from this file:
//   npm run test:units -- electron/trainer/walk/vector-loops.test.ts -u

/** Two float32 in memory, as float64. */
@inline function get(at: usize): v128 { return f64x2.promote_low_f32x4(v128.load64_zero(at)); }
@inline function put(at: usize, value: v128): void { v128.store64_lane(at, value, 0); }
@inline function round(value: v128): v128 { return f32x4.demote_f64x2_zero(value); }
@inline function square(value: v128): v128 { return f64x2.mul(value, value); }

/** θ − rate·(gradient or along + decay·θ), its length, its distance from the start, and the sums of the gradient. */
@inline function update(
  current: usize, next: usize, initial: usize, gradient: usize, previous: usize, along: usize,
  bytes: usize, rate: f64, decay: f64, isDecayed: bool,
): void {
  const rates = f64x2.splat(rate), decays = f64x2.splat(decay);
  let squares = v128.load(0), products = v128.load(16), updates = v128.load(32), distances = v128.load(48);
  for (let at: usize = 0; at < bytes; at += 8) {
    const here = get(current + at), slope = get(gradient + at);
    squares = f64x2.add(squares, square(slope));
    products = f64x2.add(products, f64x2.mul(slope, get(previous + at)));
    const direction = isDecayed ? f64x2.add(get(along + at), f64x2.mul(decays, here)) : slope;
    const there = round(f64x2.sub(here, f64x2.mul(rates, direction)));
    put(next + at, there);
    const arrived = f64x2.promote_low_f32x4(there);
    updates = f64x2.add(updates, square(f64x2.sub(arrived, here)));
    distances = f64x2.add(distances, square(f64x2.sub(arrived, get(initial + at))));
  }
  v128.store(0, squares);
  v128.store(16, products);
  v128.store(32, updates);
  v128.store(48, distances);
}

/** Without momentum and decay: the direction is the gradient. */
export function step(
  current: usize, next: usize, initial: usize, gradient: usize, previous: usize, bytes: usize, rate: f64,
): void {
  update(current, next, initial, gradient, previous, 0, bytes, rate, 0, false);
}

/** With a direction of its own and weight decay. */
export function decayedStep(
  current: usize, next: usize, initial: usize, gradient: usize, previous: usize, along: usize,
  bytes: usize, rate: f64, decay: f64,
): void {
  update(current, next, initial, gradient, previous, along, bytes, rate, decay, true);
}

@inline function gain(velocity: usize, gradient: usize, current: usize, momentum: v128, decay: v128): void {
  const gained = f64x2.add(f64x2.mul(momentum, get(velocity)), get(gradient));
  put(velocity, round(f64x2.add(gained, f64x2.mul(decay, get(current)))));
}

/** velocity ← momentum·velocity + gradient + decay·current. */
export function gainSpeed(velocity: usize, gradient: usize, current: usize, bytes: usize, momentum: f64, decay: f64): void {
  const m = f64x2.splat(momentum), k = f64x2.splat(decay);
  for (let at: usize = 0; at < bytes; at += 16) {
    gain(velocity + at, gradient + at, current + at, m, k);
    gain(velocity + at + 8, gradient + at + 8, current + at + 8, m, k);
  }
}

@inline function mix(start: usize, end: usize, into: usize, rest: v128, share: v128): void {
  put(into, round(f64x2.add(f64x2.mul(rest, get(start)), f64x2.mul(share, get(end)))));
}

/** rest·start + share·end. */
export function blend(start: usize, end: usize, into: usize, bytes: usize, rest: f64, share: f64): void {
  const r = f64x2.splat(rest), s = f64x2.splat(share);
  for (let at: usize = 0; at < bytes; at += 16) {
    mix(start + at, end + at, into + at, r, s);
    mix(start + at + 8, end + at + 8, into + at + 8, r, s);
  }
}

/** Sums the squares of end − start, as a step does. */
export function distance(start: usize, end: usize, bytes: usize): void {
  let way = v128.load(0);
  for (let at: usize = 0; at < bytes; at += 8) way = f64x2.add(way, square(f64x2.sub(get(end + at), get(start + at))));
  v128.store(0, way);
}
