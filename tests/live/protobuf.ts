// The parts of Protocol Buffers and Snappy that remote write and the push API of Loki need.

/** Joins encoded fields. */
export function message(fields: Buffer[]): Buffer {
    return Buffer.concat(fields);
}

/** A field with a string, bytes or a message. */
export function bytesField(field: number, content: Buffer): Buffer {
    return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
}

/** A field with a whole number of at most 53 bits that is not negative. */
export function varintField(field: number, value: number): Buffer {
    return Buffer.concat([varint(field << 3), varint(value)]);
}

/** A field with a 64-bit floating point number. */
export function doubleField(field: number, value: number): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return Buffer.concat([varint((field << 3) | 1), bytes]);
}

function varint(value: number): Buffer {
    const bytes: number[] = [];
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
        if (rest < 128) {
            bytes.push(rest);
            return Buffer.from(bytes);
        }
        bytes.push((rest % 128) | 128);
    }
}

const literalLength = 65_536;

/** A valid Snappy block that is not compressed. */
export function snappyLiterals(content: Buffer): Buffer {
    const parts = [varint(content.length)];
    for (let from = 0; from < content.length; from += literalLength) {
        const part = content.subarray(from, from + literalLength);
        const length = Buffer.alloc(3);
        // 61: the length minus one follows in two bytes.
        length[0] = 61 << 2;
        length.writeUInt16LE(part.length - 1, 1);
        parts.push(length, part);
    }
    return Buffer.concat(parts);
}
