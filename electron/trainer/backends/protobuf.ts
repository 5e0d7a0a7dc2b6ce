/** Writes protobuf messages: as much of the wire format as files of ONNX and TensorFlow need (https://protobuf.dev/programming-guides/encoding). */

/** A message under construction; fields are written in the order of the calls. */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  /** Field of type int32, int64 or enum; negative numbers take ten bytes. */
  integer(field: number, value: number | bigint): this {
    this.#push(varint(BigInt(field) << 3n));
    this.#push(varint(BigInt.asUintN(64, BigInt(value))));
    return this;
  }

  /** Field of type float. */
  float(field: number, value: number): this {
    this.#push(varint((BigInt(field) << 3n) | 5n));
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#push(bytes);
    return this;
  }

  /** Field of type string, bytes or message. */
  bytes(field: number, value: string | Uint8Array | Message): this {
    const content =
      typeof value === 'string' ? new TextEncoder().encode(value) : value instanceof Message ? value.finish() : value;
    this.#push(varint((BigInt(field) << 3n) | 2n));
    this.#push(varint(BigInt(content.length)));
    this.#push(content);
    return this;
  }

  /** The encoded message. */
  finish(): Uint8Array {
    const result = new Uint8Array(this.#size);
    let offset = 0;
    for (const part of this.#parts) {
      result.set(part, offset);
      offset += part.length;
    }
    return result;
  }

  #push(part: Uint8Array): void {
    this.#parts.push(part);
    this.#size += part.length;
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
