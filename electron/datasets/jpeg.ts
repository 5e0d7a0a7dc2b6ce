/**
 * Reads JPEG images, baseline and progressive, grey and in colour. The markers in front of the image data are walked here, so that
 * errors name the byte and a size is known before it is trusted; jpeg-js decodes the rest: plain JavaScript, so that every
 * machine sees the same pixels.
 */
import { decode } from 'jpeg-js';
import { wrong } from './bytes.ts';
import { checkSize } from './image.ts';
import type { Image } from './image.ts';

/** Frames that jpeg-js reads: baseline, extended sequential, progressive; all with Huffman codes. */
const frames = [0xc0, 0xc1, 0xc2];
/** The other frame markers: lossless, hierarchical, arithmetic. */
const otherFrames = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
const startOfScan = 0xda;

/** Whether bytes start like a JPEG file. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Decodes a JPEG file.
 * @param file how errors call it
 * @throws ValleywalkError kind `input` naming the file and the byte.
 */
export function decodeJpeg(bytes: Uint8Array, file: string): Image {
  const { width, height, components, scan } = walkMarkers(bytes, file);
  let data: Uint8Array;
  try {
    const decoded = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: 2,
      maxMemoryUsageInMB: 256,
    });
    if (decoded.width !== width || decoded.height !== height) throw new Error('the image has another size');
    data = decoded.data;
  } catch (error) {
    throw wrong(file, scan, 'JPEG image data', `data that cannot be decoded (${(error as Error).message})`);
  }
  const channels = components === 1 ? 1 : 3;
  const size = width * height;
  const pixels = new Uint8Array(channels * size);
  for (let pixel = 0; pixel < size; pixel++)
    for (let channel = 0; channel < channels; channel++) pixels[channel * size + pixel] = data[3 * pixel + channel]!;
  return { width, height, channels, pixels };
}

/** Size and number of components from the frame header; where the image data start. */
function walkMarkers(
  bytes: Uint8Array,
  file: string,
): { width: number; height: number; components: number; scan: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (end: number, what: string): void => {
    if (end > bytes.length) throw wrong(file, bytes.length, what, 'the end of the file');
  };
  let frame: { width: number; height: number; components: number } | null = null;
  for (let at = 2; ;) {
    need(at + 4, 'another JPEG marker');
    if (bytes[at] !== 0xff) throw wrong(file, at, 'a JPEG marker (ff)', bytes[at]!.toString(16).padStart(2, '0'));
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++; // a fill byte
      continue;
    }
    const length = view.getUint16(at + 2);
    if (length < 2) throw wrong(file, at + 2, 'a marker of at least 2 bytes', String(length));
    need(at + 2 + length, `${length} bytes of a JPEG marker`);
    if (otherFrames.includes(marker))
      throw wrong(file, at, 'a baseline or progressive JPEG', 'another kind; save it as baseline JPEG or as PNG');
    if (frames.includes(marker)) {
      if (length < 8) throw wrong(file, at + 2, 'a frame header of at least 8 bytes', String(length));
      const components = bytes[at + 9]!;
      if (bytes[at + 4] !== 8) throw wrong(file, at + 4, '8 bits a channel', String(bytes[at + 4]));
      if (components !== 1 && components !== 3)
        throw wrong(file, at + 9, '1 or 3 colour components', `${components}; save it as RGB`);
      frame = { height: view.getUint16(at + 5), width: view.getUint16(at + 7), components };
      checkSize(frame.width, frame.height, file, at + 5);
    }
    if (marker === startOfScan) {
      if (!frame) throw wrong(file, at, 'a frame header before the image data', 'none');
      // some programs leave a few bytes behind the end
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf('ffd9', undefined, 'hex') < at)
        throw wrong(file, bytes.length, 'the end marker of JPEG (ff d9)', 'the end of the file');
      return { ...frame, scan: at };
    }
    at += 2 + length;
  }
}
