import * as http from "http";
import * as http2 from "http2";
import * as net from "net";

/** An unsigned integer of variable length in Protocol Buffers. */
export function varint(value: number | bigint): Buffer {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    do {
        const low = Number(rest & 0x7fn);
        rest >>= 7n;
        bytes.push(rest > 0n ? low | 0x80 : low);
    } while (rest > 0n);
    return Buffer.from(bytes);
}

/** A field with a length in Protocol Buffers: text, bytes or a message of several parts. */
export function message(field: number, ...parts: (Buffer | string)[]): Buffer {
    const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
    return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
}

export function integer(field: number, value: number | bigint): Buffer {
    return Buffer.concat([varint(field << 3), varint(value)]);
}

export function fixed64(field: number, value: bigint): Buffer {
    const body = Buffer.alloc(8);
    body.writeBigUInt64LE(BigInt.asUintN(64, value));
    return Buffer.concat([varint((field << 3) | 1), body]);
}

export function double(field: number, value: number): Buffer {
    const body = Buffer.alloc(8);
    body.writeDoubleLE(value);
    return Buffer.concat([varint((field << 3) | 1), body]);
}

/** Snappy's block format without compression: literals of up to 64 KiB. */
export function snappy(body: Buffer): Buffer {
    const parts = [varint(body.length)];
    for (let start = 0; start < body.length; start += 65_536) {
        const chunk = body.subarray(start, start + 65_536);
        const length = Buffer.alloc(2);
        length.writeUInt16LE(chunk.length - 1);
        parts.push(Buffer.from([61 << 2]), length, chunk);
    }
    return Buffer.concat(parts);
}

/** A message of gRPC with its length. */
export function grpcFrame(body: Buffer, length = body.length, compressed = 0): Buffer {
    const head = Buffer.alloc(5);
    head.writeUInt8(compressed, 0);
    head.writeUInt32BE(length, 1);
    return Buffer.concat([head, body]);
}

/** A status of HTTP or gRPC, or why there is none. */
export type Answer = number | string;

const timeoutMs = 30_000;

/** An HTTP request. */
export interface HttpRequest {
    method: string;
    path: string;
    headers: Record<string, string>;
    body: Buffer;
}

export function sendHttp(base: string, { method, path, headers, body }: HttpRequest): Promise<Answer> {
    return new Promise((resolve) => {
        const request = http.request(
            `${base}${path}`,
            { method, headers: { "content-length": String(body.length), ...headers }, timeout: timeoutMs },
            (response) => {
                response.resume();
                response.on("end", () => resolve(response.statusCode ?? 0));
                response.on("error", (error) => resolve(`closed: ${error.message}`));
            },
        );
        request.on("timeout", () => request.destroy(new Error("no response")));
        // A server that rejects a large body can close the connection before it has read all of it.
        request.on("error", (error) => resolve(error.message === "no response" ? "no response" : "closed"));
        request.end(body);
    });
}

/** Sends bytes over a TCP connection. @param wait whether to wait for the server. Otherwise the client closes the connection. */
export function sendBytes(host: string, port: number, bytes: Buffer, wait = true): Promise<Answer> {
    return new Promise((resolve) => {
        const socket = net.connect(port, host);
        let received = "";
        socket.setTimeout(timeoutMs, () => {
            socket.destroy();
            resolve("no response");
        });
        const end = () => resolve(Number(/^HTTP\/1\.\d (\d+)/.exec(received)?.[1]) || "closed");
        socket.on("data", (data: Buffer) => {
            received += data.toString("latin1");
            socket.destroy();
            end();
        });
        socket.on("close", end);
        socket.on("error", end);
        socket.write(bytes, () => {
            if (!wait) {
                socket.destroy();
            }
        });
    });
}

/** Sends the body of a gRPC call, and returns its status. */
export function sendGrpc(
    base: string,
    path: string,
    body: Buffer,
    headers: Record<string, string> = {},
): Promise<Answer> {
    return new Promise((resolve) => {
        // In MB. A message above the default of 10 stops the session from reading the answer.
        const session = http2.connect(base, { maxSessionMemory: 100 });
        let status: Answer = "closed";
        const finish = (answer: Answer) => {
            clearTimeout(timer);
            session.destroy();
            resolve(answer);
        };
        // A timeout of the stream does not fire while its body waits for the server.
        const timer = setTimeout(() => finish("no response"), timeoutMs);
        session.on("error", () => finish("closed"));
        const stream = session.request({
            ":method": "POST",
            ":path": path,
            "content-type": "application/grpc",
            te: "trailers",
            ...headers,
        });
        const read = (received: http2.IncomingHttpHeaders) => {
            const grpc = received["grpc-status"];
            status = grpc === undefined ? `HTTP ${String(received[":status"])}` : Number(grpc);
        };
        stream.on("response", read);
        stream.on("trailers", read);
        stream.on("error", () => finish(status));
        stream.on("close", () => finish(status));
        stream.resume();
        stream.end(body);
    });
}
