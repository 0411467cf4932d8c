import { createHash } from "crypto";
import * as http from "http";
import type { AddressInfo } from "net";

/** Content of a file, or a function that writes the response. */
export type Served = string | Buffer | ((response: http.ServerResponse) => void);

/** A server on the loopback interface with the files of a release. */
export interface Releases {
    url: string;
    /** Files by path. They can be changed while the server runs. */
    files: Record<string, Served>;
    /** Requested paths. */
    requested: string[];
    close: () => Promise<void>;
}

/** Starts a server with the files of a release. */
export async function serveReleases(files: Record<string, Served>): Promise<Releases> {
    const server = http.createServer(({ url = "" }, response) => {
        releases.requested.push(url);
        const file = releases.files[url];
        if (typeof file === "function") {
            file(response);
        } else {
            response.writeHead(file === undefined ? 404 : 200).end(file);
        }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const releases: Releases = { url, files, requested: [], close };
    return releases;
}

/** SHA-256 checksum in hexadecimal digits. */
export function sha256(content: string | Buffer): string {
    return createHash("sha256").update(content).digest("hex");
}
