/** Frames between this process and Python's, see worker.py: a JSON text and bytes behind it; before the first one a token. */

/** Begins every frame: what somebody else writes into their stream is told at once, and not taken for lengths of what never comes. */
const mark = Buffer.from('VLWK');

/** The mark and the lengths of text and bytes, in front of both. */
const headerBytes = mark.length + 12;

/** The most that a process may print before the token. */
const mostNoise = 2 ** 20;

/** A frame that came. */
export interface Frame {
  value: Record<string, unknown>;
  payload: Uint8Array;
}

/** The header and text of a frame; its bytes follow. */
export function frameOf(value: object, payload: number): Uint8Array {
  const text = Buffer.from(JSON.stringify(value));
  const header = Buffer.alloc(headerBytes);
  mark.copy(header);
  header.writeUInt32LE(text.length, 4);
  header.writeBigUInt64LE(BigInt(payload), 8);
  return Buffer.concat([header, text]);
}

/**
 * Reads frames out of the chunks of a stream.
 * @param token what stands before the first frame; what was printed before it is left out
 * @returns takes a chunk and tells the frames that are whole, an empty text (a beat) not among them
 * @throws Error when a frame is none, or too much was printed before the token.
 */
export function frameReader(token: string): (chunk: Uint8Array) => Frame[] {
  let chunks: Uint8Array[] = [];
  let held = 0;
  let begun = false;
  /** Bytes without which there is nothing to do. */
  let wanted = token.length;

  const all = (): Buffer => {
    const whole =
      chunks.length === 1 ? Buffer.from(chunks[0]!.buffer, chunks[0]!.byteOffset, held) : Buffer.concat(chunks);
    chunks = [whole];
    return whole;
  };
  const drop = (count: number): void => {
    const rest = all().subarray(count);
    chunks = [rest];
    held = rest.length;
  };

  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    const frames: Frame[] = [];
    while (held >= wanted) {
      const whole = all();
      if (!begun) {
        const at = whole.indexOf(token);
        if (at < 0) {
          if (held > mostNoise) throw new Error('it printed a lot, and nothing of what was expected');
          wanted = held + 1;
          continue;
        }
        begun = true;
        drop(at + token.length);
        wanted = headerBytes;
        continue;
      }
      if (!whole.subarray(0, mark.length).equals(mark))
        throw new Error('something else writes where its answers are expected');
      const [text, payload] = [whole.readUInt32LE(4), Number(whole.readBigUInt64LE(8))];
      wanted = headerBytes + text + payload;
      if (held < wanted) break;
      if (text > 0)
        frames.push({
          value: JSON.parse(whole.toString('utf8', headerBytes, headerBytes + text)) as Frame['value'],
          payload: whole.subarray(headerBytes + text, wanted),
        });
      drop(wanted);
      wanted = headerBytes;
    }
    return frames;
  };
}
