import { double, fixed64, integer, message, snappy, varint } from "./wire";

const now = () => BigInt(Date.now()) * 1_000_000n;

/** How a body deviates from a valid one. */
export interface Deviation {
    /** The time of the data in nanoseconds. */
    time?: bigint;
    /** The name of the span, the metric or the log line. */
    name?: Buffer | string;
    /** Further attributes or labels, by key. */
    attributes?: [Buffer | string, Buffer | string][];
    /** Length of the trace ID in bytes. */
    idBytes?: number;
    /** The value of a sample. */
    value?: number;
    /** How many spans, samples or log records the body has. */
    count?: number;
    /** An attribute whose value is lists in lists. */
    depth?: number;
}

export type Encode = (deviation?: Deviation) => Buffer;

const text = (key: Buffer | string, value: Buffer | string) => [message(1, key), message(2, message(1, value))];

function attributes(field: number, { attributes: extra = [], depth = 0 }: Deviation): Buffer[] {
    let nested = message(1, "deep");
    for (let level = 0; level < depth; level++) {
        nested = message(5, message(1, nested));
    }
    return [
        ...extra.map(([key, value]) => message(field, ...text(key, value))),
        ...(depth > 0 ? [message(field, message(1, "nested"), message(2, nested))] : []),
    ];
}

const resource = () => message(1, message(1, ...text("service.name", "malformed")));
const times = <T>(count: number, create: (index: number) => T) => Array.from({ length: count }, (_, i) => create(i));

/** OTLP requests in Protocol Buffers. */
export const otlp: Record<"traces" | "logs" | "metrics", Encode> = {
    traces: (change = {}) => {
        const { time = now(), name = "span", idBytes = 16, count = 1 } = change;
        const span = (index: number) =>
            message(
                2,
                message(1, Buffer.alloc(idBytes, index % 250 || 7)),
                message(2, Buffer.alloc(idBytes / 2, 7)),
                message(5, name),
                integer(6, 2),
                fixed64(7, time - 1_000_000n),
                fixed64(8, time),
                ...attributes(9, change),
            );
        return message(1, resource(), message(2, ...times(count, span)));
    },
    logs: (change = {}) => {
        const { time = now(), name = "line", idBytes = 16, count = 1 } = change;
        const record = () =>
            message(
                2,
                fixed64(1, time),
                fixed64(11, time),
                integer(2, 9),
                message(5, message(1, name)),
                ...attributes(6, change),
                message(9, Buffer.alloc(idBytes, 7)),
            );
        return message(1, resource(), message(2, ...times(count, record)));
    },
    metrics: (change = {}) => {
        const { time = now(), name = "malformed", value = 1, count = 1 } = change;
        const point = (index: number) =>
            message(
                1,
                fixed64(3, time),
                double(4, value),
                message(7, ...text("index", String(index))),
                ...attributes(7, change),
            );
        return message(1, resource(), message(2, message(2, message(1, name), message(5, ...times(count, point)))));
    },
};

/** A remote write request of Prometheus, version 1. */
export const remoteWrite: Encode = ({
    time = now(),
    name = "malformed",
    value = 1,
    count = 1,
    attributes: extra = [],
} = {}) => {
    const label = (key: Buffer | string, content: Buffer | string) => message(1, message(1, key), message(2, content));
    const series = (index: number) =>
        message(
            1,
            label("__name__", name),
            ...extra.map(([key, content]) => label(key, content)),
            label("index", String(index)),
            message(2, double(1, value), integer(2, time / 1_000_000n)),
        );
    return snappy(Buffer.concat(times(count, series)));
};

/** A push request of Loki in Protocol Buffers. */
export const lokiPush: Encode = ({ time = now(), name = "line", count = 1, attributes: extra = [] } = {}) => {
    const labels = Buffer.concat([
        Buffer.from('{service_name="malformed"'),
        ...extra.flatMap(([key, value]) => [
            Buffer.from(","),
            Buffer.from(key),
            Buffer.from('="'),
            Buffer.from(value),
            Buffer.from('"'),
        ]),
        Buffer.from("}"),
    ]);
    const timestamp = message(1, integer(1, time / 1_000_000_000n), integer(2, time % 1_000_000_000n));
    const entry = () => message(2, timestamp, message(2, name));
    return snappy(message(1, message(1, labels), ...times(count, entry)));
};

/** A CPU profile in the format pprof, with one function. */
export const pprof: Encode = ({ time = now(), name = "malformed", count = 1, attributes: extra = [] } = {}) => {
    const strings = ["", "cpu", "nanoseconds", name, ...extra.flat()];
    const labels = extra.map((_, index) => message(3, integer(1, 4 + 2 * index), integer(2, 5 + 2 * index)));
    const samples = times(count, () => message(2, message(1, varint(1)), message(2, varint(1_000_000)), ...labels));
    const type = [integer(1, 1), integer(2, 2)];
    return Buffer.concat([
        message(1, ...type),
        ...samples,
        message(4, integer(1, 1), message(4, integer(1, 1), integer(2, 1))),
        message(5, integer(1, 1), integer(2, 3)),
        ...strings.map((content) => message(6, content)),
        integer(9, time),
        integer(10, 10_000_000_000n),
        message(11, ...type),
        integer(12, 10_000_000),
    ]);
};

