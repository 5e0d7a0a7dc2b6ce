/** Products and sums with many vectors at once: each number that they are taken of is read from memory once for four vectors, and four sums grow side by side. */

/** How many vectors are taken together; the first of them stands for those that lack. */
const together = 4;

/**
 * ⟨vector, each⟩ in float64, each summed from the first element to the last: the same to the bit as one after the other.
 * @param basis vectors as long as `vector`
 */
export function dots(vector: Float64Array, basis: readonly Float32Array[]): number[] {
  const found: number[] = [];
  for (let at = 0; at < basis.length; at += together) {
    const [a, b = a, c = a, d = a] = basis.slice(at, at + together) as [Float32Array, ...Float32Array[]];
    let [forA, forB, forC, forD] = [0, 0, 0, 0];
    for (let index = 0; index < vector.length; index++) {
      const value = vector[index]!;
      forA += value * a[index]!;
      forB += value * b[index]!;
      forC += value * c[index]!;
      forD += value * d[index]!;
    }
    found.push(forA, forB, forC, forD);
  }
  return found.slice(0, basis.length);
}

/** vector ← vector + Σ weight·direction, in this order: the same to the bit as one after the other. */
export function addAll(vector: Float64Array, basis: readonly Float32Array[], weights: readonly number[]): void {
  const whole = basis.length - (basis.length % together);
  for (let at = 0; at < whole; at += together) {
    const [a, b, c, d] = basis.slice(at, at + together) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const [forA, forB, forC, forD] = weights.slice(at, at + together) as [number, number, number, number];
    for (let index = 0; index < vector.length; index++)
      vector[index] = vector[index]! + forA * a[index]! + forB * b[index]! + forC * c[index]! + forD * d[index]!;
  }
  for (let at = whole; at < basis.length; at++) {
    const [direction, weight] = [basis[at]!, weights[at]!];
    for (let index = 0; index < vector.length; index++) vector[index]! += weight * direction[index]!;
  }
}
