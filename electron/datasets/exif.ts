/**
 * The one thing of EXIF that changes what an image is: how it is turned (Exif 3.0, 4.6.5.1, tag 274 of the first directory). An EXIF
 * block is a TIFF file in little, with a byte order of its own.
 */

/** How a stored image is turned to be upright: 1 as it is, 2 to 8 as EXIF numbers them. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const orientationTag = 0x0112;
const short = 3;

/**
 * Reads the orientation.
 * @param tiff the block from its byte order mark (II or MM) on
 * @returns 1 too where the block is malformed or says nothing: then viewers show the image as it is stored
 */
export function orientationOf(tiff: Uint8Array): Orientation {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 14) return 1;
  const mark = view.getUint16(0);
  if (mark !== 0x4949 && mark !== 0x4d4d) return 1;
  const little = mark === 0x4949;
  if (view.getUint16(2, little) !== 42) return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let index = 0; index < entries; index++) {
    const at = directory + 2 + 12 * index;
    if (at + 12 > tiff.length) return 1;
    if (view.getUint16(at, little) !== orientationTag) continue;
    const value = view.getUint16(at + 8, little);
    return view.getUint16(at + 2, little) === short && value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}