const invalidUtf8 = Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80]);

/** Bodies that have the right format and wrong or very large content. */
export const contents: Record<string, Deviation> = {
    "the time 0": { time: 0n },
    "the highest time": { time: 2n ** 64n - 1n },
    "a time above the signed integers": { time: 2n ** 63n },
    "a time in a year": { time: now() + 365n * 86_400_000_000_000n },
    "a time of ten years ago": { time: now() - 3650n * 86_400_000_000_000n },
    "a time of one nanosecond": { time: 1n },
    "a time in an hour": { time: now() + 3_600_000_000_000n },
    "a time of a day ago": { time: now() - 86_400_000_000_000n },
    "an empty name": { name: "" },
    "a name of spaces": { name: " ".repeat(100) },
    "a name with quotes and braces": { name: "\"}{\\'`$(x){{ .x }}" },
    "a name that is a path": { name: "../../../../etc/passwd" },
    "a name that changes the direction of text": { name: "\u202eabc\u200f\ufeff" },
    "a name with characters outside of the basic plane": { name: "😀".repeat(1000) },
    "a name that begins with a digit": { name: "0".repeat(300) },
    "a name that is not UTF-8": { name: invalidUtf8 },
    "a name with control characters": { name: "a\u0000b\nc\u001b[31m" },
    "a name of 1 MiB": { name: "n".repeat(2 ** 20) },
    "a name of 8 MiB": { name: "n".repeat(2 ** 23) },
    "an attribute of 1 MiB": { attributes: [["large", "v".repeat(2 ** 20)]] },
    "an attribute of 8 MiB": { attributes: [["large", "v".repeat(2 ** 23)]] },
    "an attribute whose key has 1 MiB": { attributes: [["k".repeat(2 ** 20), "v"]] },
    "an attribute that is not UTF-8": { attributes: [["value", invalidUtf8]] },
    "an attribute whose key is not UTF-8": { attributes: [[invalidUtf8, "value"]] },
    "an attribute without a key": { attributes: [["", "value"]] },
    "an attribute twice": {
        attributes: [
            ["twice", "a"],
            ["twice", "b"],
        ],
    },
    "an attribute with the name of the metric name": { attributes: [["__name__", "other"]] },
    "an attribute with the name of the tenant": { attributes: [["__tenant_id__", "other"]] },
    "an attribute with a name of the stack": { attributes: [["cluster", "other"]] },
    "an attribute without a value": { attributes: [["empty", ""]] },
    "an attribute with control characters": { attributes: [["control", "\u0000\u0001\r\n\u001b]0;x\u0007"]] },
    "an attribute whose key has spaces and quotes": { attributes: [['a b"c}', "v"]] },
    "an attribute of 64 KiB": { attributes: [["large", "v".repeat(2 ** 16)]] },
    "200 attributes of 16 KiB": {
        attributes: times(200, (index): [string, string] => [`large_${index}`, "v".repeat(2 ** 14)]),
    },
    "20,000 attributes": { attributes: times(20_000, (index): [string, string] => [`key_${index}`, "v"]) },
    "an ID without bytes": { idBytes: 0 },
    "an ID of 2 bytes": { idBytes: 2 },
    "an ID of 4 bytes": { idBytes: 4 },
    "an ID of 14 bytes": { idBytes: 14 },
    "an ID of 18 bytes": { idBytes: 18 },
    "an ID of 64 bytes": { idBytes: 64 },
    "a value that is not a number": { value: NaN },
    "an infinite value": { value: Infinity },
    "an infinite negative value": { value: -Infinity },
    "the highest value": { value: Number.MAX_VALUE },
    "the smallest value": { value: Number.MIN_VALUE },
    "a negative zero": { value: -0 },
    "no element": { count: 0 },
    "20,000 elements": { count: 20_000 },
    "lists of 10 levels": { depth: 10 },
    "lists of 100 levels": { depth: 100 },
    "lists of 5000 levels": { depth: 5000 },
};

/** Numbers that are the same in each run. */
export function pseudoRandom(seed: number): () => number {
    let state = seed;
    return () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 32;
    };
}

/** 1 MiB that is neither text nor Protocol Buffers. */
const noise = noiseOf(2 ** 20);

function noiseOf(length: number): Buffer {
    const random = pseudoRandom(length);
    const bytes = Buffer.alloc(length);
    for (let index = 0; index < length; index++) {
        bytes[index] = random() * 256;
    }
    return bytes;
}

const zeros = Buffer.alloc(2 ** 25);
const groups = Buffer.alloc(100_000, 0x0b);

