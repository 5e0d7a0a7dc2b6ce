/**
 * Reads JPEG images, baseline and progressive, grey and in colour. The markers in front of the image data are walked here, so that
 * errors name the byte and a size is known before it is trusted; jpeg-js decodes the rest: plain JavaScript, so that every
 * machine sees the same pixels.
 */
import { decode } from 'jpeg-js';
import { wrong } from './bytes.ts';
import { orientationOf } from './exif.ts';
import type { Orientation } from './exif.ts';
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
 * @param asBefore every three components are taken for YCbCr, as sets that were added before were read
 * @throws ValleywalkError kind `input` naming the file and the byte.
 */
export function decodeJpeg(bytes: Uint8Array, file: string, asBefore = false): Image {
  const { width, height, components, rgb, orientation, scan } = walkMarkers(bytes, file);
  let data: Uint8Array;
  try {
    const decoded = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: 2,
      maxMemoryUsageInMB: 256,
      ...(components === 3 && !asBefore ? { colorTransform: !rgb } : {}),
    });
    if (decoded.width !== width || decoded.height !== height) throw new Error('the image has another size');
    data = decoded.data;
  } catch (error) {
    // where the markers contradict each other the library stumbles instead of saying so
    const stumbled = error instanceof TypeError || error instanceof RangeError;
    const why = stumbled ? 'its markers contradict each other' : (error as Error).message;
    throw wrong(file, scan, 'JPEG image data', `data that cannot be decoded (${why})`);
  }
  const channels = components === 1 ? 1 : 3;
  const size = width * height;
  const pixels = new Uint8Array(channels * size);
  for (let pixel = 0; pixel < size; pixel++)
    for (let channel = 0; channel < channels; channel++) pixels[channel * size + pixel] = data[3 * pixel + channel]!;
  return { width, height, channels, pixels, orientation, rgb };
}

/** What the markers in front of the image data tell. */
interface Markers {
  width: number;
  height: number;
  components: number;
  /** Whether three components are red, green and blue, as libjpeg decides it. */
  rgb: boolean;
  orientation: Orientation;
  /** Where the image data start. */
  scan: number;
}

function walkMarkers(bytes: Uint8Array, file: string): Markers {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (end: number, what: string): void => {
    if (end > bytes.length) throw wrong(file, bytes.length, what, 'the end of the file');
  };
  let frame: Pick<Markers, 'width' | 'height' | 'components'> | null = null;
  let orientation: Orientation = 1;
  let jfif = false;
  let adobe: number | null = null;
  let ids = '';
  const starts = (at: number, text: string): boolean =>
    [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
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
    if (marker === 0xe0 && length >= 7 && starts(at + 4, 'JFIF\0')) jfif = true;
    if (marker === 0xe1 && length >= 8 && starts(at + 4, 'Exif\0\0'))
      orientation = orientationOf(bytes.subarray(at + 10, at + 2 + length));
    if (marker === 0xee && length >= 14 && starts(at + 4, 'Adobe')) adobe = bytes[at + 15]!;
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
      if (length >= 8 + 3 * components)
        ids = String.fromCharCode(...Array.from({ length: components }, (_, index) => bytes[at + 10 + 3 * index]!));
    }
    if (marker === startOfScan) {
      if (!frame) throw wrong(file, at, 'a frame header before the image data', 'none');
      // some programs leave a few bytes behind the end
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf('ffd9', undefined, 'hex') < at)
        throw wrong(file, bytes.length, 'the end marker of JPEG (ff d9)', 'the end of the file');
      return {
        ...frame,
        rgb: frame.components === 3 && !jfif && (adobe === null ? ids === 'RGB' : adobe === 0),
        orientation,
        scan: at,
      };
    }
    at += 2 + length;
  }
}
