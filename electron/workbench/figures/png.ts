/** PNG chunks: the physical resolution and text that resvg does not write. */
import { crc32 } from 'node:zlib';

const signatureLength = 8;
/** Length, type, 13 bytes of header, checksum. */
const headerLength = 4 + 4 + 13 + 4;

/**
 * Adds the resolution and text to a PNG, right after its header.
 * @param text keywords (Latin, at most 79 characters) with their texts
 */
export function withPngMetadata(
  png: Uint8Array,
  dpi: number,
  text: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const start = signatureLength + headerLength;
  const texts = Object.entries(text).map(([keyword, value]) =>
    // keyword, no compression, no language, no translated keyword, UTF-8
    chunk('iTXt', Buffer.concat([Buffer.from(keyword, 'latin1'), Buffer.from([0, 0, 0, 0, 0]), Buffer.from(value)])),
  );
  return new Uint8Array(Buffer.concat([png.subarray(0, start), physical(dpi), ...texts, png.subarray(start)]));
}

/** Pixels per metre in both directions. */
function physical(dpi: number): Buffer {
  const data = Buffer.alloc(9);
  const perMetre = Math.round(dpi / 0.0254);
  data.writeUInt32BE(perMetre, 0);
  data.writeUInt32BE(perMetre, 4);
  data.writeUInt8(1, 8);
  return chunk('pHYs', data);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