/** Bodies that do not have the right format, made from a valid one. */
export function broken(valid: Buffer): Record<string, Buffer> {
    const random = pseudoRandom(valid.length);
    const flip = (count: number) => {
        const copy = Buffer.from(valid);
        for (let index = 0; index < count; index++) {
            const at = Math.floor(random() * copy.length);
            copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        }
        return copy;
    };
    return {
        "no body": Buffer.alloc(0),
        "one byte": valid.subarray(0, 1),
        ...Object.fromEntries(
            [10, 25, 50, 75, 90].map((percent) => [
                `the first ${percent} %`,
                valid.subarray(0, Math.ceil((valid.length * percent) / 100)),
            ]),
        ),
        "all but the last byte": valid.subarray(0, -1),
        "all but the first byte": valid.subarray(1),
        ...Object.fromEntries(
            [1, 1, 1, 1, 4, 16].map((count, index) => [`${count} changed bits (${index})`, flip(count)]),
        ),
        "the bytes in reverse": Buffer.from(valid).reverse(),
        "further bytes at the end": Buffer.concat([valid, noise.subarray(0, 100)]),
        "the body twice": Buffer.concat([valid, valid]),
        "1 KiB of noise": noise.subarray(0, 1024),
        "1 MiB of noise": noise,
        "64 bytes 0xff": Buffer.alloc(64, 0xff),
        "32 MiB of zeros": zeros,
        "a field with a length of 2 GiB": Buffer.concat([Buffer.from([0x0a]), varint(2 ** 31 - 1), valid]),
        "a field with a length above 64 bits": Buffer.concat([Buffer.from([0x0a]), Buffer.alloc(11, 0xff)]),
        "a field with the number 0": Buffer.from([0x02, 0x00]),
        "groups in groups": groups,
    };
}

const nestedJson = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

/** JSON bodies that are broken or have wrong types. @param valid a valid document. @param root its first key. */
export function brokenJson(valid: string, root: string): Record<string, Buffer> {
    const texts: Record<string, string> = {
        "the first half": valid.slice(0, valid.length / 2),
        "a list instead of an object": "[]",
        "a number": "1",
        null: "null",
        "null instead of the list": `{"${root}":null}`,
        "a text instead of the list": `{"${root}":"x"}`,
        "an object instead of the list": `{"${root}":{}}`,
        "numbers in the list": `{"${root}":[1,2,3]}`,
        "the root twice": `{"${root}":[],${valid.slice(1)}`,
        "an unknown key": `{"unknown":1,${valid.slice(1)}`,
        NaN: `{"${root}":NaN}`,
        true: "true",
        "a text": '"text"',
        "a number above all": `{"${root}":1e999}`,
        "a hexadecimal number": `{"${root}":0x1f}`,
        "a number with leading zeros": `{"${root}":007}`,
        "a comma at the end": valid.replace(/\}$/, ",}"),
        "a missing comma": valid.replace(",", " "),
        "a missing colon": valid.replace(":", " "),
        "a closing bracket of the wrong kind": valid.replace(/\}$/, "]"),
        "an empty key": `{"":1,${valid.slice(1)}`,
        "a key without quotes": valid.replace(`"${root}"`, root),
        "lists in the list": `{"${root}":[[[]]]}`,
        "null in the list": `{"${root}":[null,null]}`,
        "texts in the list": `{"${root}":["a",""]}`,
        "all numbers as text": valid.replace(/:(\d+)/g, ':"$1"'),
        "a NUL in a text": valid.replace("malformed", "mal\u0000formed"),
        "an escaped NUL in a text": valid.replace("malformed", "mal\\u0000formed"),
        "an invalid escape": valid.replace("malformed", "mal\\qformed"),
        "an incomplete escape": valid.replace("malformed", "mal\\u00"),
        "a line break in a text": valid.replace("malformed", "mal\nformed"),
        "objects of 10,000 levels": `${`{"${root}":`.repeat(10_000)}1${"}".repeat(10_000)}`,
        "100,000 keys": `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":1`).join(",")}}`,
        "200,000 empty elements": `{"${root}":[${"{},".repeat(199_999)}{}]}`,
        "8 MiB of spaces": " ".repeat(2 ** 23),
        YAML: `${root}:\n- a: 1\n`,
        Base64: Buffer.from(valid).toString("base64"),
        "a number of 100,000 digits": `{"${root}":${"9".repeat(100_000)}}`,
        "a key of 1 MiB": `{"${"k".repeat(2 ** 20)}":1}`,
        "an open string": `{"${root}":["`,
        "lists of 10,000 levels": `{"${root}":${nestedJson(10_000)}}`,
        "lists of 1,000,000 levels": `{"${root}":${nestedJson(1_000_000)}}`,
        "a lone surrogate": valid.replace(/"malformed"/, '"\\ud800"'),
        "single quotes": valid.replace(/"/g, "'"),
        "a comment": `/* */${valid}`,
        "two documents": `${valid}\n${valid}`,
        XML: "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    };
    return {
        ...Object.fromEntries(Object.entries(texts).map(([kind, body]) => [kind, Buffer.from(body)])),
        "UTF-16": Buffer.from(valid, "utf16le"),
        "a byte order mark": Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(valid)]),
        "text that is not UTF-8": Buffer.concat([Buffer.from(`{"`), invalidUtf8, Buffer.from(`":1}`)]),
    };
}
